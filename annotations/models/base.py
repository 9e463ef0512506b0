"""What all tables share: UUIDv7 identifiers made in Python, choices held in the database too."""

from collections.abc import Iterable
from enum import StrEnum

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7


class Record(models.Model):
    """A row with its own identifier; later ids sort after earlier ones."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class VersionedRecord(Record):
    """A row that people change: `version` counts the changes and is its ETag."""

    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


def choices_of(values: type[StrEnum]) -> list[tuple[str, str]]:
    """Choices for a field; the labels people see are given by the skins."""
    return [(member.value, member.value) for member in values]


def one_of(field: str, values: Iterable[str], name: str, *, may_be_empty: bool = False) -> models.CheckConstraint:
    """Make a constraint that holds a text column to a closed set."""
    allowed = [str(value) for value in values] + ([""] if may_be_empty else [])
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": allowed}), name=name)


def unique_in_project(table: str) -> models.UniqueConstraint:
    """Make what other tables' composite foreign keys point at, so that no reference leaves its project."""
    return models.UniqueConstraint(fields=["project", "id"], name=f"{table}_in_project")
