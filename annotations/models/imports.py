"""Reports of imports, so that they can be read again; and how a project reads the names of foreign files."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotations.models.base import Record
from annotations.models.projects import Project


class Import(Record):
    """One file taken in, with its counts, refusals and the mapping of ids."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="imports")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    format = models.CharField(max_length=30)
    status = models.CharField(max_length=10)
    counts = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    # Labels and relations that nobody has mapped, each with how often it was met.
    unknown = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "import"


class ImportNames(Record):
    """From the labels and relations of one format to kinds and link types, as the project used them last."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    format = models.CharField(max_length=30)
    labels = models.JSONField(default=dict)
    relations = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "import_names"
        constraints = [models.UniqueConstraint(fields=["project", "format"], name="import_names_once")]
