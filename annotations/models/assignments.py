"""Who has taken or been given which article, until when; the current ones have no end."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotations.models.articles import Article
from annotations.models.base import Record
from annotations.models.projects import Project


class Assignment(Record):
    """One person's turn at one article. Releasing it sets its end; nothing is deleted.

    `seen_at` is when somebody to whom it was given took notice in the inbox.
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="assignments", db_constraint=False, db_index=False
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments", db_index=False
    )
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    due = models.DateField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["article", "assignee"], condition=Q(ended_at__isnull=True), name="assignment_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "assignee", "article"],
                condition=Q(ended_at__isnull=True),
                name="assignment_by_assignee",
            ),
        ]
