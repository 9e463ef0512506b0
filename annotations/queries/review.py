"""The review queue: what waits for a decision, article by article in the order of the text, narrowed by filters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotations.errors import NotAllowed
from annotations.models import Annotation, AnnotationVersion, Link, LinkVersion, Project, User
from annotations.queries.access import Actor, require, visible_annotations, visible_links, visible_outlets
from annotations.queries.comments import member_names
from annotations.rules.kinds import CLAIMS, Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Action, Role
from annotations.rules.review import HIDDEN, State

ROWS_PER_PAGE: Final = 30
# Counting stops here: nobody needs to know how much more than this waits.
MOST_COUNTED: Final = 1000
_TOLD: Final = (LinkType.SPEAKER, LinkType.CLAIMANT, LinkType.DISPUTES)


class QueueView(StrEnum):
    """Whose turn it is: what the reader may decide, or all that waits."""

    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True, slots=True, order=True)
class QueueCursor:
    """A place in the queue: by article, tags before links, tags by their first code point, then by id."""

    article: UUID
    is_link: bool
    start: int
    record: UUID

    @classmethod
    def read(cls, written: str) -> "QueueCursor | None":
        """Read a cursor from an address; None when it is none."""
        try:
            article, rank, start, record = written.split(".")
            if rank not in {"0", "1"} or not (start.isascii() and start.isdigit() and len(start) < 10):
                return None
            return cls(UUID(article), rank == "1", int(start), UUID(record))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.article}.{int(self.is_link)}.{self.start}.{self.record}"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the queue is narrowed to; empty means all. `label` is a kind or a type of link; `days` waited at least."""

    view: QueueView = QueueView.MINE
    article: UUID | None = None
    label: str = ""
    author: str = ""
    topic: str = ""
    outlet: UUID | None = None
    days: int = 0

    @property
    def is_narrowed(self) -> bool:
        """Whether an empty queue may be the filters' doing."""
        return bool(self.article or self.label or self.author or self.topic or self.outlet or self.days)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One record that waits. `label` is a kind or a link type; `told` says what its links tell, by type."""

    id: UUID
    article: UUID
    is_link: bool
    start: int
    version: int
    label: str
    words: str
    target: str
    article_title: str
    outlet: str
    is_barred: bool
    told: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> QueueCursor:
        """Where it stands in the queue."""
        return QueueCursor(self.article, self.is_link, self.start, self.id)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of the narrowed queue waits, each counted up to one more than MOST_COUNTED."""

    mine: int
    all: int


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue."""

    rows: tuple[QueueRow, ...]
    counts: Counts
    next_after: QueueCursor | None


@dataclass(frozen=True, slots=True)
class QueueChoices:
    """What the filters offer."""

    authors: tuple[str, ...]
    outlets: tuple[tuple[UUID, str], ...]


def require_queue(actor: Actor, project_id: UUID) -> None:
    """Refuse whom only the approved set is shown: viewers of a blind project. Raises: NotFound, NotAllowed."""
    if require(actor, Action.READ, project_id) is Role.VIEWER and actor.is_blind_in(project_id):
        raise NotAllowed


def queue_choices(actor: Actor, project: Project) -> QueueChoices:
    """Read what the filters offer. Two statements."""
    outlets = visible_outlets(actor, project.id).order_by("name", "id").values_list("id", "name")
    return QueueChoices(tuple(member_names(actor, project.id)), tuple(outlets))


def review_queue(actor: Actor, project: Project, wanted: QueueFilter, after: QueueCursor | None) -> Queue:
    """Read one page of the queue. Seven statements, whatever the number of rows."""
    annotations, links = _waiting(actor, project, wanted)
    counts = _counts(actor, annotations, links)
    barred_annotation, barred_link = _barred(actor)
    if wanted.view is QueueView.MINE:
        annotations, links = annotations.exclude(barred_annotation), links.exclude(barred_link)
    found = [*_annotation_rows(annotations, barred_annotation, after), *_link_rows(links, barred_link, after)]
    found.sort(key=lambda row: row.place)
    rows = found[:ROWS_PER_PAGE]
    return Queue(
        rows=tuple(_with_told(actor, project, rows)),
        counts=counts,
        next_after=rows[-1].place if len(found) > ROWS_PER_PAGE else None,
    )


def queue_counts(actor: Actor, project: Project, wanted: QueueFilter) -> Counts:
    """Count what waits. Four statements."""
    return _counts(actor, *_waiting(actor, project, wanted))


def place_in_queue(record: Annotation | Link) -> QueueCursor:
    """Tell where a record stands, or stood, in the queue."""
    if isinstance(record, Link):
        return QueueCursor(record.source_article_id, is_link=True, start=0, record=record.id)
    return QueueCursor(record.article_id, is_link=False, start=record.segments[0][0], record=record.id)


def _waiting(actor: Actor, project: Project, wanted: QueueFilter) -> tuple[QuerySet[Annotation], QuerySet[Link]]:
    """Answer the submitted records that the filters let through."""
    annotations = visible_annotations(actor, project.id).filter(state=State.SUBMITTED)
    links = visible_links(actor, project.id).filter(state=State.SUBMITTED)
    if wanted.article is not None:
        annotations, links = annotations.filter(article=wanted.article), links.filter(source_article=wanted.article)
    if wanted.outlet is not None:
        annotations = annotations.filter(article__outlet=wanted.outlet)
        links = links.filter(source_article__outlet=wanted.outlet)
    if wanted.author:
        # By id, not by a join on the name: then the index on authors serves, also for one who wrote nothing.
        author = User.objects.filter(username=wanted.author).values_list("id", flat=True).first()
        annotations, links = annotations.filter(author=author), links.filter(author=author)
    if wanted.days:
        latest = timezone.now() - timedelta(days=wanted.days)
        annotations, links = annotations.filter(updated_at__lte=latest), links.filter(updated_at__lte=latest)
    if wanted.topic:
        # Naming the kinds lets the index on topics serve.
        annotations = annotations.filter(attributes__topic=wanted.topic, kind__in=sorted(CLAIMS))
        links = links.filter(source__attributes__topic=wanted.topic, source__kind__in=sorted(CLAIMS))
    if wanted.label in set(Kind):
        return annotations.filter(kind=wanted.label), links.none()
    if wanted.label in set(LinkType):
        return annotations.none(), links.filter(type=wanted.label)
    return annotations, links


def _count(*waiting: QuerySet[Annotation] | QuerySet[Link]) -> int:
    most = MOST_COUNTED + 1
    return min(sum(found.order_by()[:most].count() for found in waiting), most)


def _counts(actor: Actor, annotations: QuerySet[Annotation], links: QuerySet[Link]) -> Counts:
    barred_annotation, barred_link = _barred(actor)
    mine = _count(annotations.exclude(barred_annotation), links.exclude(barred_link))
    return Counts(mine=mine, all=_count(annotations, links))


def _barred(actor: Actor) -> tuple[Q, Q]:
    """Hold for what the reader wrote, or edited since its approval: of annotations, and of links."""
    since = Q(number__gt=Coalesce(OuterRef("approved_version"), Value(0)), editor=actor.user)
    annotation = AnnotationVersion.objects.filter(since, annotation=OuterRef("pk"))
    link = LinkVersion.objects.filter(since, link=OuterRef("pk"))
    own = Q(author=actor.user)
    return own | Q(Exists(annotation)), own | Q(Exists(link))


def _annotation_rows(waiting: QuerySet[Annotation], barred: Q, after: QueueCursor | None) -> Iterable[QueueRow]:
    if after is not None:
        same_article = Q(article=after.article)
        if after.is_link:
            waiting = waiting.filter(article__gt=after.article)
        else:
            at_start = Q(segments__0__0=after.start, id__gt=after.record)
            later = same_article & (Q(segments__0__0__gt=after.start) | at_start)
            # The first condition alone bounds the index.
            waiting = waiting.filter(Q(article__gte=after.article), Q(article__gt=after.article) | later)
    found = (
        waiting.annotate(is_barred=barred, start=F("segments__0__0"))
        .order_by("article_id", "segments__0__0", "id")
        .values_list("id", "article_id", "start", "version", "kind", "exact", *_ARTICLE, "is_barred")
    )
    for pk, article, start, version, kind, exact, title, outlet, is_barred in found[: ROWS_PER_PAGE + 1]:
        yield QueueRow(
            id=pk,
            article=article,
            is_link=False,
            start=start,
            version=version,
            label=kind,
            words=" … ".join(exact),
            target="",
            article_title=title,
            outlet=outlet or "",
            is_barred=is_barred,
        )


_ARTICLE: Final = ("article__title", "article__outlet__name")
_SOURCE_ARTICLE: Final = ("source_article__title", "source_article__outlet__name")


def _link_rows(waiting: QuerySet[Link], barred: Q, after: QueueCursor | None) -> Iterable[QueueRow]:
    if after is not None:
        later = Q(source_article=after.article)
        if after.is_link:
            later &= Q(id__gt=after.record)
        waiting = waiting.filter(Q(source_article__gte=after.article), Q(source_article__gt=after.article) | later)
    found = (
        waiting.annotate(is_barred=barred)
        .order_by("source_article_id", "id")
        .values_list(
            "id",
            "source_article_id",
            "version",
            "type",
            "source__exact",
            "target__exact",
            *_SOURCE_ARTICLE,
            "is_barred",
        )
    )
    for pk, article, version, type_, source, target, title, outlet, is_barred in found[: ROWS_PER_PAGE + 1]:
        yield QueueRow(
            id=pk,
            article=article,
            is_link=True,
            start=0,
            version=version,
            label=type_,
            words=" … ".join(source),
            target=" … ".join(target),
            article_title=title,
            outlet=outlet or "",
            is_barred=is_barred,
        )


def _with_told(actor: Actor, project: Project, rows: Sequence[QueueRow]) -> Iterable[QueueRow]:
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
