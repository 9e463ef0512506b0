"""Parquet: a zip of tables, lossless; needs the optional package pyarrow."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from functools import cache
from importlib import import_module
from tempfile import TemporaryFile
from typing import Any, Final

import orjson

from annotations.formats.codec import Codec
from annotations.formats.document import Annotation, ArticleDocument, Record
from annotations.formats.losses import GONE
from annotations.formats.outgoing import Outgoing
from annotations.formats.zipped import MEDIA_TYPE, ZipStream

_ROWS_AT_ONCE: Final = 5_000
_PIECE: Final = 256 * 1024

_TEXT: Final = "string"
_TEXTS: Final = "list<string>"
_NUMBER: Final = "int32"
_PLACES: Final = "list<struct<start:int32,end:int32>>"
_FRAME: Final = {
    "attributes": _TEXT,
    "note": _TEXT,
    "state": _TEXT,
    "version": _NUMBER,
    "author": _TEXT,
    "origin": _TEXT,
    "created_at": _TEXT,
    "updated_at": _TEXT,
}
# `attributes`, `origin`, `external_ids` and `aliases` are JSON; offsets count code points.
_COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "annotations": {
        "id": _TEXT,
        "article": _TEXT,
        "kind": _TEXT,
        "segments_codepoint": _PLACES,
        "exact": _TEXTS,
        "parties": _TEXTS,
        **_FRAME,
    },
    "links": {"id": _TEXT, "link_type": _TEXT, "source": _TEXT, "target": _TEXT, **_FRAME},
    "articles": {
        **dict.fromkeys(("id", "title", "outlet", "url", "byline", "language", "direction"), _TEXT),
        **dict.fromkeys(("published_at", "retrieved_at", "sha256"), _TEXT),
        "length_codepoint": _NUMBER,
        "license": _TEXT,
        "incidents": _TEXTS,
        **dict.fromkeys(("supersedes", "chain_head", "text"), _TEXT),
    },
    "decisions": {
        **dict.fromkeys(("id", "of", "record"), _TEXT),
        "version": _NUMBER,
        **dict.fromkeys(("verdict", "reason", "comment", "reviewer", "at"), _TEXT),
    },
    "outlets": dict.fromkeys(("id", "name", "domain", "country", "kind", "scale", "party"), _TEXT),
    "incidents": dict.fromkeys(("id", "title", "place", "date_from", "date_to"), _TEXT),
    "parties": dict.fromkeys(("id", "name", "entity_type", "actor_type", "parent", "aliases", "external_ids"), _TEXT),
}
_AS_JSON: Final = ("attributes", "origin", "external_ids", "aliases")


def write(outgoing: Outgoing) -> Iterator[bytes]:
    """Write all tables side by side to disk, a few thousand rows at a time; then put them into the archive."""
    archive, registry = ZipStream(), outgoing.registry
    # A first sign of life, while the tables grow.
    header = asdict(outgoing.header)
    archive.add("header.json", orjson.dumps({**header, "offset_unit": "codepoint"}))
    yield archive.take()
    with ExitStack() as stack:
        tables = {name: _Table(name, stack.enter_context(TemporaryFile())) for name in _COLUMNS}
        for name, records in (
            ("outlets", registry.outlets),
            ("incidents", registry.incidents),
            ("parties", registry.parties),
        ):
            tables[name].add(records)
        for document in outgoing.articles:
            _take(tables, document)
        for name, table in tables.items():
            yield from archive.add_pieces(f"{name}.parquet", table.pieces())
    yield from archive.finish(outgoing, PARQUET.name)


def _take(tables: Mapping[str, "_Table"], document: ArticleDocument) -> None:
    tables["articles"].add([document.article])
    tables["annotations"].add(document.annotations)
    tables["links"].add(document.links)
    tables["decisions"].add(document.decisions)


@cache
def _pyarrow() -> Any:
    """Load pyarrow, which takes a second that most processes never need."""
    import_module("pyarrow.parquet")
    return import_module("pyarrow")


def _type(name: str) -> Any:
    arrow = _pyarrow()
    place = arrow.struct([("start", arrow.int32()), ("end", arrow.int32())])
    types = {_TEXT: arrow.string(), _NUMBER: arrow.int32(), _TEXTS: arrow.list_(arrow.string())}
    return arrow.list_(place) if name == _PLACES else types[name]


class _Table:
    """One table on disk; rows wait until there are enough of them."""

    def __init__(self, name: str, file: Any) -> None:
        arrow = _pyarrow()
        self._columns = _COLUMNS[name]
        self._schema = arrow.schema([(column, _type(kind)) for column, kind in self._columns.items()])
        self._file = file
        self._writer = arrow.parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[Record] = []

    def add(self, records: Sequence[Record]) -> None:
        self._rows += records
        if len(self._rows) >= _ROWS_AT_ONCE:
            self._store()

    def pieces(self) -> Iterator[bytes]:
        self._store()
        self._writer.close()
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield piece

    def _store(self) -> None:
        columns = {name: [_value(record, name) for record in self._rows] for name in self._columns}
        self._writer.write_table(_pyarrow().table(columns, schema=self._schema))
        self._rows = []


def _value(record: Record, column: str) -> object:
    if column == "segments_codepoint" and isinstance(record, Annotation):
        return [{"start": segment.start, "end": segment.end} for segment in record.segments]
    value: object = getattr(record, column.removesuffix("_codepoint"))
    return orjson.dumps(value).decode() if column in _AS_JSON else value


PARQUET: Final = Codec(
    name="parquet",
    media_type=MEDIA_TYPE,
    extension="zip",
    losses=(GONE,),
    read=None,
    write=write,
    needs="pyarrow",
)
