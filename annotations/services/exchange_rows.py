"""Rows of annotations and links in COPY's binary format, made without a model: an import makes many.

Beside each record stands its first version, whose content is written once: its digest goes into the event.

Each field is its length and its value as the type's receive function reads it (PostgreSQL, "COPY", binary format).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from struct import pack
from typing import Final
from uuid import UUID

import orjson

from annotations.anchoring.anchor import Segment
from annotations.formats import document
from annotations.formats.document import JsonObject
from annotations.rules.chain import canonical_json

_COLUMNS: Final[Mapping[str, str]] = {
    "annotation": "id, project_id, article_id, author_id, kind, segments, exact, parties, attributes, note, origin, "
    "state, version, was_turned, created_at, updated_at",
    "annotation_version": "project_id, article_id, annotation_id, editor_id, content, number, at",
    "link": "id, project_id, type, source_id, target_id, source_article_id, target_article_id, author_id, attributes, "
    "note, origin, state, version, created_at, updated_at",
    "link_version": "project_id, article_id, link_id, editor_id, content, number, at",
}
_START: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
# The numbers by which PostgreSQL knows the types of elements.
_INTEGER, _TEXT, _UUID = 23, 25, 2950
# Ids in a row: an article stands in many rows, an annotation in a few that follow each other.
_KEPT_IDS: Final = 8_192
# The parties of a mention, and the origin.
_Rest = tuple[list[str], JsonObject]


def copy_statement(table: str) -> str:
    """Give the statement that takes `lines_of` the table's rows."""
    return f"COPY {table} ({_COLUMNS[table]}) FROM STDIN (FORMAT binary)"


def lines_of(rows: Sequence[bytes]) -> bytes:
    """Put rows together as COPY reads them."""
    return b"".join([_START, *rows, _END])


class RowWriter:
    """Writes the rows of one importer into one project, all of one moment."""

    def __init__(self, project: UUID, author: UUID, at: datetime) -> None:
        """Take what all rows share."""
        moment = pack(">iq", 8, (at - _EPOCH) // timedelta(microseconds=1))
        first = pack(">ii", 4, 1)
        self._project, self._author = _id(str(project)), _id(str(author))
        self._annotation_end = _text("draft") + first + pack(">i?", 1, False) + moment + moment
        self._link_end = _text("draft") + first + moment + moment
        self._version_end = first + moment

    def annotation(
        self, pk: str, article: str, record: document.Annotation, exact: Sequence[str], rest: _Rest
    ) -> tuple[bytes, bytes, str]:
        """Write an annotation and its version. Answer the content's digest too."""
        parties, origin = rest
        content, digest = _content(
            {
                "attributes": record.attributes,
                "exact": exact,
                "kind": record.kind,
                "note": record.note,
                "parties": parties,
                "segments": [[segment.start, segment.end] for segment in record.segments],
            }
        )
        row = (
            _count(16),
            _id(pk),
            self._project,
            _id(article),
            self._author,
            _text(record.kind),
            _places(record.segments),
            _list(_TEXT, map(_text, exact), len(exact)),
            _list(_UUID, map(_id, parties), len(parties)),
            _json(record.attributes),
            _text(record.note),
            _json(origin),
            self._annotation_end,
        )
        return b"".join(row), self._version(article, pk, content), digest

    def link(
        self, pk: str, ends: tuple[str, str, str, str], record: document.Link, origin: JsonObject
    ) -> tuple[bytes, bytes, str]:
        """Write a link and its version; `ends` are both annotations, then their articles."""
        content, digest = _content({"attributes": record.attributes, "note": record.note})
        row = (
            _count(15),
            _id(pk),
            self._project,
            _text(record.link_type),
            *map(_id, ends),
            self._author,
            _json(record.attributes),
            _text(record.note),
            _json(origin),
            self._link_end,
        )
        return b"".join(row), self._version(ends[2], pk, content), digest

    def _version(self, article: str, pk: str, content: bytes) -> bytes:
        return b"".join((_count(7), self._project, _id(article), _id(pk), self._author, content, self._version_end))


def _content(content: dict[str, object]) -> tuple[bytes, str]:
    """Write a version's content in its canonical form, and digest it."""
    raw = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    if b"quantity" in raw:
        # Only there stand decimal numbers, which two libraries write in two ways.
        raw = canonical_json(content).encode()
    return _binary_json(raw), hashlib.sha256(raw).hexdigest()


def _count(fields: int) -> bytes:
    return pack(">h", fields)


@lru_cache(maxsize=_KEPT_IDS)
def _id(pk: str) -> bytes:
    return b"\0\0\0\x10" + bytes.fromhex(pk.replace("-", ""))


def _text(text: str) -> bytes:
    raw = text.encode()
    return pack(">i", len(raw)) + raw


def _json(value: JsonObject) -> bytes:
    return _binary_json(orjson.dumps(value))


def _binary_json(raw: bytes) -> bytes:
    return pack(">ib", len(raw) + 1, 1) + raw


def _places(segments: Sequence[Segment]) -> bytes:
    """Write [[start, end], …]: an array of two dimensions, each from 1, none of whose elements is null."""
    count = len(segments)
    numbers = chain.from_iterable([(4, segment.start, 4, segment.end) for segment in segments])
    return pack(f">{8 + 4 * count}i", 28 + 16 * count, 2, 0, _INTEGER, count, 1, 2, 1, *numbers)


def _list(element: int, items: Iterable[bytes], count: int) -> bytes:
    if not count:
        return pack(">4i", 12, 0, 0, element)
    raw = b"".join(items)
    return pack(">6i", 20 + len(raw), 1, 0, element, count, 1) + raw
