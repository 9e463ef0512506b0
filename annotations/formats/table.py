"""`csv`: a zip of tables for spreadsheets (flavour `spreadsheet`) or for programs (flavour `raw`)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import Any, Final

from annotations.anchoring.intake import BOM
from annotations.formats.codec import Codec
from annotations.formats.losses import DECISIONS, GONE, REGISTRY
from annotations.formats.outgoing import Outgoing
from annotations.formats.table_rows import (
    ANNOTATION_COLUMNS,
    ARTICLE_COLUMNS,
    CLAIM_COLUMNS,
    LINK_COLUMNS,
    Cell,
    Row,
    Tables,
)
from annotations.formats.zipped import MEDIA_TYPE, ZipStream

SPREADSHEET: Final = "spreadsheet"
RAW: Final = "raw"

# What a spreadsheet runs as a formula when a cell begins with it.
_RUNS: Final = frozenset("=+-@\t\r\n")
_BYTES_IN_MEMORY: Final = 1024 * 1024
_PIECE: Final = 64 * 1024


def write(outgoing: Outgoing) -> Iterator[bytes]:
    """Write the annotations as they come; the other tables wait on disk until it is their turn."""
    archive, tables = ZipStream(), Tables(outgoing.registry)
    is_guarded = outgoing.flavour != RAW
    outgoing.lost.add_registry(outgoing.registry)
    with ExitStack() as stack:
        waiting = {
            name: _Waiting(stack.enter_context(SpooledTemporaryFile(_BYTES_IN_MEMORY)), columns, is_guarded)
            for name, columns in (("links", LINK_COLUMNS), ("articles", ARTICLE_COLUMNS), ("claims", CLAIM_COLUMNS))
        }

        def annotations() -> Iterator[bytes]:
            yield _head(ANNOTATION_COLUMNS, is_guarded)
            for document in outgoing.articles:
                outgoing.lost.add_all(DECISIONS, (decision.id for decision in document.decisions))
                waiting["links"].add(tables.links(document))
                waiting["articles"].add([tables.article(document)])
                waiting["claims"].add(tables.claims(document))
                yield _lines(tables.annotations(document), is_guarded)

        yield from archive.add_pieces("annotations.csv", annotations())
        for name, table in waiting.items():
            yield from archive.add_pieces(f"{name}.csv", table.pieces())
    yield from archive.finish(outgoing, CSV.name)


class _Waiting:
    """A table that cannot be written yet."""

    def __init__(self, file: Any, columns: Sequence[str], is_guarded: bool) -> None:
        self._file, self._is_guarded = file, is_guarded
        self._file.write(_head(columns, is_guarded))

    def add(self, rows: Iterable[Row]) -> None:
        self._file.write(_lines(rows, self._is_guarded))

    def pieces(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield piece


def _head(columns: Sequence[str], is_guarded: bool) -> bytes:
    # Without the mark, spreadsheets take UTF-8 for something older.
    return (BOM if is_guarded else "").encode() + _lines([tuple(columns)], is_guarded)


def _lines(rows: Iterable[Row], is_guarded: bool) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows(map(_guarded, rows) if is_guarded else rows)
    return text.getvalue().encode()


def _guarded(row: Row) -> list[Cell]:
    return [f"'{cell}" if type(cell) is str and cell[:1] in _RUNS else cell for cell in row]


CSV: Final = Codec(
    name="csv",
    media_type=MEDIA_TYPE,
    extension="zip",
    losses=(DECISIONS, REGISTRY, GONE),
    read=None,
    write=write,
    flavours=(SPREADSHEET, RAW),
)
