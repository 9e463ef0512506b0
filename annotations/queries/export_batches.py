"""The articles of an export in batches: small enough for PostgreSQL to sort in memory, large enough to be quick."""

from collections.abc import Iterator
from typing import Final

from annotations.queries.export_session import ExportSession
from annotations.queries.export_sql import ExportSql

ARTICLES_IN_FIRST_BATCH: Final = 4
ARTICLES_IN_BATCH: Final = 256
CODE_POINTS_IN_BATCH: Final = 1_000_000


def article_batches(session: ExportSession, sql: ExportSql) -> Iterator[list[str]]:
    """Give the ids of the chosen articles, some at a time and in order."""
    batch, after = ARTICLES_IN_FIRST_BATCH, None
    while articles := _next_articles(session, sql, after, batch):
        yield articles
        batch, after = ARTICLES_IN_BATCH, articles[-1]


def _next_articles(session: ExportSession, sql: ExportSql, after: str | None, count: int) -> list[str]:
    rows = session.rows(sql.articles(), {**sql.parameters, "after": after, "count": count})
    articles: list[str] = []
    total = 0
    for article, length in rows:
        total += length
        if articles and total > CODE_POINTS_IN_BATCH:
            break
        articles.append(article)
    return articles
