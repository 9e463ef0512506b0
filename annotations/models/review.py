"""Decisions on annotations and links; append only (trigger in 0002)."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotations.models.annotations import Annotation
from annotations.models.articles import Article
from annotations.models.base import Record, one_of
from annotations.models.links import Link
from annotations.models.projects import Project
from annotations.rules.review import Reason, Verdict


class Decision(Record):
    """Who decided what on which version, when and why.

    `version_editor` is copied from the version's row (composite foreign key in 0002), so that the
    database itself refuses a reviewer who wrote that version.
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    annotation = models.ForeignKey(
        Annotation, null=True, on_delete=models.PROTECT, related_name="decisions", db_constraint=False
    )
    link = models.ForeignKey(Link, null=True, on_delete=models.PROTECT, related_name="decisions", db_constraint=False)
    version = models.PositiveIntegerField()
    version_editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    # For a link: the versions of both ends that the reviewer saw.
    source_version = models.PositiveIntegerField(null=True)
    target_version = models.PositiveIntegerField(null=True)
    verdict = models.CharField(max_length=15)
    reason = models.CharField(max_length=10, blank=True, default="")
    comment = models.TextField(blank=True, default="")
    # What the reviewer would write instead; the author may take it.
    proposal = models.JSONField(null=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "decision"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(annotation__isnull=False, link__isnull=True, source_version__isnull=True)
                | models.Q(annotation__isnull=True, link__isnull=False, source_version__isnull=False),
                name="decision_on_one_record",
            ),
            models.CheckConstraint(condition=~models.Q(reviewer=models.F("version_editor")), name="decision_four_eyes"),
            one_of("verdict", Verdict, "decision_verdict"),
            models.CheckConstraint(
                condition=models.Q(verdict=Verdict.APPROVE, reason="")
                | ~models.Q(verdict=Verdict.APPROVE) & models.Q(reason__in=[str(reason) for reason in Reason]),
                name="decision_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(proposal__isnull=True)
                | models.Q(verdict=Verdict.REQUEST_CHANGES, annotation__isnull=False),
                name="decision_proposal",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="decision_by_project"),
            models.Index(fields=["article", "id"], name="decision_by_article"),
        ]
