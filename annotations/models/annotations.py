"""Annotations and their versions. Segments are [start, end) in code points of the article's text."""

from typing import Self, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from annotations.models.articles import Article
from annotations.models.base import Record, one_of
from annotations.models.projects import Project
from annotations.rules.kinds import Kind
from annotations.rules.review import HIDDEN, NOT_LIVING, State

_T = TypeVar("_T", bound="Reviewed")


class ReviewedQuerySet(models.QuerySet[_T]):
    """Filters that annotations and links share."""

    def living(self) -> Self:
        """Keep what is not withdrawn, rejected or dismissed."""
        return self.exclude(state__in=NOT_LIVING)

    def shown(self) -> Self:
        """Keep what lists show unless asked for more."""
        return self.exclude(state__in=HIDDEN)


class Reviewed(Record):
    """What annotations and links share: author, origin, state, and the version a reviewer approved.

    `version` counts content; every version has its row. `approved_version` is null or a version with
    an approving decision (trigger in 0002).
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    attributes = models.JSONField(default=dict)
    note = models.TextField(blank=True, default="")
    # Of authors and editors a statement's triggers look for all rows at once (0018): people are never deleted.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    # Who goes on with it after its author left; the author stays.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    origin = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    approved_version = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    # The withdrawal of an annotation that took this link along; restoring brings back exactly these.
    withdrawn_with = models.UUIDField(null=True, blank=True)

    class Meta:
        abstract = True

    def is_in_hands_of(self, user_id: UUID) -> bool:
        """Say whether somebody is its author, or goes on with it for the author."""
        return user_id in {self.author_id, self.assignee_id}


def in_hands_of(user_id: UUID, prefix: str = "") -> models.Q:
    """Hold for records that somebody made or goes on with; `prefix` leads to the record."""
    return models.Q(**{f"{prefix}author": user_id}) | models.Q(**{f"{prefix}assignee": user_id})


def assignee_index(table: str) -> models.Index:
    """Find the few records that were handed over."""
    has_one = models.Q(assignee__isnull=False)
    return models.Index(fields=["project", "assignee", "id"], condition=has_one, name=f"{table}_by_assignee")


def reviewed_constraints(table: str) -> list[models.CheckConstraint]:
    """Make what holds for every reviewed record: which states there are, and what each says of approval and author."""
    is_unapproved = models.Q(approved_version__isnull=True)
    is_current = models.Q(approved_version=models.F("version"), approved_version__isnull=False)
    is_suggestion = models.Q(state__in=[State.SUGGESTED, State.DISMISSED])
    conditions = {
        "approved_version_exists": is_unapproved | models.Q(approved_version__lte=models.F("version")),
        "approved_state": ~models.Q(state=State.APPROVED) | is_current,
        "withdrawn_state": ~models.Q(state=State.WITHDRAWN) | is_unapproved,
        "author": models.Q(author__isnull=False) | is_suggestion,
    }
    held = [
        models.CheckConstraint(condition=condition, name=f"{table}_{name}") for name, condition in conditions.items()
    ]
    return [one_of("state", State, f"{table}_state"), *held]


class Annotation(Reviewed):
    """The highlight: kind, segments and the exact text of each."""

    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="annotations", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=12)
    segments = ArrayField(ArrayField(models.IntegerField(), size=2))
    exact = ArrayField(models.TextField())
    parties = ArrayField(models.UUIDField(), default=list)
    # A disputes link made a counterclaim of this claim; withdrawing the last such link turns it back.
    was_turned = models.BooleanField(default=False)

    objects = ReviewedQuerySet["Annotation"].as_manager()

    class Meta:
        db_table = "annotation"
        constraints = [
            # What links and versions refer to; also the keyset order of a project.
            models.UniqueConstraint(fields=["project", "id", "article"], name="annotation_in_article"),
            one_of("kind", Kind, "annotation_kind"),
            *reviewed_constraints("annotation"),
        ]
        indexes = [
            models.Index(fields=["article", "id"], name="annotation_by_article"),
            models.Index(fields=["project", "kind", "id"], name="annotation_by_kind"),
            models.Index(fields=["project", "state", "id"], name="annotation_by_state"),
            models.Index(fields=["project", "author", "id"], name="annotation_by_author"),
            models.Index(fields=["project", "updated_at", "id"], name="annotation_by_change"),
            assignee_index("annotation"),
            GinIndex(fields=["parties"], name="annotation_by_party", condition=models.Q(kind=Kind.PARTY)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class RecordVersion(models.Model):
    """The complete content of one version of a reviewed record, who wrote it and when."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    content = models.JSONField()
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class AnnotationVersion(RecordVersion):
    """The complete content of one version of an annotation; append only (trigger in 0002)."""

    pk = models.CompositePrimaryKey("annotation_id", "number")
    annotation = models.ForeignKey(
        Annotation, on_delete=models.PROTECT, related_name="versions", db_constraint=False, db_index=False
    )

    class Meta:
        db_table = "annotation_version"
        constraints = [
            models.UniqueConstraint(fields=["annotation", "number", "editor"], name="annotation_version_editor"),
        ]
