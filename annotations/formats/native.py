"""Our own format, `newsdesk-jsonl` 1 (docs/formats.md): lossless, one JSON object a line, `end` with a digest."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import BinaryIO, Final, cast

import orjson

from annotations.formats.codec import Codec, Reading
from annotations.formats.document import (
    Annotation,
    Article,
    Decision,
    Document,
    Gone,
    Incident,
    Link,
    Outlet,
    Party,
    Record,
)
from annotations.formats.native_lines import COUNTED
from annotations.formats.native_stream import open_stream
from annotations.formats.outgoing import Outgoing, outgoing_of

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
    stream = open_stream(file)
    items = sorted([*stream.registry, *stream.items()], key=lambda item: item.line)
    return Reading(stream.header, tuple(items), tuple(sorted(stream.problems, key=lambda found: found.line)))


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
    stream=open_stream,
)
