"""The review queue: what waits for a decision, article by article, and which of it the reader may decide."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from annotations.errors import NotAllowed
from annotations.models import Annotation, AnnotationVersion, Link, LinkVersion, Project
from annotations.queries.access import Actor, require, visible_annotations, visible_links
from annotations.rules.links import LinkType
from annotations.rules.permissions import Action, Role
from annotations.rules.review import HIDDEN, State

ROWS_PER_PAGE: Final = 30
_TOLD: Final = (LinkType.SPEAKER, LinkType.CLAIMANT, LinkType.DISPUTES)


class QueueView(StrEnum):
    """Whose turn it is: what the reader may decide, or all that waits."""

    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class QueueCursor:
    """The last row of the page before: the order is by article, then by id."""

    article: UUID
    record: UUID

    @classmethod
    def read(cls, written: str) -> "QueueCursor | None":
        """Read a cursor from an address; None when it is none."""
        article, _, record = written.partition(".")
        try:
            return cls(UUID(article), UUID(record))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.article}.{self.record}"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One record that waits. `label` is a kind or a link type; `told` says what its links tell, by type."""

    id: UUID
    article: UUID
    is_link: bool
    label: str
    words: str
    target: str
    article_title: str
    outlet: str
    is_barred: bool
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue; `mine` and `all` count the whole of it."""

    rows: tuple[QueueRow, ...]
    mine: int
    all: int
    next_after: QueueCursor | None


def require_queue(actor: Actor, project_id: UUID) -> None:
    """Refuse whom only the approved set is shown: viewers of a blind project. Raises: NotFound, NotAllowed."""
    if require(actor, Action.READ, project_id) is Role.VIEWER and actor.is_blind_in(project_id):
        raise NotAllowed


def review_queue(actor: Actor, project: Project, view: QueueView, after: QueueCursor | None) -> Queue:
    """Read one page of the queue. Seven statements, whatever the number of rows."""
    annotations = visible_annotations(actor, project.id).filter(state=State.SUBMITTED)
    links = visible_links(actor, project.id).filter(state=State.SUBMITTED)
    barred_annotation = _barred(actor, AnnotationVersion, "annotation")
    barred_link = _barred(actor, LinkVersion, "link")
    mine_annotations, mine_links = annotations.exclude(barred_annotation), links.exclude(barred_link)
    counts = {
        QueueView.MINE: mine_annotations.count() + mine_links.count(),
        QueueView.ALL: annotations.count() + links.count(),
    }
    if view is QueueView.MINE:
        annotations, links = mine_annotations, mine_links
    found = [*_annotation_rows(annotations, barred_annotation, after), *_link_rows(links, barred_link, after)]
    found.sort(key=lambda row: (row.article, row.id))
    rows = found[:ROWS_PER_PAGE]
    last = rows[-1] if len(found) > ROWS_PER_PAGE else None
    return Queue(
        rows=tuple(_with_told(actor, project, rows)),
        mine=counts[QueueView.MINE],
        all=counts[QueueView.ALL],
        next_after=QueueCursor(last.article, last.id) if last else None,
    )


def _barred(actor: Actor, versions: type[AnnotationVersion] | type[LinkVersion], owner: str) -> Q:
    """Hold for what the reader wrote, or edited since its approval."""
    edited = versions._default_manager.filter(
        Q(number__gt=Coalesce(OuterRef("approved_version"), Value(0))), **{owner: OuterRef("pk")}, editor=actor.user
    )
    return Q(author=actor.user) | Q(Exists(edited))


def _annotation_rows(waiting: QuerySet[Annotation], barred: Q, after: QueueCursor | None) -> Iterable[QueueRow]:
    if after is not None:
        waiting = waiting.filter(Q(article__gt=after.article) | Q(article=after.article, id__gt=after.record))
    found = (
        waiting.annotate(is_barred=barred)
        .order_by("article_id", "id")
        .values_list("id", "article_id", "kind", "exact", "article__title", "article__outlet__name", "is_barred")
    )
    for pk, article, kind, exact, title, outlet, is_barred in found[: ROWS_PER_PAGE + 1]:
        yield QueueRow(
            id=pk,
            article=article,
            is_link=False,
            label=kind,
            words=" … ".join(exact),
            target="",
            article_title=title,
            outlet=outlet or "",
            is_barred=is_barred,
        )


def _link_rows(waiting: QuerySet[Link], barred: Q, after: QueueCursor | None) -> Iterable[QueueRow]:
    if after is not None:
        later = Q(source_article__gt=after.article) | Q(source_article=after.article, id__gt=after.record)
        waiting = waiting.filter(later)
    found = (
        waiting.annotate(is_barred=barred)
        .order_by("source_article_id", "id")
        .values_list(
            "id",
            "source_article_id",
            "type",
            "source__exact",
            "target__exact",
            "source_article__title",
            "source_article__outlet__name",
            "is_barred",
        )
    )
    for pk, article, type_, source, target, title, outlet, is_barred in found[: ROWS_PER_PAGE + 1]:
        yield QueueRow(
            id=pk,
            article=article,
            is_link=True,
            label=type_,
            words=" … ".join(source),
            target=" … ".join(target),
            article_title=title,
            outlet=outlet or "",
            is_barred=is_barred,
        )


def _with_told(actor: Actor, project: Project, rows: list[QueueRow]) -> Iterable[QueueRow]:
    """Add to each annotation what its links tell."""
    links = (
        visible_links(actor, project.id)
        .exclude(state__in=HIDDEN)
        .filter(source__in=[row.id for row in rows if not row.is_link], type__in=_TOLD)
        .order_by("id")
        .values_list("source_id", "type", "target__exact")
    )
    told: dict[UUID, list[tuple[str, str]]] = {}
    for source, type_, target in links:
        told.setdefault(source, []).append((type_, " … ".join(target)))
    for row in rows:
        yield replace(row, told=tuple(told.get(row.id, ())))
