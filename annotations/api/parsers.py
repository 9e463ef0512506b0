"""Strict JSON bodies: UTF-8, no duplicate keys, no NUL, no exponents, at most 32 levels. Sizes are bytes."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Final, NoReturn

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from annotations.errors import FieldError, Malformed, TooLarge, UnsupportedMediaType

MAX_BODY_BYTES: Final = 1024 * 1024
MAX_ARTICLE_BYTES: Final = 24 * 1024 * 1024
MAX_LIST_BYTES: Final = 8 * 1024 * 1024
MAX_DEPTH: Final = 32
# What a 64-bit column and every JSON library can hold.
MAX_INTEGER: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Body:
    """A parsed body, the SHA-256 of its bytes, and keys that stood twice (refused with the other field errors)."""

    content: object
    digest: str
    errors: tuple[FieldError, ...] = ()


def read_body(request: HttpRequest, *, max_bytes: int, max_list_bytes: int = 0, may_be_empty: bool = False) -> Body:
    """Read and parse the body of a request.

    A list may be as long as `max_list_bytes`. Raises: UnsupportedMediaType, TooLarge, Malformed.
    """
    if request.headers.get("Transfer-Encoding"):
        # WSGI hands over no body without its length: better to say so than to read none.
        raise Malformed(_("Send the body in one piece, with its Content-Length."))
    declared = int(request.META.get("CONTENT_LENGTH") or 0)
    if may_be_empty and not declared:
        return Body({}, hashlib.sha256(b"").hexdigest())
    if not declared and not request.content_type:
        raise Malformed(_("This needs a body of JSON."))
    _check_media_type(request)
    if declared > max(max_bytes, max_list_bytes):
        raise TooLarge
    try:
        raw = request.body
    except RequestDataTooBig as refusal:
        raise TooLarge from refusal
    except UnreadablePostError as refusal:
        raise Malformed from refusal
    if len(raw) > max_bytes and not (len(raw) <= max_list_bytes and raw.lstrip().startswith(b"[")):
        raise TooLarge
    return parse_json(raw)


def parse_json(raw: bytes) -> Body:
    """Parse strictly. Raises: Malformed; keys that stand twice come back as errors."""
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError as refusal:
        raise Malformed(_("The body is not valid JSON in UTF-8: %(why)s.") % {"why": refusal}) from refusal
    _check_depth_and_strings(content)
    errors: list[FieldError] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(found)
        if len(members) != len(found):
            names = [name for name, _value in found]
            twice = sorted({name for name in names if names.count(name) > 1}) if len(names) < 1000 else names[:1]
            errors.extend(FieldError(name, "duplicate_key", _("This key stands twice.")) for name in twice)
        return members

    try:
        content = json.loads(
            raw, object_pairs_hook=pairs, parse_int=_integer, parse_float=_decimal, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as refusal:
        raise Malformed from refusal
    return Body(content, hashlib.sha256(raw).hexdigest(), tuple(errors))


class StrictJSONParser(BaseParser):
    """The parser DRF knows of; views read through `read_body`, which also knows the limits of each route."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Parse a stream strictly. Raises: Malformed."""
        return parse_json(stream.read(MAX_ARTICLE_BYTES)).content


def _check_media_type(request: HttpRequest) -> None:
    charset = request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
    if request.content_type != "application/json" or charset.strip("\"'").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType


def _check_depth_and_strings(content: object) -> None:
    """Walk without recursion; level 1 is the outermost object or list. Raises: Malformed."""
    level = [content]
    depth = 0
    while level:
        containers = [value for value in level if isinstance(value, dict | list)]
        depth += 1 if containers else 0
        if depth > MAX_DEPTH:
            raise Malformed(_("The body is nested more than %(depth)d levels deep.") % {"depth": MAX_DEPTH})
        if any(isinstance(value, str) and "\x00" in value for value in level):
            raise Malformed(_("The body holds the character NUL."))
        level = []
        for container in containers:
            if isinstance(container, dict):
                level.extend(container.keys())
                level.extend(container.values())
            else:
                level.extend(container)


def _integer(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError(digits[:20])
    value = int(digits)
    if abs(value) > MAX_INTEGER:
        raise ValueError(digits)
    return value


def _decimal(digits: str) -> float:
    value = float(digits)
    if "e" in digits.lower() or not math.isfinite(value):
        raise ValueError(digits[:20])
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
