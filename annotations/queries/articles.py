"""Articles for the API's lists: filters and full text, without the texts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, QuerySet

from annotations.models import ArticlePassage, IncidentArticle
from annotations.queries.access import Actor, visible_articles

# What a list reads of each row; one article alone is read with its text.
ROW: Final = (
    "id",
    "project_id",
    "title",
    "outlet_id",
    "url",
    "byline",
    "published_at",
    "language",
    "direction",
    "length",
    "sha256",
    "retrieved_at",
    "collected_by__username",
    "supersedes_id",
    "license",
    "cleaned",
    "version",
    "created_at",
    "updated_at",
)


@dataclass(frozen=True, slots=True)
class ArticleSearch:
    """What a list is narrowed to; None means everything. Published at or after, and before."""

    project: UUID | None = None
    outlet: UUID | None = None
    incident: UUID | None = None
    language: str | None = None
    published_after: datetime | None = None
    published_before: datetime | None = None
    q: str | None = None


def article_rows(actor: Actor, wanted: ArticleSearch) -> QuerySet[Any, Any]:
    """Rows of articles, without order."""
    found = visible_articles(actor, wanted.project)
    if wanted.outlet is not None:
        found = found.filter(outlet_id=wanted.outlet)
    if wanted.incident is not None:
        found = found.filter(Exists(IncidentArticle.objects.filter(article=OuterRef("pk"), incident=wanted.incident)))
    if wanted.language is not None:
        found = found.filter(language=wanted.language)
    if wanted.published_after is not None:
        found = found.filter(published_at__gte=wanted.published_after)
    if wanted.published_before is not None:
        found = found.filter(published_at__lt=wanted.published_before)
    if wanted.q is not None:
        found = found.filter(Exists(_passages_with(wanted.q)))
    rows: QuerySet[Any, Any] = found.values(*ROW)
    return rows


def incidents_of(articles: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
    """Which incidents each article reports, in the order of their ids. One statement."""
    return _grouped(
        IncidentArticle.objects.filter(article_id__in=articles)
        .order_by("incident_id")
        .values_list("article_id", "incident_id")
    )


def articles_of(incidents: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
    """Which articles report each incident, in the order of their ids. One statement."""
    return _grouped(
        IncidentArticle.objects.filter(incident_id__in=incidents)
        .order_by("article_id")
        .values_list("incident_id", "article_id")
    )


def _passages_with(words: str) -> QuerySet[ArticlePassage]:
    """Passages of an article that hold the words, written as in a search box."""
    query = SearchQuery(words, config="simple", search_type="websearch")
    return ArticlePassage.objects.filter(article=OuterRef("pk"), words=query)


def _grouped(pairs: Iterable[tuple[UUID, UUID]]) -> Mapping[UUID, list[UUID]]:
    groups: dict[UUID, list[UUID]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
