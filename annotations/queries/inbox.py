"""The author's inbox: what came back and why, what others took out, what was said, and quietly what was approved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from annotations.models import Annotation, Comment, Decision, Event, Link, Project, RecordSeen
from annotations.models.annotations import in_hands_of
from annotations.queries.access import Actor, visible_annotations, visible_parties
from annotations.queries.assignments import given_articles
from annotations.queries.comments import unread_comments
from annotations.rules.review import State, Verdict

MOST_SHOWN: Final = 50
# Beyond this the number in the bar is told as "99+".
MOST_COUNTED: Final = 99
DIGEST_DAYS: Final = 14


class Why(StrEnum):
    """Why something is in the inbox."""

    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One record that came back. `decision` is what was decided last; a record withdrawn by another has none."""

    record: Annotation | Link
    is_link: bool
    why: Why
    words: str
    target: str
    article_title: str
    who: str
    at: datetime
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class InboxComment:
    """What somebody said that concerns the reader, not read yet."""

    comment: Comment
    words: str
    article_title: str
    calls_me: bool


@dataclass(frozen=True, slots=True)
class Given:
    """An article that somebody gave to the reader, who has not taken notice yet."""

    article: UUID
    article_title: str
    who: str
    due: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Approved:
    """How much of one's work a reviewer approved in an article on a day."""

    day: date
    article: UUID
    article_title: str
    reviewer: str
    count: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """Everything for one person in one project; `more` says that older items are left out.

    `party_names` are those that proposals would change, by id.
    """

    items: tuple[InboxItem, ...]
    comments: tuple[InboxComment, ...]
    given: tuple[Given, ...]
    digest: tuple[Approved, ...]
    more: bool
    party_names: Mapping[str, str]


def inbox_of(actor: Actor, project: Project) -> Inbox:
    """Read the inbox: what came back first, the oldest first. A fixed number of statements."""
    records = [*_own(actor, project, Annotation)[: MOST_SHOWN + 1], *_own(actor, project, Link)[: MOST_SHOWN + 1]]
    shown = sorted(records, key=lambda record: record.updated_at)[:MOST_SHOWN]
    items = tuple(_items(actor, project, shown))
    return Inbox(
        items=items,
        comments=tuple(_comments(actor, project)),
        given=tuple(_given(actor, project)),
        digest=tuple(_digest(actor, project)),
        more=len(records) > len(shown),
        party_names=_party_names(actor, project, items),
    )


def inbox_count(actor: Actor, project: Project) -> int:
    """Count what is unread or to be done, up to one more than MOST_COUNTED. Four statements."""
    most = MOST_COUNTED + 1
    found = unread_comments(actor, project.id).order_by()[:most].count()
    found += given_articles(actor, project.id).order_by()[:most].count()
    for model in (Annotation, Link):
        found += _own(actor, project, model).order_by()[:most].count()
    return min(found, most)


def _own(actor: Actor, project: Project, model: Any) -> QuerySet[Any]:
    """Answer one's records that came back, or were taken out by another and are not put away yet."""
    about = {"link" if model is Link else "annotation": OuterRef("pk")}
    settled = RecordSeen.objects.filter(**about, user=actor.user, settled_at__gte=OuterRef("updated_at"))
    taken_out = Q(state=State.WITHDRAWN) & Q(Exists(_taken_out(actor)))
    waits = Q(state__in=[State.RETURNED, State.REJECTED]) | taken_out
    related = ("source", "target", "source_article") if model is Link else ("article",)
    own = model._default_manager.filter(in_hands_of(actor.user.id), waits, ~Exists(settled), project_id=project.id)
    found: QuerySet[Any] = own.select_related(*related).order_by("updated_at", "id")
    return found


def _taken_out(actor: Actor) -> QuerySet[Event]:
    """Find the withdrawal of a record, or of the annotation that took a link along, by somebody else."""
    of_itself = Q(subject=OuterRef("pk"), verb__in=["annotation.withdrawn", "link.withdrawn"])
    of_end = Q(subject=OuterRef("withdrawn_with"), verb="annotation.withdrawn")
    return Event.objects.filter(of_itself | of_end, ~Q(actor=actor.user), at__gte=OuterRef("updated_at") - _A_MOMENT)


# A link taken along is stored a little before the event of the withdrawal, in the same transaction.
_A_MOMENT: Final = timedelta(seconds=5)


def _items(actor: Actor, project: Project, records: Sequence[Annotation | Link]) -> Iterable[InboxItem]:
    decisions = _last_decisions(records)
    withdrawals = _withdrawals([record for record in records if record.state == State.WITHDRAWN])
    visible = visible_annotations(actor, project.id)
    ends = {r.target_id for r in records if isinstance(r, Link)} | {r.source_id for r in records if isinstance(r, Link)}
    words = {pk: " … ".join(exact) for pk, exact in visible.filter(pk__in=ends).values_list("id", "exact")}
    for record in records:
        is_link = isinstance(record, Link)
        decision = decisions.get(record.pk) if record.state != State.WITHDRAWN else None
        who, at = withdrawals.get(record.pk, ("", record.updated_at))
        yield InboxItem(
            record=record,
            is_link=is_link,
            why=Why(record.state),
            words=words.get(record.source_id, "") if isinstance(record, Link) else " … ".join(record.exact),
            target=words.get(record.target_id, "") if isinstance(record, Link) else "",
            article_title=record.source_article.title if isinstance(record, Link) else record.article.title,
            who=decision.reviewer.username if decision else who,
            at=decision.at if decision else at,
            decision=decision,
        )


def _last_decisions(records: Sequence[Annotation | Link]) -> Mapping[UUID, Decision]:
    ids = [record.pk for record in records]
    rows = Decision.objects.filter(Q(annotation__in=ids) | Q(link__in=ids)).select_related("reviewer", "annotation")
    found = rows.order_by("at", "id")
    return {pk: decision for decision in found if (pk := decision.annotation_id or decision.link_id) is not None}


def _withdrawals(records: Sequence[Annotation | Link]) -> Mapping[UUID, tuple[str, datetime]]:
    """Tell who took which record out, and when."""
    subjects = {record.withdrawn_with or record.pk for record in records}
    rows = Event.objects.filter(subject__in=subjects, verb__endswith=".withdrawn").order_by("at")
    last = {subject: (who or "", at) for subject, who, at in rows.values_list("subject", "actor__username", "at")}
    return {r.pk: last[subject] for r in records if (subject := r.withdrawn_with or r.pk) in last}


def _party_names(actor: Actor, project: Project, items: Sequence[InboxItem]) -> Mapping[str, str]:
    """Name the parties of mentions that a proposal would change. One statement where there are any."""
    wanted: set[str] = set()
    for item in items:
        if item.decision and item.decision.proposal and isinstance(item.record, Annotation):
            proposed = item.decision.proposal.get("parties", [])
            wanted |= {*proposed, *map(str, item.record.parties)} if proposed else set()
    if not wanted:
        return {}
    rows = visible_parties(actor, project.id).filter(pk__in=wanted).values_list("id", "name")
    return {str(pk): name for pk, name in rows}


def _comments(actor: Actor, project: Project) -> Iterable[InboxComment]:
    rows = unread_comments(actor, project.id).select_related("author", "annotation", "link__source").order_by("-id")
    found = list(rows.annotate(article_title=F("article__title"))[:MOST_SHOWN])
    for comment in found:
        end = comment.annotation or (comment.link.source if comment.link else None)
        words = " … ".join(end.exact) if end else ""
        title: str = comment.article_title
        yield InboxComment(comment, words, title, actor.user.id in comment.mentions)


def _given(actor: Actor, project: Project) -> Iterable[Given]:
    rows = given_articles(actor, project.id).values_list(
        "article_id", "article__title", "given_by__username", "due", "at"
    )
    for article, title, who, due, at in rows[:MOST_SHOWN]:
        yield Given(article, title, who, due, at)


def _digest(actor: Actor, project: Project) -> Iterable[Approved]:
    own = Q(annotation__author=actor.user) | Q(link__author=actor.user)
    since = timezone.now() - timedelta(days=DIGEST_DAYS)
    rows = (
        Decision.objects.filter(own, project_id=project.id, verdict=Verdict.APPROVE, at__gte=since)
        .values_list(TruncDate("at"), "article_id", "article__title", "reviewer__username")
        .annotate(count=Count("id"), last=Max("at"))
        .order_by("-last")
    )
    for day, article, title, reviewer, count, _last in rows[:MOST_SHOWN]:
        yield Approved(day, article, title, reviewer, count)
