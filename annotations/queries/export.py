"""Exports: PostgreSQL makes the lines of `newsdesk-jsonl` (formats/native.py writes the same), codecs the others."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from typing import Any, Final

import orjson
from django.db import connection

from annotations.errors import InvalidParameter
from annotations.formats import codec_named
from annotations.formats.codec import Codec
from annotations.formats.losses import LINK_END_CHANGED, LINK_END_MISSING, LossList, Lost
from annotations.formats.native import NATIVE
from annotations.formats.outgoing import Outgoing
from annotations.queries.export_batches import article_batches
from annotations.queries.export_choice import Choice, Order
from annotations.queries.export_documents import moment, outgoing_for
from annotations.queries.export_session import ExportSession
from annotations.queries.export_sql import COPY, TEMPORARY_TABLES, ExportSql
from annotations.queries.export_stream import PIECE_BYTES, ExportStream, LineSink
from annotations.queries.people import pseudonym

_Put = Callable[[bytes], None]
_Header = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Export:
    """A running export; whoever takes it closes `stream`."""

    filename: str
    media_type: str
    etag: str
    stream: ExportStream


def open_export(order: Order) -> Export:
    """Start an export on a connection of its own.

    Raises: InvalidParameter (format), ValueError (a state there is not), Unavailable when four are running.
    """
    codec = codec_for(order.choice)
    sql = ExportSql(order)
    session, header = _open_session(order)
    media_type, extension = codec.type_of(order.choice.flavour)
    name = f"{order.project.slug}-{codec.name}-{datetime.now(UTC):%Y-%m-%d}.{extension}"
    etag = _etag(order, header["tally"])
    produce = partial(_produce if codec is NATIVE else _produce_documents, order=order, sql=sql)
    stream = ExportStream(session, partial(produce, header=_header_line(order, header)))
    return Export(name, media_type, etag, stream)


def codec_for(choice: Choice) -> Codec:
    """Find the format of a choice. Raises: InvalidParameter when it cannot be written in this way, or not here."""
    codec = codec_named(choice.format)
    if codec.write is None:
        raise InvalidParameter("This format cannot be written.", field="format")
    if choice.flavour and choice.flavour not in codec.flavours:
        known = ", ".join(codec.flavours) or "none"
        raise InvalidParameter(f"This format has no such flavour; it has: {known}.", field="flavour")
    if codec.needs_text and not choice.with_text:
        raise InvalidParameter("This format cannot leave texts out.", field="text")
    is_first = choice.flavour in {"", *codec.flavours[:1]}
    if codec.needs and is_first and find_spec(codec.needs) is None:
        detail = f"This server cannot write it: the package {codec.needs} is missing (requirements-extras.txt)."
        raise InvalidParameter(detail, field="format")
    return codec


def export_etag(order: Order) -> str:
    """Answer an ETag that changes whenever the content of the export would; `exported_at` aside.

    Raises: InvalidParameter.
    """
    codec_for(order.choice)
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, {"project": str(order.project.id)})
        (tally,) = cursor.fetchone()
    return _etag(order, tally)


def export_losses(order: Order) -> tuple[Lost, ...]:
    """List what this export cannot hold: links without both of their ends, and what the format cannot carry.

    Raises: InvalidParameter, Unavailable.
    """
    codec = codec_for(order.choice)
    if codec is not NATIVE:
        return _losses_of_documents(order)
    sql = ExportSql(order)
    lost = LossList()
    with connection.cursor() as cursor:
        cursor.execute(sql.lost_links(), sql.parameters)
        for ends_are_in, ids in cursor.fetchall():
            lost.add_all(LINK_END_CHANGED if ends_are_in else LINK_END_MISSING, ids)
    return lost.report()


def _losses_of_documents(order: Order) -> tuple[Lost, ...]:
    """Write the whole export to nowhere: so the report cannot differ from what happens."""
    sql = ExportSql(order)
    session, header = _open_session(order)
    with closing(session):
        outgoing = outgoing_for(session, order, sql, _header_line(order, header))
        for _piece in _pieces(order, outgoing):
            pass
        return outgoing.lost.report()


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


def _header_line(order: Order, header: Mapping[str, str]) -> _Header:
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


def _open_session(order: Order) -> tuple[ExportSession, Mapping[str, str]]:
    """Take a snapshot and what the header says of it. Raises: Unavailable."""
    session = ExportSession(TEMPORARY_TABLES)
    try:
        header = _header(session, order)
        _name_people(session, order)
    except BaseException:
        session.close()
        raise
    return session, header


def _produce(session: ExportSession, put: _Put, *, order: Order, sql: ExportSql, header: _Header) -> None:
    sink = LineSink(put)
    sink.add(orjson.dumps({**header, "exported_at": moment(session)}))
    sink.flush()
    session.copy(COPY, sql.registry(), sql.parameters, sink)
    if order.choice.updated_since:
        session.rows(sql.draw_in(), sql.parameters)
    query = sql.batch()
    for articles in article_batches(session, sql):
        session.copy(COPY, query, {**sql.parameters, "articles": articles}, sink)
        sink.flush()
    if order.choice.updated_since:
        session.copy(COPY, sql.gone(), sql.parameters, sink)
    sink.finish()


def _produce_documents(session: ExportSession, put: _Put, *, order: Order, sql: ExportSql, header: _Header) -> None:
    for piece in _pieces(order, outgoing_for(session, order, sql, header)):
        put(piece)


def _pieces(order: Order, outgoing: Outgoing) -> Iterator[bytes]:
    """Give the bytes of a codec in pieces of some size; its first bytes at once."""
    write = codec_named(order.choice.format).write
    waiting: list[bytes] = []
    size, enough = 0, 1
    for piece in write(outgoing) if write else ():
        waiting.append(piece)
        size += len(piece)
        if size >= enough:
            yield b"".join(waiting)
            waiting, size, enough = [], 0, PIECE_BYTES
    yield b"".join(waiting)
