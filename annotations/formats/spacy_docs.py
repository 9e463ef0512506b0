"""spaCy: a DocBin, or JSONL to make one of; needs the optional package spacy for the former."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

import orjson

from annotations.anchoring.anchor import Segment
from annotations.formats.codec import Codec
from annotations.formats.document import Annotation, ArticleDocument, JsonObject
from annotations.formats.losses import (
    CROSS_ARTICLE,
    DECISIONS,
    FRAME,
    GONE,
    METADATA,
    REGISTRY,
    Loss,
    LossList,
)
from annotations.formats.outgoing import Outgoing

# Where to find the spans of a document: doc.spans[KEY]; a Doc's links are doc._.newsdesk_links.
KEY: Final = "newsdesk"
EXTENSION: Final = "newsdesk_links"
DOCBIN: Final = "docbin"
JSONL: Final = "jsonl"
WIDENED: Final = Loss(
    "widened", "A segment that cuts a token, or ends in a blank, is moved to the edges of whole tokens."
)


def write(outgoing: Outgoing) -> Iterator[bytes]:
    """Write one DocBin, or a line for each article."""
    outgoing.lost.add_registry(outgoing.registry)
    yield from _lines(outgoing) if outgoing.flavour == JSONL else _docbin(outgoing)
    outgoing.lost.add_gone(outgoing.gone)


def _lines(outgoing: Outgoing) -> Iterator[bytes]:
    for document in outgoing.articles:
        outgoing.lost.add_frames(document)
        spans = [
            {"start": segment.start, "end": segment.end, "label": annotation.kind, "id": _span_id(annotation, number)}
            for annotation in document.annotations
            for number, segment in enumerate(annotation.segments)
        ]
        article = {"id": document.article.id, "language": document.article.language}
        line = {"text": document.text, "spans": {KEY: spans}, **_user_data(document, outgoing.lost), "meta": article}
        yield orjson.dumps(line) + b"\n"


def _docbin(outgoing: Outgoing) -> Iterator[bytes]:
    """Collect all documents: a DocBin is compressed in one piece, so this export alone grows with the set."""
    spacy = _spacy()
    tokenize = spacy.blank("xx").make_doc
    collected = spacy.tokens.DocBin(attrs=["ORTH", "SPACY"], store_user_data=True)
    for document in outgoing.articles:
        outgoing.lost.add_frames(document)
        collected.add(_doc(tokenize(document.text), document, outgoing.lost))
    yield collected.to_bytes()


@cache
def _spacy() -> Any:
    """Load spaCy, which takes seconds that most processes never need."""
    spacy = import_module("spacy")
    import_module("spacy.tokens").Doc.set_extension(EXTENSION, default=None, force=True)
    return spacy


def _doc(doc: Any, document: ArticleDocument, lost: LossList) -> Any:
    spans = []
    for annotation in document.annotations:
        is_widened = False
        for number, segment in enumerate(annotation.segments):
            made = _span(doc, segment, annotation, number)
            is_widened = is_widened or (made.start_char, made.end_char) != (segment.start, segment.end)
            spans.append(made)
        if is_widened:
            lost.add(WIDENED, annotation.id)
    doc.spans[KEY] = spans
    user_data = _user_data(document, lost)
    doc._.set(EXTENSION, user_data["links"])
    doc.user_data.update({"id": document.article.id, "annotations": user_data["annotations"]})
    return doc


def _span(doc: Any, segment: Segment, annotation: Annotation, number: int) -> Any:
    identifier = _span_id(annotation, number)
    # Left alone, spaCy answers None for a span that cuts a token, and says nothing.
    return doc.char_span(segment.start, segment.end, label=annotation.kind, span_id=identifier, alignment_mode="expand")


def _span_id(annotation: Annotation, number: int) -> str:
    """Name a segment: the annotation's id, and the number of each further one."""
    return f"{annotation.id}/{number}" if number else annotation.id


def _user_data(document: ArticleDocument, lost: LossList) -> Mapping[str, list[JsonObject]]:
    ids = {annotation.id for annotation in document.annotations}
    links: list[JsonObject] = []
    for link in document.links:
        if link.target in ids:
            own = {"type": link.link_type, "source": link.source, "target": link.target}
            links.append({"id": link.id, **own, "attributes": dict(link.attributes), "note": link.note})
        else:
            lost.add(CROSS_ARTICLE, link.id)
    annotations: list[JsonObject] = [
        {
            "id": annotation.id,
            "attributes": dict(annotation.attributes),
            "parties": list(annotation.parties),
            "note": annotation.note,
        }
        for annotation in document.annotations
    ]
    return {"links": links, "annotations": annotations}


SPACY: Final = Codec(
    name="spacy",
    media_type="application/octet-stream",
    extension="spacy",
    losses=(WIDENED, CROSS_ARTICLE, FRAME, DECISIONS, REGISTRY, METADATA, GONE),
    read=None,
    write=write,
    flavours=(DOCBIN, JSONL),
    needs_text=True,
    needs="spacy",
    other_types={JSONL: ("application/x-ndjson", "jsonl")},
)
