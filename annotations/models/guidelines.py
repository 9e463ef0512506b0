"""What a project marks and how, in its own words: versions that are only added (trigger in 0011)."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotations.models.base import Record
from annotations.models.projects import Project


class GuidelineVersion(Record):
    """The whole guideline as one admin left it, in Markdown; the highest number is in force."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    text = models.TextField()
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "guideline_version"
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="guideline_version_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="guideline_version_from_one"),
        ]
