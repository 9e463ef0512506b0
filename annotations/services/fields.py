"""Checks and changes of plain fields, shared by the registry records, projects and articles."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from annotations.errors import FieldError, InvalidFields, NotFound, Stale
from annotations.models.base import VersionedRecord
from annotations.rules.texts import line_errors, note_errors

_V = TypeVar("_V", bound=VersionedRecord)
Check = Callable[[str, object], list[FieldError]]
References = Mapping[str, tuple[type[models.Model], Iterable[object]]]


def needed_line(field: str, value: object) -> list[FieldError]:
    """Check a one-line text that must be there."""
    return line_errors(field, value)


def optional_line(field: str, value: object) -> list[FieldError]:
    """Check a one-line text that may be empty."""
    return line_errors(field, value, may_be_empty=True)


def optional_note(field: str, value: object) -> list[FieldError]:
    """Check a longer text that may be empty."""
    return note_errors(field, value)


def one_of(choices: Iterable[str], *, may_be_empty: bool = True) -> Check:
    """Make a check against a closed set."""
    allowed = tuple(str(choice) for choice in choices)

    def check(field: str, value: object) -> list[FieldError]:
        if (value == "" and may_be_empty) or value in allowed:
            return []
        return [FieldError(field, "invalid_choice", f"One of: {', '.join(allowed)}.")]

    return check


def anything(field: str, value: object) -> list[FieldError]:  # noqa: ARG001 - has the shape of a Check
    """Leave a value to other checks (references, dates the skins have parsed)."""
    return []


def check_fields(fields: Mapping[str, object], checks: Mapping[str, Check], needed: Sequence[str] = ()) -> None:
    """Refuse unknown, missing and wrong fields together. Raises: InvalidFields."""
    found = [FieldError(name, "unknown_field", "There is no such field.") for name in fields if name not in checks]
    found += [FieldError(name, "required", "This is needed.") for name in needed if name not in fields]
    for name, value in fields.items():
        if name in checks:
            found += checks[name](name, value)
    if found:
        raise InvalidFields(found)


def check_references(project_id: UUID, references: References) -> None:
    """Refuse ids that are not in the project. Raises: InvalidFields with code `not_found`."""
    found: list[FieldError] = []
    for field, (model, ids) in references.items():
        wanted = {pk for pk in ids if pk is not None}
        if wanted and model._default_manager.filter(project_id=project_id, pk__in=wanted).count() != len(wanted):
            found.append(FieldError(field, "not_found", "There is no such record in this project."))
    if found:
        raise InvalidFields(found)


def hold(model: type[_V], pk: UUID, version: int) -> _V:
    """Lock a row until the transaction ends. Raises: NotFound, Stale."""
    held = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if held is None:
        raise NotFound
    if held.version != version:
        raise Stale(held)
    return held


def store_changes(held: VersionedRecord, changes: Mapping[str, object], *, also_changed: bool = False) -> list[str]:
    """Set and store changed columns as the next version; answer the names of those that differ.

    `also_changed` raises the version for what stands in another table.
    """
    changed = [name for name, value in changes.items() if getattr(held, name) != value]
    if changed or also_changed:
        for name in changed:
            setattr(held, name, changes[name])
        held.version += 1
        held.updated_at = timezone.now()
        held.save(update_fields=[*changed, "version", "updated_at"])
    return changed
