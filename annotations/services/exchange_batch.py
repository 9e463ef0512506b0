"""The rows that some lines of a file come to, as the statements that store them in one go."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

from annotations.models import Article, EventChain
from annotations.services.articles import INSERT_PASSAGES, PASSAGE
from annotations.services.copying import copy_of
from annotations.services.exchange_rows import copy_statement, lines_of
from annotations.services.exchange_writer import Statement

_REPORTS: Final = """
INSERT INTO incident_article (id, project_id, incident_id, article_id)
SELECT r.id, %s, r.incident, r.article FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS r (id, incident, article)
ON CONFLICT DO NOTHING
"""
# What a row refers to comes before it.
_TABLES: Final = ("annotation", "annotation_version", "link", "link_version")


@dataclass(slots=True)
class Batch:
    """Rows of one project; `known` are the lines they come from."""

    project: UUID
    articles: list[Article] = field(default_factory=list)
    # An incident and an article that reports it.
    reports: list[tuple[str, str]] = field(default_factory=list)
    known: Statement | None = None
    _rows: dict[str, list[bytes]] = field(default_factory=lambda: {table: [] for table in _TABLES})

    def add(self, table: str, row: bytes, version: bytes) -> None:
        """Add an annotation or a link with its first version."""
        self._rows[table].append(row)
        self._rows[f"{table}_version"].append(version)

    def statements(self) -> Iterator[Statement]:
        """Give what stores everything, in order."""
        if self.articles:
            yield Statement(*copy_of(self.articles))
            chains = [EventChain(project_id=self.project, article_id=article.id) for article in self.articles]
            yield Statement(*copy_of(chains))
            yield Statement(
                INSERT_PASSAGES, parameters={"size": PASSAGE, "ids": [article.id for article in self.articles]}
            )
        if self.reports:
            ids = [uuid7() for _ in self.reports]
            incidents, articles = map(list, zip(*self.reports, strict=True))
            yield Statement(_REPORTS, parameters=[self.project, ids, incidents, articles])
        for table, rows in self._rows.items():
            if rows:
                yield Statement(copy_statement(table), lines_of(rows))
        if self.known and self.known.lines:
            yield self.known
