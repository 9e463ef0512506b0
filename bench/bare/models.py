"""One table, no reference, no check: the row that a bare create inserts."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

TABLE = """
CREATE TABLE IF NOT EXISTS bench_note (
    id uuid PRIMARY KEY, article uuid NOT NULL, kind varchar(20) NOT NULL, first integer NOT NULL,
    last integer NOT NULL, exact text NOT NULL, created_at timestamptz NOT NULL)
"""


class BareNote(models.Model):
    """About what a person would first write down for a highlight."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.UUIDField()
    kind = models.CharField(max_length=20)
    first = models.IntegerField()
    last = models.IntegerField()
    exact = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["BareNote"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "bench_note"
