"""Query parameters, strictly: unknown, malformed or repeated ones are 400 `invalid_parameter`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from annotations.errors import FieldError, InvalidParameter

MAX_TEXT: Final = 500

UUID_TEXT: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
RFC_3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FRACTION: Final = re.compile(r"\.([0-9]+)", re.ASCII)

_E = TypeVar("_E", bound=StrEnum)
_W = TypeVar("_W")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: how it is read, and how the schema describes it."""

    name: str
    read: Callable[[str], Any]
    schema: Mapping[str, Any]
    detail: str = ""


def read_parameters(request: HttpRequest, allowed: Mapping[str, Parameter]) -> dict[str, Any]:
    """Read all query parameters of a request. Raises: InvalidParameter."""
    values: dict[str, Any] = {}
    for name, texts in request.GET.lists():
        if name not in allowed:
            raise bad_parameter(name, _("There is no such parameter here."))
        if len(texts) > 1:
            raise bad_parameter(name, _("Give it once; several values are separated by commas."))
        try:
            values[name] = allowed[name].read(texts[0])
        except ValueError as refusal:
            raise bad_parameter(name, allowed[name].detail) from refusal
    return values


def narrowed(wanted: type[_W], values: Mapping[str, Any]) -> _W:
    """Make a query's filter of the read parameters; those of paging are left aside."""
    names = getattr(wanted, "__dataclass_fields__", {})
    return wanted(**{name: value for name, value in values.items() if name in names})


def bad_parameter(name: str, detail: str, *, code: str = "invalid_parameter") -> InvalidParameter:
    """Make the refusal of one parameter."""
    detail = detail or _("This value is malformed.")
    return InvalidParameter(f"{name}: {detail}", errors=[FieldError(name, code, detail)])


def parameters(*found: Parameter) -> dict[str, Parameter]:
    """Index parameters by name."""
    return {parameter.name: parameter for parameter in found}


def id_parameter(name: str) -> Parameter:
    """Describe a record's id."""
    return Parameter(name, parse_uuid, {"type": "string", "format": "uuid"})


def text_parameter(name: str) -> Parameter:
    """Describe a text that is not blank."""
    return Parameter(name, _text, {"type": "string", "minLength": 1, "maxLength": MAX_TEXT})


def true_parameter(name: str) -> Parameter:
    """Describe `true` or `false`."""
    return Parameter(name, _truth, {"type": "boolean"})


def moment_parameter(name: str) -> Parameter:
    """Describe a time with its offset, or a day, which begins at midnight UTC."""
    return Parameter(name, _moment_or_day, {"type": "string", "format": "date-time"})


def choices_parameter(name: str, choices: type[_E]) -> Parameter:
    """Describe one or several members of a closed set, separated by commas."""

    def read(text: str) -> tuple[_E, ...]:
        return tuple(choices(part) for part in text.split(","))

    schema = {"type": "array", "items": {"type": "string", "enum": [str(choice) for choice in choices]}}
    return Parameter(name, read, schema)


def parse_uuid(text: str) -> UUID:
    """Read an id written in the usual form. Raises: ValueError."""
    if UUID_TEXT.fullmatch(text) is None:
        raise ValueError(text[:50])
    return UUID(text)


def parse_moment(text: str) -> datetime:
    """Read a time of RFC 3339 with its offset, in UTC and microseconds. Raises: ValueError."""
    if RFC_3339.fullmatch(text) is None:
        raise ValueError(text[:50])
    digits = _FRACTION.sub(lambda match: "." + match[1][:6].ljust(6, "0"), text.upper().replace("Z", "+00:00"))
    try:
        return datetime.fromisoformat(digits.replace(" ", "T")).astimezone(UTC)
    except OverflowError as refusal:
        raise ValueError(text) from refusal


def _text(text: str) -> str:
    if not text.strip() or len(text) > MAX_TEXT or "\x00" in text:
        raise ValueError(text[:50])
    return text


def _truth(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(text[:50])
    return text == "true"


def _moment_or_day(text: str) -> datetime:
    return parse_moment(f"{text}T00:00:00Z" if _DAY.fullmatch(text) else text)
