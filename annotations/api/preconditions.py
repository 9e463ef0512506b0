"""If-Match: a change names the version it was made from (docs/architecture.md#promises, 3)."""

import re

from django.http import HttpRequest

from annotations.errors import InvalidIfMatch, PreconditionRequired

_STRONG_ETAG = re.compile(r'"([\x21\x23-\x7e\x80-\xff]*)"')
_VERSION = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
# Versions start at 1: this one never matches.
NO_VERSION = -1


def etag(version: int) -> str:
    """Write a version as the ETag of an answer."""
    return f'"{version}"'


def version_to_match(request: HttpRequest) -> int:
    """Read the version a change was made from; an ETag that is none of ours gives NO_VERSION.

    Raises: PreconditionRequired, InvalidIfMatch.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired
    match = _STRONG_ETAG.fullmatch(header.strip(" \t"))
    if match is None:
        raise InvalidIfMatch(field="If-Match")
    return int(match[1]) if _VERSION.fullmatch(match[1]) else NO_VERSION
