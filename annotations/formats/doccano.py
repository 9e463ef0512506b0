"""doccano's JSONL: an article a line, offsets in code points."""

from collections.abc import Iterator
from itertools import count
from typing import Final

import orjson

from annotations.formats.codec import Codec
from annotations.formats.doccano_reader import read, read_named
from annotations.formats.document import ArticleDocument, JsonObject
from annotations.formats.losses import (
    APART,
    CROSS_ARTICLE,
    DECISIONS,
    FRAME,
    GONE,
    METADATA,
    NO_ATTRIBUTES,
    NO_NOTES,
    PARTIES,
    REGISTRY,
    LossList,
)
from annotations.formats.outgoing import Outgoing


def write(outgoing: Outgoing) -> Iterator[bytes]:
    """Write a line for each article; `number` and `of` tell whether all came through."""
    lost = outgoing.lost
    lost.add_registry(outgoing.registry)
    # Ids are numbers, unique in the file.
    numbers = count(1)
    for number, document in zip(count(1), outgoing.articles, strict=False):
        line = _line(document, numbers, lost)
        yield orjson.dumps({"id": number, **line, "number": number, "of": outgoing.article_count}) + b"\n"
    lost.add_gone(outgoing.gone)


def _line(document: ArticleDocument, numbers: Iterator[int], lost: LossList) -> JsonObject:
    article = document.article
    lost.add_frames(document)
    entities: list[JsonObject] = []
    first: dict[str, int] = {}
    for annotation in document.annotations:
        lost.add_all(PARTIES, [annotation.id] if annotation.parties else [])
        lost.add_all(NO_ATTRIBUTES, [annotation.id] if annotation.attributes else [])
        lost.add_all(NO_NOTES, [annotation.id] if annotation.note else [])
        lost.add_all(APART, [annotation.id] if len(annotation.segments) > 1 else [])
        for segment, words in zip(annotation.segments, annotation.exact or (), strict=True):
            number = next(numbers)
            first.setdefault(annotation.id, number)
            place = {"label": annotation.kind, "start_offset": segment.start, "end_offset": segment.end}
            entities.append({"id": number, **place, "text": words, "record": annotation.id})
    relations: list[JsonObject] = []
    for link in document.links:
        if link.target not in first:
            lost.add(CROSS_ARTICLE, link.id)
            continue
        lost.add_all(NO_NOTES, [link.id] if link.note else [])
        ends = {"from_id": first[link.source], "to_id": first[link.target]}
        relations.append({"id": next(numbers), **ends, "type": link.link_type, **link.attributes})
    meta = {"offset_unit": "codepoint", "article": article.id, "title": article.title, "language": article.language}
    return {"text": document.text, "entities": entities, "relations": relations, **meta}


DOCCANO: Final = Codec(
    name="doccano",
    media_type="application/x-ndjson",
    extension="jsonl",
    losses=(FRAME, DECISIONS, REGISTRY, METADATA, CROSS_ARTICLE, PARTIES, NO_ATTRIBUTES, NO_NOTES, APART, GONE),
    read=read,
    read_named=read_named,
    write=write,
    needs_text=True,
)
