"""Threads on annotations and links, and how far each person has read; comments are append only (trigger in 0005)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from annotations.models.annotations import Annotation
from annotations.models.articles import Article
from annotations.models.base import Record, one_of
from annotations.models.links import Link
from annotations.models.projects import Project
from annotations.rules.comments import CommentAct

_ON_ONE = models.Q(annotation__isnull=False, link__isnull=True) | models.Q(annotation__isnull=True, link__isnull=False)


class Comment(Record):
    """One entry of a thread. `mentions` are the members it calls; `article` is the record's, of a link its source's."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    annotation = models.ForeignKey(
        Annotation, null=True, on_delete=models.PROTECT, related_name="comments", db_constraint=False, db_index=False
    )
    link = models.ForeignKey(
        Link, null=True, on_delete=models.PROTECT, related_name="comments", db_constraint=False, db_index=False
    )
    act = models.CharField(max_length=10, default=CommentAct.SAID)
    text = models.TextField(blank=True, default="")
    mentions = ArrayField(models.UUIDField(), default=list)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "comment"
        constraints = [
            models.CheckConstraint(condition=_ON_ONE, name="comment_on_one_record"),
            one_of("act", CommentAct, "comment_act"),
            models.CheckConstraint(
                condition=~models.Q(act=CommentAct.SAID) | ~models.Q(text=""), name="comment_says_something"
            ),
        ]
        indexes = [
            models.Index(fields=["annotation", "id"], name="comment_by_annotation"),
            models.Index(fields=["link", "id"], name="comment_by_link"),
            models.Index(fields=["project", "author", "id"], name="comment_by_author"),
            GinIndex(fields=["mentions"], name="comment_by_mention"),
        ]


class RecordSeen(Record):
    """How far one person knows a record: the version on the screen, the one seen before it, and when.

    `settled_at` is when a person put the record away in the inbox.
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    annotation = models.ForeignKey(
        Annotation, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    link = models.ForeignKey(
        Link, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    version = models.PositiveIntegerField()
    before = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "record_seen"
        constraints = [
            models.CheckConstraint(condition=_ON_ONE, name="record_seen_one_record"),
            models.UniqueConstraint(
                fields=["annotation", "user"],
                condition=models.Q(annotation__isnull=False),
                name="record_seen_annotation",
            ),
            models.UniqueConstraint(
                fields=["link", "user"], condition=models.Q(link__isnull=False), name="record_seen_link"
            ),
        ]
