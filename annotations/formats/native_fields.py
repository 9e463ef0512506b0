"""The fields of one line of `newsdesk-jsonl`, read with their types; what is wrong is collected, not raised."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from annotations.anchoring.anchor import Segment
from annotations.formats.document import Alias, JsonObject

MAX_ID = 500
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NOTHING: Final[JsonObject] = {}


class Fields:
    """One line's fields. Each getter answers a value of its type; `problems` holds (code, detail) of what was not."""

    __slots__ = ("_values", "problems")

    def __init__(self, values: Mapping[str, object], known: frozenset[str]) -> None:
        self._values = values
        self.problems: list[tuple[str, str]] = []
        if not values.keys() <= known:
            for name in sorted(values.keys() - known):
                self._refuse(name, "unknown_field", "a line of this type has no such field")

    def has(self, name: str) -> bool:
        """Say whether the field stands in the line."""
        return name in self._values

    def identifier(self, name: str) -> str:
        """Read an id, which may be any text of 1 to 500 characters."""
        value = self._required(name)
        if type(value) is str and 0 < len(value) <= MAX_ID:
            return value
        return self._wrong(name, f"an id is a text of 1 to {MAX_ID} characters", value)

    def reference(self, name: str) -> str | None:
        """Read the id of another record, or null."""
        return None if self._values.get(name) is None else self.identifier(name)

    def text(self, name: str) -> str:
        """Read a text that must be there."""
        value = self._required(name)
        return value if type(value) is str else self._wrong(name, "this must be a text", value)

    def text_or(self, name: str, default: str) -> str:
        """Read a text; `default` when it is left out."""
        return self.text(name) if name in self._values else default

    def text_or_null(self, name: str) -> str | None:
        """Read a text or null."""
        return None if self._values.get(name) is None else self.text(name)

    def integer(self, name: str, default: int | None = None) -> int:
        """Read a whole number from 0; `default` when it is left out, None for a field that must be there."""
        value = self._required(name) if default is None else self._values.get(name, default)
        if type(value) is int and 0 <= value < 2**31:
            return value
        self._wrong(name, "this must be a whole number", value)
        return 0

    def time(self, name: str) -> str:
        """Read a time."""
        value = self.text(name)
        if value and not _is_time(value):
            self._refuse(name, "invalid", "a time is RFC 3339 in UTC, such as 2026-01-31T12:00:00Z")
        return value

    def time_or_null(self, name: str) -> str | None:
        """Read a time or null."""
        return None if self._values.get(name) is None else self.time(name)

    def date_or_null(self, name: str) -> str | None:
        """Read a date or null."""
        value = self.text_or_null(name)
        if value is not None and not _is_date(value):
            self._refuse(name, "invalid", "a date is YYYY-MM-DD")
        return value

    def mapping(self, name: str) -> JsonObject:
        """Read an object; empty when it is left out."""
        value = self._values.get(name, _NOTHING)
        if isinstance(value, dict):
            return value
        if value is not _NOTHING:
            self._wrong(name, "this must be an object", value)
        return _NOTHING

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of texts; empty when it is left out."""
        value = self._values.get(name, [])
        if isinstance(value, list) and all(type(item) is str for item in value):
            return tuple(value)
        self._wrong(name, "this must be a list of texts", value)
        return ()

    def segments(self, name: str) -> tuple[Segment, ...]:
        """Read a list of [start, end]."""
        value = self._required(name)
        if isinstance(value, list) and all(_is_pair(item) for item in value):
            return tuple([Segment(start, end) for start, end in value])
        self._wrong(name, "this must be a list of pairs [start, end] of whole numbers", value)
        return ()

    def aliases(self, name: str) -> tuple[Alias, ...]:
        """Read a list of {text, language}; empty when it is left out."""
        value = self._values.get(name, [])
        if isinstance(value, list) and all(_is_alias(item) for item in value):
            return tuple([Alias(item["text"], item.get("language", "")) for item in value])
        self._wrong(name, "this must be a list of objects with text and language", value)
        return ()

    def _required(self, name: str) -> object:
        if name not in self._values:
            self._refuse(name, "required", "this field is missing")
            return None
        return self._values[name]

    def _wrong(self, name: str, detail: str, value: object) -> str:
        if value is not None or name in self._values:
            self._refuse(name, "invalid_type", detail)
        return ""

    def _refuse(self, name: str, code: str, detail: str) -> None:
        self.problems.append((code, f"{name}: {detail}."))


def is_identifier(value: object) -> bool:
    """Tell whether a value may be an id."""
    return type(value) is str and 0 < len(value) <= MAX_ID


def is_whole(value: object) -> bool:
    """Tell whether a value is a whole number from 0 that a column can hold."""
    return type(value) is int and 0 <= value < 2**31


def is_moment(value: object) -> bool:
    """Tell whether a value is a time, or null; an empty text is none."""
    return value is None or (type(value) is str and (not value or _is_time(value)))


def are_texts(value: object) -> bool:
    """Tell whether a value is a list of texts."""
    if type(value) is not list:
        return False
    for item in value:  # noqa: SIM110 - a generator costs more than the whole check
        if type(item) is not str:
            return False
    return True


def quick_segments(value: object) -> tuple[Segment, ...]:
    """Read a list of [start, end]; nothing when it is none, or empty."""
    if type(value) is not list:
        return ()
    found = []
    for pair in value:
        if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not int or type(pair[1]) is not int:
            return ()
        found.append(Segment(pair[0], pair[1]))
    return tuple(found)


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and type(value[0]) is int and type(value[1]) is int


def _is_alias(value: object) -> bool:
    return (
        isinstance(value, dict)
        and type(value.get("text")) is str
        and type(value.get("language", "")) is str
        and value.keys() <= {"text", "language"}
    )


# Most records were never changed, and have one time twice.
@lru_cache(maxsize=256)
def _is_time(value: str) -> bool:
    if _TIME.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_date(value: str) -> bool:
    if _DATE.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
