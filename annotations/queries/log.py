"""The log of a project for its admins: what happened, newest first, narrowed by person, kind, article and day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet

from annotations.models import Article, Event, Incident, Membership, Outlet, Party, Project, User
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action

ROWS_PER_PAGE: Final = 50


class LogKind(StrEnum):
    """What an event is about."""

    TAGS = "tags"
    LINKS = "links"
    DECISIONS = "decisions"
    COMMENTS = "comments"
    ARTICLES = "articles"
    REGISTRY = "registry"
    PEOPLE = "people"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What the log is narrowed to; empty means all. `after` is the id of the last event of the page before."""

    person: str = ""
    kind: LogKind | None = None
    article: UUID | None = None
    since: date | None = None
    until: date | None = None
    after: UUID | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether an empty log may be the filters' doing."""
        return bool(self.person or self.kind or self.article or self.since or self.until)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One event. `name` is what its subject is called by now, `payload` what it told, empty where that was masked."""

    at: datetime
    who: str
    verb: str
    subject: UUID
    label: str
    name: str
    article: UUID | None
    article_title: str
    payload: Mapping[str, Any]
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Log:
    """One page of the log."""

    entries: tuple[LogEntry, ...]
    next_after: UUID | None
    article_title: str


_DECIDED: Final = ("approved", "returned", "rejected", "sent_back")
_SAID: Final = ("commented", "resolved")
# What is named by the table of its subject: an event keeps the label, the name is read where it is still there.
_NAMED: Final[Mapping[str, tuple[Any, str]]] = {
    "outlet": (Outlet, "name"),
    "party": (Party, "name"),
    "incident": (Incident, "title"),
    "member": (User, "username"),
    "article": (Article, "title"),
}
# An event's id is made a moment before its time is read, in one transaction.
_SLACK: Final = timedelta(hours=1)


def project_log(actor: Actor, project: Project, wanted: LogFilter) -> Log:
    """Read one page, newest first; a number of statements that does not grow. Raises: NotAllowed."""
    require(actor, Action.READ_ADMINISTRATION, project.id)
    found = _narrowed(project, wanted).select_related("actor", "chain", "payload").order_by("-id")
    events = list(found[: ROWS_PER_PAGE + 1])
    shown = events[:ROWS_PER_PAGE]
    payloads = {event.id: _payload(event) for event in shown}
    names = _names(shown)
    articles = {event.chain.article_id for event in shown if event.chain.article_id} | {wanted.article or project.id}
    titles = dict(Article.objects.filter(project=project, pk__in=articles).values_list("id", "title"))
    people = _people(payloads.values())
    entries = (_entry(event, payloads[event.id], names, titles, people) for event in shown)
    return Log(
        entries=tuple(entries),
        next_after=shown[-1].id if len(events) > ROWS_PER_PAGE else None,
        article_title=titles.get(wanted.article, "") if wanted.article else "",
    )


def people_in_log(project: Project) -> list[str]:
    """Name everybody who is a member; for those who may read the log."""
    members = Membership.objects.filter(project=project).order_by("user__username")
    return list(members.values_list("user__username", flat=True))


def _narrowed(project: Project, wanted: LogFilter) -> QuerySet[Event]:
    events = Event.objects.filter(project=project)
    if wanted.person:
        events = events.filter(actor__username=wanted.person)
    if wanted.kind is not None:
        events = events.filter(_about(wanted.kind))
    if wanted.article is not None:
        events = events.filter(chain__project=project, chain__article=wanted.article)
    if wanted.since is not None:
        start = datetime.combine(wanted.since, time(), UTC)
        events = events.filter(at__gte=start, id__gte=_first_id(start - _SLACK))
    if wanted.until is not None:
        end = datetime.combine(wanted.until, time(), UTC) + timedelta(days=1)
        events = events.filter(at__lt=end, id__lt=_first_id(end + _SLACK))
    if wanted.after is not None:
        events = events.filter(id__lt=wanted.after)
    return events


def _about(kind: LogKind) -> Q:
    decided = Q(verb__regex=rf"\.({'|'.join(_DECIDED)})$")
    said = Q(verb__regex=rf"\.({'|'.join(_SAID)})$")
    abouts = {
        LogKind.TAGS: Q(verb__startswith="annotation.") & ~decided & ~said,
        LogKind.LINKS: Q(verb__startswith="link.") & ~decided & ~said,
        LogKind.DECISIONS: decided,
        LogKind.COMMENTS: said,
        LogKind.ARTICLES: Q(verb__regex=r"^(article|redaction)\."),
        LogKind.REGISTRY: Q(verb__regex=r"^(outlet|party|incident)\."),
        LogKind.PEOPLE: Q(verb__startswith="member."),
        LogKind.PROJECT: Q(verb__regex=r"^(project|guideline|import|release|webhook)\."),
    }
    return abouts[kind]


def _first_id(at: datetime) -> UUID:
    """Give the lowest id of version 7 that can be made at a moment."""
    milliseconds = max(int(at.timestamp() * 1000), 0)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62))


def _payload(event: Event) -> Mapping[str, Any]:
    content = event.payload.content if hasattr(event, "payload") else "{}"
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _names(events: Iterable[Event]) -> dict[UUID, str]:
    """Read what the subjects are called, one statement for each table."""
    by_table: dict[str, set[UUID]] = {}
    for event in events:
        by_table.setdefault(event.verb.partition(".")[0], set()).add(event.subject)
    names: dict[UUID, str] = {}
    for table, subjects in by_table.items():
        if table in _NAMED:
            model, field = _NAMED[table]
            names |= dict(model._default_manager.filter(pk__in=subjects).values_list("id", field))
    return names


def _people(payloads: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    ids = {str(payload["assignee"]) for payload in payloads if "assignee" in payload}
    return {str(pk): name for pk, name in User.objects.filter(pk__in=ids).values_list("id", "username")}


def _entry(
    event: Event,
    payload: Mapping[str, Any],
    names: Mapping[UUID, str],
    titles: Mapping[UUID, str],
    people: Mapping[str, str],
) -> LogEntry:
    article = event.chain.article_id
    return LogEntry(
        at=event.at,
        who=event.actor.username if event.actor else "",
        verb=event.verb,
        subject=event.subject,
        label=event.subject_label,
        name=names.get(event.subject, ""),
        article=article,
        article_title=titles.get(article, "") if article else "",
        payload=payload,
        people=people,
    )
