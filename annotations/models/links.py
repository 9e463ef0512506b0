"""Typed links between annotations and their versions."""

from django.db import models
from django.db.models.functions import Greatest, Least

from annotations.models.annotations import (
    Annotation,
    RecordVersion,
    Reviewed,
    ReviewedQuerySet,
    assignee_index,
    reviewed_constraints,
)
from annotations.models.articles import Article
from annotations.models.base import one_of
from annotations.rules.links import LinkType
from annotations.rules.review import NOT_LIVING

_LIVING = ~models.Q(state__in=sorted(NOT_LIVING))


class Link(Reviewed):
    """The relation: a record in its own right, reviewed on its own.

    The articles of both ends are copied, so that composite foreign keys (0002) keep both ends in one project.
    """

    type = models.CharField(max_length=12)
    source = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="links_out", db_constraint=False)
    target = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="links_in", db_constraint=False)
    source_article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    target_article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    # The versions of both ends that the approval in force saw.
    approved_source_version = models.PositiveIntegerField(null=True, blank=True)
    approved_target_version = models.PositiveIntegerField(null=True, blank=True)

    objects = ReviewedQuerySet["Link"].as_manager()

    class Meta:
        db_table = "link"
        constraints = [
            models.UniqueConstraint(fields=["project", "id", "source_article"], name="link_in_article"),
            models.UniqueConstraint(
                fields=["source", "target", "type"],
                condition=_LIVING & ~models.Q(type=LinkType.SAME_AS),
                name="link_once",
            ),
            models.UniqueConstraint(
                Least("source", "target"),
                Greatest("source", "target"),
                condition=_LIVING & models.Q(type=LinkType.SAME_AS),
                name="link_same_as_once",
            ),
            models.UniqueConstraint(
                fields=["target"], condition=_LIVING & models.Q(type=LinkType.EXPRESSES), name="link_one_quote"
            ),
            models.UniqueConstraint(
                fields=["source"], condition=_LIVING & models.Q(type=LinkType.CUED_BY), name="link_one_cue"
            ),
            one_of("type", LinkType, "link_type"),
            *reviewed_constraints("link"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="link_not_to_itself"),
        ]
        indexes = [
            models.Index(fields=["source_article", "id"], name="link_by_article"),
            models.Index(fields=["project", "type", "id"], name="link_by_type"),
            models.Index(fields=["project", "state", "id"], name="link_by_state"),
            models.Index(fields=["project", "updated_at", "id"], name="link_by_change"),
            assignee_index("link"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


class LinkVersion(RecordVersion):
    """The complete content of one version of a link; append only (trigger in 0002)."""

    pk = models.CompositePrimaryKey("link_id", "number")
    link = models.ForeignKey(
        Link, on_delete=models.PROTECT, related_name="versions", db_constraint=False, db_index=False
    )

    class Meta:
        db_table = "link_version"
        constraints = [
            models.UniqueConstraint(fields=["link", "number", "editor"], name="link_version_editor"),
        ]
