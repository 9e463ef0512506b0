"""The article list as its page shows it: tags by kind, progress and stage of each, in a fixed number of statements."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from annotations.models import Article, ArticlePassage, Assignment, Outlet, Project
from annotations.queries.access import Actor, visible_annotations, visible_articles, visible_links, visible_outlets
from annotations.queries.assignments import assignments_of
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Role
from annotations.rules.review import State

ROWS_PER_PAGE: Final = 50
# Cues are hidden in the interface, so they are not counted either.
_COUNTED: Final = (Kind.PARTY, Kind.QUOTE, Kind.CLAIM, Kind.COUNTERCLAIM)
_OPEN: Final = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED)


class Stage(StrEnum):
    """How far an article is, computed from its annotations and links."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"
    CHANGES_ASKED = "changes_asked"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """What the list is narrowed to; empty means all. `after` is the id of the last row of the page before."""

    search: str = ""
    outlet: UUID | None = None
    language: str = ""
    stage: Stage | None = None
    is_mine: bool = False
    after: UUID | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether an empty list may be the filters' doing."""
        return bool(self.search or self.outlet or self.language or self.stage or self.is_mine)


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many annotations of one kind; `before` counts those of the kinds before it, where its bar starts."""

    kind: Kind
    count: int
    before: int


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article. `open` counts its annotations and links, `sent` those submitted or approved."""

    article: Article
    kinds: tuple[KindCount, ...]
    tags: int
    open: int
    sent: int
    approved: int
    stage: Stage
    people: tuple[str, ...]
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class ArticleList:
    """One page of the list, and what its filters offer."""

    rows: tuple[ArticleRow, ...]
    count: int
    next_after: UUID | None
    outlets: tuple[Outlet, ...]
    languages: tuple[str, ...]


def article_list(actor: Actor, project: Project, wanted: ArticleFilter) -> ArticleList:
    """Read one page, newest article first. Eight statements, whatever the number of rows."""
    every = visible_articles(actor, project.id)
    found = list(
        _narrowed(actor, project, every, wanted).defer("text", "cleaned").select_related("outlet")[: ROWS_PER_PAGE + 1]
    )
    articles = found[:ROWS_PER_PAGE]
    shown = [article.id for article in articles]
    tallies = _tallies(actor, project, shown)
    assigned = assignments_of(actor, project.id, shown)
    languages = every.order_by("language").values_list("language", flat=True).distinct()
    return ArticleList(
        rows=tuple(_row(article, tallies[article.id], assigned.get(article.id, [])) for article in articles),
        count=every.count(),
        next_after=articles[-1].id if len(found) > ROWS_PER_PAGE else None,
        outlets=tuple(visible_outlets(actor, project.id).order_by("name", "id")),
        languages=tuple(languages),
    )


def article_progress(actor: Actor, article: Article) -> ArticleRow:
    """Read how far an article is that the gate has given. A fixed number of statements."""
    tally = _tallies(actor, article.project, [article.id])[article.id]
    return _row(article, tally, assignments_of(actor, article.project_id, [article.id]).get(article.id, []))


def stage_of(states: Mapping[str, int]) -> Stage:
    """Compute the stage from how many records stand in each state: what needs the analyst comes first."""
    return next((stage for state, stage in _BY_STATE if states.get(state)), Stage.NOT_STARTED)


_BY_STATE: Final = (
    (State.RETURNED, Stage.CHANGES_ASKED),
    (State.DRAFT, Stage.IN_PROGRESS),
    (State.SUBMITTED, Stage.IN_REVIEW),
    (State.APPROVED, Stage.APPROVED),
)


@dataclass(slots=True)
class _Tally:
    kinds: Counter[str]
    states: Counter[str]
    people: dict[str, None]


def _narrowed(actor: Actor, project: Project, articles: QuerySet[Article], wanted: ArticleFilter) -> QuerySet[Article]:
    if wanted.search:
        words = SearchQuery(wanted.search, config="simple")
        passages = ArticlePassage.objects.filter(article=OuterRef("pk"), words=words)
        articles = articles.filter(Q(title__icontains=wanted.search) | Exists(passages))
    if wanted.outlet is not None:
        articles = articles.filter(outlet_id=wanted.outlet)
    if wanted.language:
        articles = articles.filter(language=wanted.language)
    if wanted.stage is not None:
        articles = articles.filter(_stands(actor, project, wanted.stage))
    if wanted.is_mine:
        own = Assignment.objects.filter(article=OuterRef("pk"), assignee=actor.user, ended_at=None)
        articles = articles.filter(Exists(own))
    if wanted.after is not None:
        articles = articles.filter(id__lt=wanted.after)
    return articles.order_by("-id")


def _stands(actor: Actor, project: Project, stage: Stage) -> Q:
    """Hold for articles at a stage: the same table as `stage_of`, asked of the database."""
    annotations = visible_annotations(actor, project.id).filter(article=OuterRef("pk"))
    links = visible_links(actor, project.id).filter(source_article=OuterRef("pk"))
    if _is_set(actor, project):
        has_any = Q(Exists(annotations.filter(state__in=_OPEN))) | Q(Exists(links.filter(state__in=_OPEN)))
        return has_any if stage is Stage.APPROVED else ~has_any if stage is Stage.NOT_STARTED else Q(pk__in=[])
    # What decides comes first; a stage is reached when none before it is.
    stands = Q()
    for state, reached in _BY_STATE:
        has_state = Q(Exists(annotations.filter(state=state))) | Q(Exists(links.filter(state=state)))
        if reached is stage:
            return stands & has_state
        stands &= ~has_state
    return stands


def _is_set(actor: Actor, project: Project) -> bool:
    """Say whether somebody sees the approved set alone, not that others have begun to change it."""
    return actor.is_blind_in(project.id) and actor.role_in(project.id) is Role.VIEWER


def _tallies(actor: Actor, project: Project, articles: Sequence[UUID]) -> dict[UUID, _Tally]:
    tallies = {article: _Tally(Counter(), Counter(), {}) for article in articles}
    annotations = (
        visible_annotations(actor, project.id)
        .filter(article__in=articles, state__in=_OPEN)
        .values_list("article_id", "kind", "state", "author__username")
        .annotate(number=Count("id"))
        .order_by("author__username")
    )
    is_set = _is_set(actor, project)
    for article, kind, state, author, number in annotations:
        tallies[article].kinds[kind] += number
        tallies[article].states[State.APPROVED if is_set else state] += number
        tallies[article].people[author] = None
    links = (
        visible_links(actor, project.id)
        .filter(source_article__in=articles, state__in=_OPEN)
        .values_list("source_article_id", "state")
        .annotate(number=Count("id"))
    )
    for article, state, number in links:
        tallies[article].states[State.APPROVED if is_set else state] += number
    return tallies


def _row(article: Article, tally: _Tally, assigned: Sequence[Assignment]) -> ArticleRow:
    states = tally.states
    approved = states[State.APPROVED]
    return ArticleRow(
        article=article,
        kinds=tuple(_kind_counts(tally.kinds)),
        tags=sum(tally.kinds[kind] for kind in _COUNTED),
        open=sum(states.values()),
        sent=approved + states[State.SUBMITTED],
        approved=approved,
        stage=stage_of(states),
        people=tuple(tally.people),
        assignments=tuple(assigned),
    )


def _kind_counts(kinds: Mapping[str, int]) -> Iterable[KindCount]:
    before = 0
    for kind in _COUNTED:
        count = kinds.get(kind, 0)
        yield KindCount(kind, count, before)
        before += count
