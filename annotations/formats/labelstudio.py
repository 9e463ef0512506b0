"""Label Studio's JSON: a task an article, offsets in UTF-16 units; attributes are choices and texts of the region."""

from collections.abc import Iterator
from itertools import count
from typing import Final

import orjson

from annotations.anchoring.units import code_points_to_utf16
from annotations.formats.codec import Codec
from annotations.formats.document import Annotation, ArticleDocument, JsonObject, Link
from annotations.formats.labelstudio_reader import OWN, read, read_named
from annotations.formats.losses import (
    APART,
    CROSS_ARTICLE,
    DECISIONS,
    FRAME,
    GONE,
    METADATA,
    PARTIES,
    REGISTRY,
    Loss,
    LossList,
)
from annotations.formats.outgoing import Outgoing

QUANTITIES: Final = Loss("attributes", "Quantities stay behind.")
LINK_NOTES: Final = Loss("notes", "Notes of links stay behind.")
_TEXTS: Final = frozenset({"paraphrase", "place", "event_date"})


def write(outgoing: Outgoing) -> Iterator[bytes]:
    """Write one list of tasks."""
    lost = outgoing.lost
    lost.add_registry(outgoing.registry)
    yield b"["
    for number, document in zip(count(1), outgoing.articles, strict=False):
        yield (b",\n" if number > 1 else b"\n") + orjson.dumps(_task(number, document, lost))
    yield b"\n]\n"
    lost.add_gone(outgoing.gone)


def _task(number: int, document: ArticleDocument, lost: LossList) -> JsonObject:
    article = document.article
    lost.add_frames(document)
    offsets = [
        edge
        for annotation in document.annotations
        for segment in annotation.segments
        for edge in (segment.start, segment.end)
    ]
    places = iter(code_points_to_utf16(document.text, offsets))
    results: list[JsonObject] = []
    for annotation in document.annotations:
        results += _regions(annotation, places, lost)
    ids = {annotation.id for annotation in document.annotations}
    results += [_relation(link, lost) for link in document.links if _is_here(link, ids, lost)]
    data = {"text": document.text, "article": article.id, "title": article.title, "language": article.language}
    return {"id": number, "data": data, "annotations": [{"id": number, "result": results}]}


def _regions(annotation: Annotation, places: Iterator[int], lost: LossList) -> Iterator[JsonObject]:
    """Make a region for each segment, then the attributes of the first."""
    if annotation.parties:
        lost.add(PARTIES, annotation.id)
    if len(annotation.segments) > 1:
        lost.add(APART, annotation.id)
    meta = {"text": [annotation.note]} if annotation.note else {}
    first: JsonObject = {}
    for number, words in enumerate(annotation.exact or ()):
        place: JsonObject = {"start": next(places), "end": next(places), "text": words}
        region = {
            "id": f"{annotation.id}/{number}" if number else annotation.id,
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {**place, "labels": [annotation.kind]},
            "meta": {**meta, OWN: {"record": annotation.id}},
        }
        first = first or place
        yield region
    for name, value in annotation.attributes.items():
        if name == "quantity":
            lost.add(QUANTITIES, annotation.id)
            continue
        said = "true" if value is True else value
        sort, key = ("textarea", "text") if name in _TEXTS else ("choices", "choices")
        own = {"id": annotation.id, "from_name": name, "to_name": "text", "type": sort}
        yield {**own, "value": {"start": first["start"], "end": first["end"], key: [said]}}


def _is_here(link: Link, ids: set[str], lost: LossList) -> bool:
    if link.target in ids:
        return True
    lost.add(CROSS_ARTICLE, link.id)
    return False


def _relation(link: Link, lost: LossList) -> JsonObject:
    if link.note:
        lost.add(LINK_NOTES, link.id)
    labels = [link.link_type, *link.attributes.values()]
    ends = {"from_id": link.source, "to_id": link.target}
    return {"type": "relation", **ends, "direction": "right", "labels": labels}


LABEL_STUDIO: Final = Codec(
    name="labelstudio",
    media_type="application/json",
    extension="json",
    losses=(FRAME, DECISIONS, REGISTRY, METADATA, CROSS_ARTICLE, PARTIES, QUANTITIES, LINK_NOTES, APART, GONE),
    read=read,
    read_named=read_named,
    write=write,
    needs_text=True,
)
