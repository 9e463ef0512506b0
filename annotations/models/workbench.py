"""What the workbench keeps for each person: acts that can be undone, and the keys they use."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotations.models.articles import Article
from annotations.models.base import Record, one_of
from annotations.models.projects import Project
from annotations.rules.steps import StepKind


class UndoStep(Record):
    """One act of one person in one article. Undone ones wait to be done again until that person writes anew.

    `changes` lists the records in the order of the act: what, id, and how each stood before and after
    (content and state; null where it was not there).
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10)
    changes = models.JSONField()
    is_undone = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "undo_step"
        constraints = [one_of("kind", StepKind, "undo_step_kind")]
        indexes = [models.Index(fields=["user", "article", "id"], name="undo_step_by_person")]


class KeySettings(models.Model):
    """A person's keys where they differ from ours; `has_single_keys` is the switch for keys without Ctrl."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="key_settings"
    )
    keys = models.JSONField(default=dict)
    has_single_keys = models.BooleanField(default=True)

    class Meta:
        db_table = "key_settings"
