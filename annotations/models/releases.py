"""Releases: named, numbered exports that never change (guards in 0016)."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotations.models.base import Record
from annotations.models.projects import Project


class Release(Record):
    """One export as it was: its manifest, the texts that go with it, and the parts of its records."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=500)
    # The filters as the query of an export writes them.
    filters = models.JSONField(default=dict)
    manifest = models.JSONField()
    # The citation, the datasheet and the guideline, by name of file.
    texts = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "release"
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="release_number"),
            models.UniqueConstraint(fields=["project", "name"], name="release_name"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ReleasePart(models.Model):
    """A piece of the records of a release: `newsdesk-jsonl`, compressed as one gzip stream over all parts."""

    pk = models.CompositePrimaryKey("release_id", "number")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "release_part"
