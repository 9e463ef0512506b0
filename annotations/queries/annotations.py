"""Annotations for lists: filters, the content that is approved, and what has become incomplete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annotations.models import Annotation, AnnotationVersion, Link
from annotations.queries.access import Actor, project_within, visible_annotations
from annotations.rules.kinds import CLAIMS, Kind
from annotations.rules.links import LinkType
from annotations.rules.review import State

# What a list reads of each row.
ROW: Final = (
    "id",
    "project_id",
    "article_id",
    "kind",
    "segments",
    "exact",
    "attributes",
    "parties",
    "note",
    "state",
    "version",
    "approved_version",
    "author__username",
    "origin",
    "created_at",
    "updated_at",
)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AnnotationFilter:
    """What a list is narrowed to; None and empty mean everything. `approved` asks for the approved content."""

    project: UUID | None = None
    article: UUID | None = None
    kind: tuple[Kind, ...] = ()
    state: tuple[State, ...] = ()
    author: str | None = None
    party: UUID | None = None
    updated_since: datetime | None = None
    incomplete: bool = False
    approved: bool = False


def annotation_rows(actor: Actor, wanted: AnnotationFilter) -> QuerySet[Any, Any]:
    """Rows of annotations, without order; with `approved` their content comes from `with_approved_content`."""
    found = visible_annotations(actor, project_within(wanted.project, wanted.article))
    if wanted.incomplete:
        found = incomplete(found)
    if wanted.article is not None:
        found = found.filter(article_id=wanted.article)
    if wanted.author is not None:
        found = found.filter(author__username=wanted.author)
    if wanted.updated_since is not None:
        found = found.filter(updated_at__gte=wanted.updated_since)
    rows: QuerySet[Any, Any] = (_approved if wanted.approved else _current)(found, wanted).values(*ROW)
    return rows


def with_approved_content(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Show each row as it was approved: content, version and time of that version. One statement."""
    versions = AnnotationVersion.objects.filter(
        annotation_id__in=[row["id"] for row in rows], number=F("annotation__approved_version")
    )
    approved = {
        annotation: (content, at) for annotation, content, at in versions.values_list("annotation_id", "content", "at")
    }
    shown = []
    for row in rows:
        content, at = approved[row["id"]]
        shown.append({**row, **content, "state": State.APPROVED, "version": row["approved_version"], "updated_at": at})
    return shown


def incomplete_annotations(actor: Actor, project_id: UUID | None = None) -> QuerySet[Annotation]:
    """Approved annotations of which a link that approval needed is not approved now."""
    return incomplete(visible_annotations(actor, project_id))


def incomplete(annotations: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """Keep approved annotations that could not be approved as things stand now.

    The conditions of approval: docs/data-model.md#approving-together.
    """
    attributed = Q(content__attributes__voice="attributed") | ~Q(content__attributes__has_key="voice")
    is_claim = Q(content__kind__in=sorted(CLAIMS))
    lacks = (
        _approved_as(Q(content__kind=Kind.QUOTE) & ~Q(content__attributes__speaker_unknown=True))
        & ~_approved_link(LinkType.SPEAKER)
        | _approved_as(is_claim & attributed) & ~_approved_link(LinkType.CLAIMANT)
        | _approved_as(is_claim & ~attributed) & _approved_link(LinkType.CLAIMANT)
        | _approved_as(Q(content__kind=Kind.COUNTERCLAIM)) & ~_approved_link(LinkType.DISPUTES)
    )
    return annotations.filter(lacks, approved_version__isnull=False)


def _current(found: QuerySet[Annotation], wanted: AnnotationFilter) -> QuerySet[Annotation]:
    if wanted.state:
        found = found.filter(state__in=wanted.state)
    elif wanted.updated_since is None:
        found = found.shown()  # type: ignore[attr-defined]
    if wanted.kind:
        found = found.filter(kind__in=wanted.kind)
    if wanted.party is not None:
        found = found.filter(kind=Kind.PARTY, parties__contains=[wanted.party])
    return found


def _approved(found: QuerySet[Annotation], wanted: AnnotationFilter) -> QuerySet[Annotation]:
    if wanted.state and State.APPROVED not in wanted.state:
        return found.none()
    found = found.filter(approved_version__isnull=False)
    if wanted.kind:
        found = found.filter(_approved_as(Q(content__kind__in=[str(kind) for kind in wanted.kind])))
    if wanted.party is not None:
        named = Q(content__kind=Kind.PARTY, content__parties__contains=[str(wanted.party)])
        found = found.filter(_approved_as(named))
    return found


def _approved_as(content: Q) -> Exists:
    """Say whether the approved version has such a content."""
    return Exists(
        AnnotationVersion.objects.filter(content, annotation_id=OuterRef("pk"), number=OuterRef("approved_version"))
    )


def _approved_link(type_: LinkType) -> Exists:
    """Say whether an approved link of a type leads to an approved annotation."""
    return Exists(
        Link.objects.filter(
            source_id=OuterRef("pk"),
            type=type_,
            approved_version__isnull=False,
            target__approved_version__isnull=False,
        )
    )
