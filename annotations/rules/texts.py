"""What may stand in a text field: one-line names and longer notes (docs/api.md#limits). Lengths in code points."""

import re
from urllib.parse import urlsplit

from annotations.errors import FieldError

MAX_LINE = 500
MAX_NOTE = 10_000
MAX_GUIDELINE = 100_000
MAX_URL = 2_000

# Control characters, line and paragraph separators, bidi embeddings and overrides.
_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")
_NOT_IN_A_URL = re.compile('[\x00-\x20\x7f-\x9f\u2028\u2029\u202a-\u202e<>"\\\\^`{|}]')
_NUL_OR_SURROGATE = re.compile("[\x00\ud800-\udfff]")


def line_errors(field: str, value: object, *, may_be_empty: bool = False) -> list[FieldError]:
    """Say what is wrong with a one-line text; nothing when it is fine."""
    if not isinstance(value, str):
        return [FieldError(field, "invalid_type", "This must be a text.")]
    if may_be_empty and value == "":
        return []
    if not value.strip():
        return [FieldError(field, "blank", "This may not be blank.")]
    if len(value) > MAX_LINE:
        return [FieldError(field, "too_long", f"At most {MAX_LINE} characters.")]
    if _NOT_IN_A_LINE.search(value) or _NUL_OR_SURROGATE.search(value):
        return [FieldError(field, "invalid", "No line breaks, control characters or direction overrides here.")]
    return []


def note_errors(field: str, value: object, *, max_length: int = MAX_NOTE) -> list[FieldError]:
    """Say what is wrong with a longer text, which may be empty and have several lines."""
    if not isinstance(value, str):
        return [FieldError(field, "invalid_type", "This must be a text.")]
    if len(value) > max_length:
        return [FieldError(field, "too_long", f"At most {max_length} characters.")]
    if _NUL_OR_SURROGATE.search(value):
        return [FieldError(field, "invalid", "The character NUL cannot be stored.")]
    return []


def url_errors(field: str, value: object) -> list[FieldError]:
    """Say what is wrong with a web address; empty means none. Only http and https are addresses here."""
    if not isinstance(value, str):
        return [FieldError(field, "invalid_type", "This must be a text.")]
    if value == "":
        return []
    if len(value) > MAX_URL:
        return [FieldError(field, "too_long", f"At most {MAX_URL} characters.")]
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        host = None
        parts = urlsplit("")
    if _NOT_IN_A_URL.search(value) or parts.scheme not in {"http", "https"} or not host:
        return [FieldError(field, "invalid", "This must be an address that starts with http:// or https://.")]
    return []
