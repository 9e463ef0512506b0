"""W3C Web Annotation: one JSON-LD `AnnotationCollection`, lossless through terms of our own under `nd:`."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import Any, Final

import orjson

from annotations.anchoring.anchor import Segment
from annotations.formats.codec import Codec
from annotations.formats.document import Annotation, ArticleDocument, JsonObject, Link, Record
from annotations.formats.native import line_of
from annotations.formats.outgoing import Outgoing
from annotations.formats.web_annotation_reader import ANNO_CONTEXT, LISTS, iri_of, read

# How much of the text stands before and after a quotation.
_AROUND: Final = 32
_BYTES_IN_MEMORY: Final = 1024 * 1024
_PIECE: Final = 64 * 1024

# Values of these are JSON as it is: a processor keeps them whole and looks for no terms in them.
_AS_JSON: Final = (*LISTS, "attributes", "origin", "parties", "project")
CONTEXT: Final = [
    ANNO_CONTEXT,
    {"nd": "urn:newsdesk:terms#", **{f"nd:{name}": {"@id": f"nd:{name}", "@type": "@json"} for name in _AS_JSON}},
]


def write(outgoing: Outgoing) -> Iterator[bytes]:
    """Write the items as they come; articles and decisions wait on disk and follow the page."""
    registry, header = outgoing.registry, outgoing.header
    yield b"{\n" + _member("@context", CONTEXT) + b",\n" + _head(outgoing)
    yield b"".join(
        [
            _member("nd:outlets", [line_of(outlet) for outlet in registry.outlets]) + b",\n",
            _member("nd:incidents", [line_of(incident) for incident in registry.incidents]) + b",\n",
            _member("nd:parties", [line_of(party) for party in registry.parties]) + b",\n",
        ]
    )
    page = {"id": f"{iri_of('project', header.project)}/page", "type": "AnnotationPage", "startIndex": 0}
    yield b'"first":' + orjson.dumps(page)[:-1] + b',"items":[\n'
    with ExitStack() as stack:
        articles, decisions = [_Waiting(stack.enter_context(SpooledTemporaryFile(_BYTES_IN_MEMORY))) for _ in range(2)]
        count = 0
        for document in outgoing.articles:
            articles.add([document.article])
            decisions.add(document.decisions)
            items = [*_items(document)]
            if items:
                yield (b",\n" if count else b"") + b",\n".join(items)
            count += len(items)
        yield b'\n]},\n"total":' + str(count).encode() + b',\n"nd:articles":['
        yield from articles.pieces()
        yield b'],\n"nd:decisions":['
        yield from decisions.pieces()
    yield b'],\n"nd:gone":[' + b",".join(orjson.dumps(line_of(record)) for record in outgoing.gone)
    yield b"]\n}\n"


class _Waiting:
    """Records that are written after the items."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def add(self, records: Iterable[Record]) -> None:
        for record in records:
            self._file.write((b",\n" if self._file.tell() else b"\n") + orjson.dumps(line_of(record)))

    def pieces(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield piece


def _member(name: str, value: object) -> bytes:
    return orjson.dumps(name) + b":" + orjson.dumps(value)


def _head(outgoing: Outgoing) -> bytes:
    header = outgoing.header
    values: JsonObject = {
        "id": iri_of("project", header.project),
        "type": "AnnotationCollection",
        "label": header.name,
        "generated": header.exported_at,
        "nd:version": 1,
        "nd:offset_unit": "codepoint",
        "nd:project": {"id": header.project, "slug": header.slug, "name": header.name},
        "nd:state": header.state,
        "nd:chain_head": header.chain_head,
    }
    return orjson.dumps(values)[1:-1] + b",\n"


def _items(document: ArticleDocument) -> Iterator[bytes]:
    for annotation in document.annotations:
        yield orjson.dumps(_annotation(annotation, document.article.text))
    for link in document.links:
        yield orjson.dumps(_link(link))


def _annotation(annotation: Annotation, text: str | None) -> JsonObject:
    source = iri_of("article", annotation.article)
    exacts = annotation.exact or (None,) * len(annotation.segments)
    targets = [
        {"type": "SpecificResource", "source": source, "selector": _selectors(segment, exact, text)}
        for segment, exact in zip(annotation.segments, exacts, strict=True)
    ]
    return {
        "id": iri_of("annotation", annotation.id),
        "type": "Annotation",
        "motivation": "classifying",
        "body": _bodies("classifying", annotation.kind, annotation.note),
        "target": targets,
        "nd:parties": annotation.parties,
        **_frame(annotation),
    }


def _link(link: Link) -> JsonObject:
    return {
        "id": iri_of("link", link.id),
        "type": "Annotation",
        "motivation": "linking",
        "body": _bodies("tagging", link.link_type, link.note),
        "target": [iri_of("annotation", link.source), iri_of("annotation", link.target)],
        **_frame(link),
    }


def _selectors(segment: Segment, exact: str | None, text: str | None) -> list[Mapping[str, object]]:
    position = {"type": "TextPositionSelector", "start": segment.start, "end": segment.end}
    if exact is None or text is None:
        return [position]
    before = text[max(0, segment.start - _AROUND) : segment.start]
    after = text[segment.end : segment.end + _AROUND]
    return [position, {"type": "TextQuoteSelector", "exact": exact, "prefix": before, "suffix": after}]


def _bodies(purpose: str, tag: str, note: str) -> list[Mapping[str, object]]:
    bodies: list[Mapping[str, object]] = [{"type": "TextualBody", "purpose": purpose, "value": tag}]
    if note:
        bodies.append({"type": "TextualBody", "purpose": "commenting", "format": "text/plain", "value": note})
    return bodies


def _frame(record: Annotation | Link) -> JsonObject:
    frame: dict[str, object] = {}
    if record.author is not None:
        frame["creator"] = {"type": "Person", "name": record.author}
    if record.created_at is not None:
        frame["created"] = record.created_at
    if record.updated_at is not None:
        frame["modified"] = record.updated_at
    return frame | {
        "nd:attributes": record.attributes,
        "nd:state": record.state,
        "nd:version": record.version,
        "nd:origin": record.origin,
    }


WEB_ANNOTATION: Final = Codec(
    name="webannotation",
    media_type="application/ld+json",
    extension="jsonld",
    losses=(),
    read=read,
    write=write,
)
