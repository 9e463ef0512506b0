"""Links for lists: filters on either end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from annotations.queries.access import Actor, project_within, visible_links
from annotations.rules.links import LinkType
from annotations.rules.review import State

# What a list reads of each row.
ROW: Final = (
    "id",
    "project_id",
    "type",
    "source_id",
    "target_id",
    "source_article_id",
    "target_article_id",
    "attributes",
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
class LinkFilter:
    """What a list is narrowed to; None and empty mean everything. `article` and `annotation` are either end."""

    project: UUID | None = None
    article: UUID | None = None
    annotation: UUID | None = None
    type: tuple[LinkType, ...] = ()
    state: tuple[State, ...] = ()
    updated_since: datetime | None = None


def link_rows(actor: Actor, wanted: LinkFilter) -> QuerySet[Any, Any]:
    """Rows of links, without order."""
    found = visible_links(actor, project_within(wanted.project, wanted.article))
    if wanted.article is not None:
        found = found.filter(Q(source_article_id=wanted.article) | Q(target_article_id=wanted.article))
    if wanted.annotation is not None:
        found = found.filter(Q(source_id=wanted.annotation) | Q(target_id=wanted.annotation))
    if wanted.type:
        found = found.filter(type__in=wanted.type)
    if wanted.updated_since is not None:
        found = found.filter(updated_at__gte=wanted.updated_since)
    if wanted.state:
        found = found.filter(state__in=wanted.state)
    elif wanted.updated_since is None:
        found = found.shown()  # type: ignore[attr-defined]
    rows: QuerySet[Any, Any] = found.values(*ROW)
    return rows
