"""Exports of the other formats: the lines that PostgreSQL makes, as neutral documents, an article at a time."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final, cast

import orjson

from annotations.anchoring.anchor import Segment
from annotations.formats.document import (
    Alias,
    Annotation,
    Article,
    ArticleDocument,
    Decision,
    Gone,
    Header,
    Incident,
    Link,
    Outlet,
    Party,
    Record,
    Registry,
)
from annotations.formats.losses import LINK_END_CHANGED, LINK_END_MISSING, LossList
from annotations.formats.outgoing import Outgoing
from annotations.queries.export_batches import article_batches
from annotations.queries.export_choice import Order
from annotations.queries.export_session import ExportSession
from annotations.queries.export_sql import COPY, ExportSql
from annotations.queries.export_stream import lines_of

_Values = dict[str, Any]


def outgoing_for(session: ExportSession, order: Order, sql: ExportSql, header: Mapping[str, Any]) -> Outgoing:
    """Give what the order chooses, read from the session's snapshot while a codec asks for it."""
    if order.choice.updated_since:
        session.rows(sql.draw_in(), sql.parameters)
    [(count,)] = session.rows(sql.count_articles(), sql.parameters)
    project = header["project"]
    lost = LossList()
    return Outgoing(
        header=Header(
            project["id"], project["slug"], project["name"], header["state"], header["chain_head"], moment(session)
        ),
        registry=_registry(_records(session, sql.registry(), sql.parameters)),
        article_count=count,
        articles=_articles(session, sql),
        gone=_gone(session, order, sql, lost),
        flavour=order.choice.flavour,
        lost=lost,
    )


def record_of_line(values: _Values) -> Record:
    """Make the record of a line that we wrote ourselves, so nothing is checked."""
    record: Record = _RECORDS[values.pop("type")](values)
    return record


def outgoing_of_lines(lines: Iterator[bytes], article_count: int, flavour: str) -> Outgoing:
    """Give what the lines of a whole export of ours hold, read while a codec asks for it."""
    values = orjson.loads(next(lines))
    project = values["project"]
    parts = (project["id"], project["slug"], project["name"], values["state"], values["chain_head"])
    records = _records_of(lines)
    registry: list[Record] = []
    first = next(records, None)
    while first is not None and not isinstance(first, Article):
        registry.append(first)
        first = next(records, None)
    return Outgoing(
        header=Header(*parts, values["exported_at"]),
        registry=_registry(registry),
        article_count=article_count,
        articles=_by_article(chain([first] if first else [], records)),
        gone=iter(()),
        flavour=flavour,
    )


def moment(session: ExportSession) -> str:
    """Write the time that an export's header names."""
    began_at: datetime = session.began_at
    return began_at.astimezone(UTC).isoformat().replace("+00:00", "Z")


class _Lines:
    """What COPY writes one batch of lines into."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def write(self, row: bytes) -> int:
        """Take one row of COPY."""
        self.lines += lines_of(row).splitlines()
        return len(row)


def _records(session: ExportSession, query: str, parameters: Mapping[str, object]) -> Iterator[Record]:
    sink = _Lines()
    session.copy(COPY, query, parameters, sink)
    yield from _records_of(sink.lines)


def _records_of(lines: Iterable[bytes]) -> Iterator[Record]:
    for line in lines:
        values = orjson.loads(line)
        if values["type"] in _RECORDS:
            yield record_of_line(values)


def _registry(records: Iterable[Record]) -> Registry:
    found: dict[type[Record], list[Record]] = {Outlet: [], Incident: [], Party: []}
    for record in records:
        found[type(record)].append(record)
    return Registry(
        cast(tuple[Outlet, ...], tuple(found[Outlet])),
        cast(tuple[Incident, ...], tuple(found[Incident])),
        cast(tuple[Party, ...], tuple(found[Party])),
    )


def _articles(session: ExportSession, sql: ExportSql) -> Iterator[ArticleDocument]:
    query = sql.batch()
    for articles in article_batches(session, sql):
        yield from _by_article(_records(session, query, {**sql.parameters, "articles": articles}))


def _by_article(records: Iterable[Record]) -> Iterator[ArticleDocument]:
    """Put together what follows each article up to the next."""
    hanging: list[Record] = []
    for record in records:
        if isinstance(record, Article) and hanging:
            yield _document(hanging)
            hanging = []
        hanging.append(record)
    if hanging:
        yield _document(hanging)


def _document(records: list[Record]) -> ArticleDocument:
    return ArticleDocument(
        cast(Article, records[0]),
        tuple([record for record in records if isinstance(record, Annotation)]),
        tuple([record for record in records if isinstance(record, Link)]),
        tuple([record for record in records if isinstance(record, Decision)]),
    )


def _gone(session: ExportSession, order: Order, sql: ExportSql, lost: LossList) -> Iterator[Gone]:
    # Every codec asks for this last; asked for first, the links would hold up the first byte.
    for ends_are_in, ids in session.rows(sql.lost_links(), sql.parameters):
        lost.add_all(LINK_END_CHANGED if ends_are_in else LINK_END_MISSING, ids)
    if order.choice.updated_since:
        yield from cast(Iterator[Gone], _records(session, sql.gone(), sql.parameters))


# --- lines of our own making, so their fields need no checks ------------------------------------------


def _party(values: _Values) -> Party:
    values["aliases"] = tuple([Alias(**alias) for alias in values["aliases"]])
    return Party(**values)


def _article(values: _Values) -> Article:
    values["incidents"] = tuple(values["incidents"])
    values.setdefault("text", None)
    return Article(**values)


def _annotation(values: _Values) -> Annotation:
    values["segments"] = tuple([Segment(start, end) for start, end in values["segments"]])
    values["parties"] = tuple(values["parties"])
    exact = values.get("exact")
    values["exact"] = None if exact is None else tuple(exact)
    return Annotation(**values)


_RECORDS: Final[Mapping[str, Any]] = {
    "outlet": lambda values: Outlet(**values),
    "incident": lambda values: Incident(**values),
    "party": _party,
    "article": _article,
    "annotation": _annotation,
    "link": lambda values: Link(**values),
    "decision": lambda values: Decision(**values),
    "gone": lambda values: Gone(**values),
}
