"""Strict input fields: nothing is trimmed, coerced or ignored. Their errors carry the codes of the contract."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, NoReturn
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from annotations.anchoring.anchor import Segment
from annotations.api.filters import parse_moment, parse_uuid
from annotations.api.parsers import Body
from annotations.errors import FieldError, InvalidFields, NotFound, Unprocessable
from annotations.queries.access import Actor
from annotations.rules.texts import line_errors, note_errors, url_errors

# What DRF calls things, in the words of the contract.
_CODES: Final = {"null": "invalid_type", "not_a_list": "invalid_type", "max_length": "too_long"}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Input(serializers.Serializer[Any]):
    """What a route takes. `not_taken` are fields of the answer that may not be sent."""

    not_taken: ClassVar[tuple[str, ...]] = ()


RECORD_FIELDS: Final = ("id", "project", "version", "created_at", "updated_at")


def validate(
    shape: type[Input], body: Body, actor: Actor, *, partial: bool = False, found: Mapping[UUID, Any] | None = None
) -> dict[str, Any]:
    """Check a body against a shape. `found` are records that the gate has given already.

    Raises: InvalidFields with every error found.
    """
    return dict(check(shape, body.content, actor, errors=body.errors, partial=partial, found=found))


def check(
    shape: type[Input],
    content: object,
    actor: Actor,
    *,
    errors: Sequence[FieldError] = (),
    partial: bool = False,
    found: Mapping[UUID, Any] | None = None,
) -> Mapping[str, Any]:
    """Check one object against a shape. Raises: InvalidFields."""
    if not isinstance(content, Mapping):
        raise InvalidFields([*errors, FieldError("", "invalid_type", _("This must be an object."))])
    context = {"actor": actor, "found": dict(found or {})}
    serializer = shape(data=content, partial=partial, context=context)
    all_errors = [*errors, *_not_taken(serializer, content)]
    if not serializer.is_valid():
        all_errors.extend(field_errors(serializer.errors))
    if all_errors:
        raise InvalidFields(all_errors)
    taken: Mapping[str, Any] = serializer.validated_data
    return taken


def check_each(
    shape: type[Input], items: Sequence[object], actor: Actor, *, found: Mapping[UUID, Any] | None = None
) -> list[Mapping[str, Any]]:
    """Check every item of a list against a shape. Raises: Unprocessable with every error found, by index."""
    serializer = shape(context={"actor": actor, "found": dict(found or {})})
    taken: list[Mapping[str, Any]] = []
    errors: list[FieldError] = []
    for index, item in enumerate(items):
        try:
            taken.append(_check_item(serializer, item))
        except InvalidFields as refusal:
            errors += [replace(error, index=index) for error in refusal.errors]
    if errors:
        raise Unprocessable(code=errors[0].code, errors=errors)
    return taken


def _check_item(serializer: Input, item: object) -> Mapping[str, Any]:
    if not isinstance(item, Mapping):
        raise InvalidFields([FieldError("", "invalid_type", _("This must be an object."))])
    errors = _not_taken(serializer, item)
    try:
        taken: Mapping[str, Any] = serializer.run_validation(item)
    except ValidationError as refusal:
        errors.extend(field_errors(refusal.detail))
    if errors:
        raise InvalidFields(errors)
    return taken


def ids_named(items: Sequence[object], field: str) -> set[UUID]:
    """Answer the ids that one field of the items names, as far as they are ids."""
    found: set[UUID] = set()
    for item in items:
        value = item.get(field) if isinstance(item, Mapping) else None
        if isinstance(value, str):
            with suppress(ValueError):
                found.add(parse_uuid(value))
    return found


def field_errors(detail: Any, field: str = "", index: int | None = None) -> list[FieldError]:
    """Flatten DRF's nested errors; items of lists are told by their index."""
    return list(_flat(detail, field, index))


def _flat(detail: Any, field: str, index: int | None) -> Iterator[FieldError]:
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            if isinstance(key, int):
                yield from _flat(inner, field, key)
            elif key == "non_field_errors":
                yield from _flat(inner, field, index)
            else:
                yield from _flat(inner, f"{field}.{key}" if field else str(key), index)
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, field, index)
    else:
        code = getattr(detail, "code", "invalid")
        yield FieldError(field, _CODES.get(code, code), str(detail), index=index)


def _not_taken(serializer: Input, content: Mapping[str, Any]) -> list[FieldError]:
    found = []
    for name in content:
        if name in serializer.not_taken:
            found.append(FieldError(name, "read_only_field", _("This is set by the server; leave it out.")))
        elif name not in serializer.fields:
            found.append(FieldError(name, "unknown_field", _("There is no such field here.")))
    return found


def refuse(code: str, detail: str) -> NoReturn:
    """Refuse one value. Raises: ValidationError."""
    raise ValidationError([ErrorDetail(detail, code)])


def _refuse_all(errors: Sequence[FieldError]) -> None:
    if errors:
        raise ValidationError([ErrorDetail(_(error.detail), error.code) for error in errors])


class StrictField(serializers.Field[Any, Any, Any, Any]):
    """A field that takes JSON values as they are."""

    def to_representation(self, value: Any) -> Any:
        """Show the value as it is."""
        return value


@extend_schema_field({"type": "string", "maxLength": 500})
class LineField(StrictField):
    """A one-line text."""

    def __init__(self, *, may_be_empty: bool = False, **options: Any) -> None:
        """Take "" too when `may_be_empty`."""
        self.may_be_empty = may_be_empty
        super().__init__(**options)

    def to_internal_value(self, data: object) -> str:
        """Check the text. Raises: ValidationError."""
        _refuse_all(line_errors("", data, may_be_empty=self.may_be_empty))
        return str(data)


@extend_schema_field({"type": "string"})
class NoteField(StrictField):
    """A text of several lines, which may be empty."""

    def __init__(self, *, max_length: int = 10_000, **options: Any) -> None:
        """Take at most `max_length` code points."""
        self.max_length = max_length
        super().__init__(**options)

    def to_internal_value(self, data: object) -> str:
        """Check the text. Raises: ValidationError."""
        _refuse_all(note_errors("", data, max_length=self.max_length))
        return str(data)


@extend_schema_field({"type": "string", "maxLength": 2000})
class AddressField(StrictField):
    """A web address, or "" for none."""

    def to_internal_value(self, data: object) -> str:
        """Check the address. Raises: ValidationError."""
        _refuse_all(url_errors("", data))
        return str(data)


@extend_schema_field({"type": "integer"})
class WholeField(StrictField):
    """A whole number: no text, no truth value, no decimal point."""

    def to_internal_value(self, data: object) -> int:
        """Check the number. Raises: ValidationError."""
        if isinstance(data, bool) or not isinstance(data, int):
            refuse("invalid_type", _("This must be a whole number."))
        return data


@extend_schema_field({"type": "string"})
class TextField(StrictField):
    """A text whose content is checked further down."""

    def to_internal_value(self, data: object) -> str:
        """Check the type. Raises: ValidationError."""
        if not isinstance(data, str):
            refuse("invalid_type", _("This must be a text."))
        return data


@extend_schema_field({"type": "object", "additionalProperties": True})
class ObjectField(StrictField):
    """An object whose members are checked further down."""

    def to_internal_value(self, data: object) -> dict[str, Any]:
        """Check the type. Raises: ValidationError."""
        if not isinstance(data, dict):
            refuse("invalid_type", _("This must be an object."))
        return data


@extend_schema_field({"type": "string", "format": "date-time"})
class MomentField(StrictField):
    """A time of RFC 3339 with its offset."""

    def to_internal_value(self, data: object) -> datetime:
        """Read the time. Raises: ValidationError."""
        if not isinstance(data, str):
            refuse("invalid_type", _("This must be a text."))
        try:
            return parse_moment(data)
        except ValueError:
            refuse("invalid", _("Write a time as 2021-09-03T14:05:00Z."))


@extend_schema_field({"type": "string", "format": "date"})
class DayField(StrictField):
    """A day, as YYYY-MM-DD."""

    def to_internal_value(self, data: object) -> date:
        """Read the day. Raises: ValidationError."""
        if not isinstance(data, str):
            refuse("invalid_type", _("This must be a text."))
        try:
            # Python reads more than this form.
            day = date.fromisoformat(data) if _DAY.fullmatch(data) else None
        except ValueError:
            day = None
        if day is None:
            refuse("invalid", _("Write a day as 2021-09-03."))
        return day


@extend_schema_field({"type": "string", "format": "uuid"})
class IdField(StrictField):
    """A record's id, taken as it is."""

    def to_internal_value(self, data: object) -> Any:
        """Read the id. Raises: ValidationError."""
        if not isinstance(data, str):
            refuse("invalid_type", _("This must be an id."))
        try:
            return parse_uuid(data)
        except ValueError:
            refuse("invalid_type", _("This must be an id."))


@extend_schema_field({"type": "string", "format": "uuid"})
class ReferenceField(IdField):
    """A record that the gate gives; missing and foreign ones are told in the same way."""

    def __init__(self, fetch: Callable[[Actor, UUID], Any], **options: Any) -> None:
        """Ask `fetch` for the record."""
        self.fetch = fetch
        super().__init__(**options)

    def to_internal_value(self, data: object) -> Any:
        """Read the id and fetch its record. Raises: ValidationError."""
        pk = super().to_internal_value(data)
        found: dict[UUID, Any] = self.context["found"]
        try:
            if pk not in found:
                found[pk] = self.fetch(self.context["actor"], pk)
            return found[pk]
        except NotFound:
            refuse("not_found", _("There is no such record that you may see."))


class ChoiceField(StrictField):
    """One member of a closed set; null means none and is kept as an empty text."""

    def __init__(self, choices: type[StrEnum], **options: Any) -> None:
        """Take the members of `choices`."""
        self.members = choices
        super().__init__(**options)

    def to_internal_value(self, data: object) -> StrEnum:
        """Read the member. Raises: ValidationError."""
        if not isinstance(data, str):
            refuse("invalid_type", _("This must be a text."))
        try:
            return self.members(data)
        except ValueError:
            refuse("invalid_choice", _("One of: %(choices)s.") % {"choices": ", ".join(self.members)})


class OffsetUnit(StrEnum):
    """What offsets count, everywhere."""

    CODEPOINT = "codepoint"


class ListField(StrictField):
    """A list of values of one sort."""

    def __init__(self, item: StrictField, *, max_items: int | None = None, **options: Any) -> None:
        """Check every item with `item`; take at most `max_items`."""
        self.item, self.max_items = item, max_items
        super().__init__(**options)

    def to_internal_value(self, data: object) -> tuple[Any, ...]:
        """Read the items. Raises: ValidationError by index."""
        if not isinstance(data, list):
            refuse("invalid_type", _("This must be a list."))
        if self.max_items is not None and len(data) > self.max_items:
            refuse("too_long", _("At most %(count)d items.") % {"count": self.max_items})
        taken: list[Any] = []
        errors: dict[int, Any] = {}
        for index, value in enumerate(data):
            try:
                taken.append(self.item.to_internal_value(value))
            except ValidationError as refusal:
                errors[index] = refusal.detail
        if errors:
            raise ValidationError(errors)  # type: ignore[arg-type]
        return tuple(taken)


_SEGMENTS_SCHEMA: Final = {
    "type": "array",
    "minItems": 1,
    "maxItems": 50,
    "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "integer", "minimum": 0}},
}


@extend_schema_field(_SEGMENTS_SCHEMA)
class SegmentsField(StrictField):
    """`[[start, end], …]` in code points; where they may lie is checked against the text."""

    def to_internal_value(self, data: object) -> tuple[Segment, ...]:
        """Read the segments. Raises: ValidationError by index."""
        if not isinstance(data, list):
            refuse("invalid_type", _("This must be a list of [start, end]."))
        wrong = {index: [_no_segment()] for index, pair in enumerate(data) if not _is_pair(pair)}
        if wrong:
            raise ValidationError(wrong)  # type: ignore[arg-type]
        return tuple(Segment(start, end) for start, end in data)


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(type(offset) is int for offset in pair)


def _no_segment() -> ErrorDetail:
    return ErrorDetail(_("A segment is [start, end], two whole numbers."), "invalid_type")
