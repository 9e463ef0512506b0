"""Our own format, `newsdesk-jsonl` 1 (docs/formats.md): lossless, one JSON object a line, `end` with a digest."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import BinaryIO, Final, NoReturn, cast

import orjson

from annotations.errors import FieldError, IncompleteFile, Unprocessable
from annotations.formats.codec import MAX_PROBLEMS, Codec, Item, Problem, Reading
from annotations.formats.document import (
    Annotation,
    Article,
    Decision,
    Document,
    Gone,
    Header,
    Incident,
    Link,
    Outlet,
    Party,
    Record,
)
from annotations.formats.native_json import NotStrict, strict_object
from annotations.formats.native_lines import COUNTED, header_of, record_of
from annotations.formats.outgoing import Outgoing, outgoing_of

# The longest legal line is an article of 5,000,000 code points, each written as two \\uXXXX.
MAX_LINE_BYTES: Final = 64 * 1024 * 1024

_TYPES: Final[Mapping[type[Record], str]] = {
    Outlet: "outlet",
    Incident: "incident",
    Party: "party",
    Article: "article",
    Annotation: "annotation",
    Link: "link",
    Decision: "decision",
    Gone: "gone",
}


def read(file: BinaryIO) -> Reading:
    """Read a whole file.

    Raises: IncompleteFile when `end` is missing or does not match, Unprocessable for a header we cannot read.
    """
    reader = _Reader()
    for number, raw in enumerate(_lines(file), start=1):
        reader.take(number, raw)
    return reader.reading()


def write(document: Document) -> Iterator[bytes]:
    """Write a document line by line, in the order of docs/formats.md."""
    return write_outgoing(outgoing_of(document))


def write_outgoing(outgoing: Outgoing) -> Iterator[bytes]:
    """Write what comes one article at a time, line by line."""
    digest = hashlib.sha256()
    counts: Counter[str] = Counter()
    for line in _all_lines(outgoing):
        counts[cast(str, line["type"])] += 1
        raw = orjson.dumps(line) + b"\n"
        digest.update(raw)
        yield raw
    yield end_line({kind: counts[kind] for kind in COUNTED}, digest.hexdigest())


def end_line(counts: Mapping[str, int], sha256: str) -> bytes:
    """Write the last line; `sha256` is that of all bytes before it."""
    ordered = {kind: counts.get(kind, 0) for kind in COUNTED}
    return orjson.dumps({"type": "end", "counts": ordered, "sha256": sha256}) + b"\n"


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while raw := file.readline(MAX_LINE_BYTES + 1):
        if len(raw) > MAX_LINE_BYTES:
            detail = f"A line is at most {MAX_LINE_BYTES} bytes long."
            raise Unprocessable(detail, code="too_long", errors=[FieldError("", "too_long", detail)])
        yield raw


class _Reader:
    """Collects the lines of one file. A file that is cut is refused before anything else is said about it."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._counts: Counter[str] = Counter()
        self._header: Header | None = None
        self._header_problems: list[tuple[str, str]] = []
        self._items: list[Item] = []
        self._problems: list[Problem] = []
        self._malformed = 0
        self._is_ended = False
        self._last = 0

    def take(self, number: int, raw: bytes) -> None:
        self._last = number
        if self._is_ended:
            _refuse_incomplete("There is something after the end line.", number)
        values = self._values(number, raw)
        if values is not None and values.get("type") == "end":
            self._end(number, values)
            return
        self._digest.update(raw)
        if number == 1:
            self._header, self._header_problems = header_of(values or {})
        elif values is not None:
            self._record(number, values)

    def reading(self) -> Reading:
        if not self._is_ended:
            _refuse_incomplete("The end line is missing; the file was cut. Download it again.", self._last)
        if self._header is None:
            errors = [FieldError("", code, detail, line=1) for code, detail in self._header_problems]
            raise Unprocessable(errors[0].detail, code=errors[0].code, errors=errors)
        return Reading(self._header, tuple(self._items), tuple(self._problems))

    def _values(self, number: int, raw: bytes) -> dict[str, object] | None:
        try:
            return strict_object(raw)
        except NotStrict as error:
            self._malformed += 1
            self._problem(number, "malformed", str(error))
            return None

    def _record(self, number: int, values: Mapping[str, object]) -> None:
        self._counts[str(values.get("type"))] += 1
        record, problems = record_of(values)
        if record is not None:
            self._items.append(Item(number, record))
        for code, detail in problems:
            self._problem(number, code, detail)

    def _problem(self, number: int, code: str, detail: str) -> None:
        # A line beyond the limit is as bad, but a report of a million lines helps nobody.
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(Problem(number, code, detail))

    def _end(self, number: int, values: Mapping[str, object]) -> None:
        if values.get("sha256") != self._digest.hexdigest():
            _refuse_incomplete("The file was changed or cut: its digest differs. Download it again.", number)
        counts = values.get("counts")
        stated = dict(counts) if isinstance(counts, dict) else {}
        # A line that is no JSON cannot be counted; it is listed instead.
        if not self._malformed and stated != {kind: self._counts[kind] for kind in COUNTED}:
            _refuse_incomplete("The end line counts other lines than the file holds. Download it again.", number)
        self._is_ended = True


def _refuse_incomplete(detail: str, line: int) -> NoReturn:
    raise IncompleteFile(detail, errors=[FieldError("", IncompleteFile.code, detail, line=line)])


# --- writing ------------------------------------------------------------------------------------------


def _all_lines(outgoing: Outgoing) -> Iterator[dict[str, object]]:
    header = outgoing.header
    yield {
        "type": "newsdesk",
        "version": 1,
        "offset_unit": "codepoint",
        "project": {"id": header.project, "slug": header.slug, "name": header.name},
        "state": header.state,
        "chain_head": header.chain_head,
        "exported_at": header.exported_at,
    }
    for record in _in_order(outgoing):
        yield line_of(record)


def _in_order(outgoing: Outgoing) -> Iterator[Record]:
    yield from outgoing.registry.outlets
    yield from outgoing.registry.incidents
    yield from outgoing.registry.parties
    for document in outgoing.articles:
        yield document.article
        yield from document.annotations
        yield from document.links
        yield from document.decisions
    yield from outgoing.gone


def line_of(record: Record) -> dict[str, object]:
    """Give the fields of a record's line, `type` first."""
    line: dict[str, object] = {"type": _TYPES[type(record)]}
    for field in fields(record):
        line[field.name] = getattr(record, field.name)
    if isinstance(record, Party):
        line["aliases"] = [asdict(alias) for alias in record.aliases]
    elif isinstance(record, Annotation):
        line["segments"] = [[segment.start, segment.end] for segment in record.segments]
    # Where texts are left out there is no field for them either.
    for name in ("text", "exact"):
        if name in line and line[name] is None:
            del line[name]
    return line


NATIVE: Final = Codec(
    name="newsdesk-jsonl",
    media_type="application/x-ndjson",
    extension="jsonl",
    losses=(),
    read=read,
    write=write_outgoing,
)
