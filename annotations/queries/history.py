"""The history of one record: its versions and the decisions on it, oldest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from annotations.models import Annotation, AnnotationVersion, Decision, Link, LinkVersion
from annotations.queries.access import Actor, visible_decisions
from annotations.rules.permissions import Role


@dataclass(frozen=True, slots=True)
class VersionMade:
    """Somebody wrote a version."""

    at: datetime
    number: int
    content: Mapping[str, Any]
    editor: str


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """A reviewer decided on a version."""

    at: datetime
    number: int
    decision: Mapping[str, Any]


DECISION_ROW = (
    "id",
    "project_id",
    "annotation_id",
    "link_id",
    "version",
    "verdict",
    "reason",
    "comment",
    "proposal",
    "reviewer__username",
    "at",
)


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """What a list of decisions is narrowed to; None means everything."""

    project: UUID | None = None
    article: UUID | None = None
    reviewer: str | None = None


def history(actor: Actor, record: Annotation | Link) -> list[VersionMade | DecisionMade]:
    """List what happened to the content of a record the gate has given, and what was decided. Two statements.

    In a blind project a viewer sees approved content only, so nothing of the versions before.
    """
    approved_only = actor.is_blind_in(record.project_id) and actor.role_in(record.project_id) is Role.VIEWER
    found: list[VersionMade | DecisionMade] = [
        VersionMade(at, number, content, editor) for number, content, editor, at in _versions(record)
    ]
    about = {"annotation" if isinstance(record, Annotation) else "link": record.id}
    decisions = Decision.objects.filter(**about).order_by("at", "id").values(*DECISION_ROW)
    found += [DecisionMade(row["at"], row["version"], row) for row in decisions]
    if approved_only:
        found = [item for item in found if item.number == record.approved_version]
    # A decision follows the version it is about, also within one tick of the clock.
    return sorted(found, key=lambda item: (item.at, isinstance(item, DecisionMade)))


def decision_rows(actor: Actor, wanted: DecisionFilter) -> QuerySet[Any, Any]:
    """Rows of decisions, without order."""
    found = visible_decisions(actor, wanted.project)
    if wanted.article is not None:
        found = found.filter(article_id=wanted.article)
    if wanted.reviewer is not None:
        found = found.filter(reviewer__username=wanted.reviewer)
    rows: QuerySet[Any, Any] = found.values(*DECISION_ROW)
    return rows


def _versions(record: Annotation | Link) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any]
    if isinstance(record, Annotation):
        rows = AnnotationVersion.objects.filter(annotation=record)
    else:
        rows = LinkVersion.objects.filter(link=record)
    return rows.order_by("number").values_list("number", "content", "editor__username", "at")
