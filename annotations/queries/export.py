"""Exports of `newsdesk-jsonl`: the lines are made by PostgreSQL in one snapshot; formats/native.py writes the same."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

import orjson
from django.db import connection

from annotations.formats import codec_named
from annotations.queries.export_choice import Order
from annotations.queries.export_session import ExportSession
from annotations.queries.export_sql import COPY, TEMPORARY_TABLES, ExportSql
from annotations.queries.export_stream import ExportStream, LineSink
from annotations.queries.people import pseudonym

# A batch is sorted by PostgreSQL: small enough for its working memory, large enough that round trips do not count.
ARTICLES_IN_FIRST_BATCH: Final = 4
ARTICLES_IN_BATCH: Final = 64
CODE_POINTS_IN_BATCH: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Export:
    """A running export; whoever takes it closes `stream`."""

    filename: str
    media_type: str
    etag: str
    stream: ExportStream


@dataclass(frozen=True, slots=True)
class Lost:
    """What an export leaves out although it was chosen: a code, a sentence and the ids."""

    what: str
    sentence: str
    ids: tuple[str, ...]


def open_export(order: Order) -> Export:
    """Start an export on a connection of its own.

    Raises: InvalidParameter (format), ValueError (a state there is not), Unavailable when four are running.
    """
    codec = codec_named(order.choice.format)
    sql = ExportSql(order)
    session = ExportSession(TEMPORARY_TABLES)
    try:
        header = _header(session, order)
        _name_people(session, order)
    except BaseException:
        session.close()
        raise
    name = f"{order.project.slug}-{codec.name}-{datetime.now(UTC):%Y-%m-%d}.{codec.extension}"
    etag = _etag(order, header["tally"])
    stream = ExportStream(session, partial(_produce, order=order, sql=sql, header=_header_line(order, header)))
    return Export(name, codec.media_type, etag, stream)


def export_etag(order: Order) -> str:
    """Answer an ETag that changes whenever the content of the export would; `exported_at` aside."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, {"project": str(order.project.id)})
        (tally,) = cursor.fetchone()
    return _etag(order, tally)


def export_losses(order: Order) -> tuple[Lost, ...]:
    """List what this export cannot hold: links without both of their ends, and what the format cannot carry."""
    codec = codec_named(order.choice.format)
    sql = ExportSql(order)
    with connection.cursor() as cursor:
        cursor.execute(sql.lost_links(), sql.parameters)
        found = [_lost_links(ends_are_in, tuple(ids)) for ends_are_in, ids in cursor.fetchall()]
    return (*(Lost(loss.what, loss.sentence, ()) for loss in codec.losses), *found)


def _lost_links(ends_are_in: bool, ids: tuple[str, ...]) -> Lost:
    if ends_are_in:
        return Lost(
            "link_end_changed", "An end was approved anew with other content than the link's approval saw.", ids
        )
    return Lost("link_end_missing", "An end of the link is not in this export.", ids)


# Events are only ever appended, so their number tells every state of a project apart.
_TALLY: Final = (
    "SELECT coalesce(sum(count), 0)::text || ':' || count(*) FROM event_chain WHERE project_id = %(project)s"
)
_HEADER: Final = f"""SELECT p.id::text, p.slug, p.name, coalesce(c.head, ''), ({_TALLY})
FROM project p LEFT JOIN event_chain c ON c.project_id = p.id AND c.article_id IS NULL WHERE p.id = %(project)s
"""  # noqa: S608 - constants only


def _header(session: ExportSession, order: Order) -> Mapping[str, str]:
    [row] = session.rows(_HEADER, {"project": str(order.project.id)})
    return dict(zip(("id", "slug", "name", "chain_head", "tally"), row, strict=True))


def _header_line(order: Order, header: Mapping[str, str]) -> Mapping[str, object]:
    return {
        "type": "newsdesk",
        "version": 1,
        "offset_unit": "codepoint",
        "project": {"id": header["id"], "slug": header["slug"], "name": header["name"]},
        "state": order.choice.state,
        "chain_head": header["chain_head"],
    }


def _etag(order: Order, tally: str) -> str:
    return '"' + hashlib.sha256(f"{order.fingerprint()}:{tally}".encode()).hexdigest()[:32] + '"'


def _name_people(session: ExportSession, order: Order) -> None:
    people = session.rows('SELECT id::text, username FROM "user"')
    if order.choice.with_names:
        session.insert("export_person", people)
    else:
        session.insert("export_person", [(user_id, pseudonym(order.project.id, user_id)) for user_id, _ in people])


def _produce(
    session: ExportSession, sink: LineSink, *, order: Order, sql: ExportSql, header: Mapping[str, object]
) -> None:
    exported_at = session.began_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    sink.write(orjson.dumps({**header, "exported_at": exported_at}) + b"\n")
    sink.flush()
    session.copy(COPY, sql.registry(), sql.parameters, sink)
    if order.choice.updated_since:
        session.rows(sql.draw_in(), sql.parameters)
    batch, after = ARTICLES_IN_FIRST_BATCH, None
    query = sql.batch()
    while articles := _next_articles(session, sql, after, batch):
        session.copy(COPY, query, {**sql.parameters, "articles": articles}, sink)
        sink.flush()
        batch, after = ARTICLES_IN_BATCH, articles[-1]
    if order.choice.updated_since:
        session.copy(COPY, sql.gone(), sql.parameters, sink)


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
