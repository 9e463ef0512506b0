"""Rows of annotations and links as lines of COPY's text format, made without a model: an import makes many.

Beside each record stands its first version, whose content is written once: its digest goes into the event.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from annotations.anchoring.anchor import Segment
from annotations.formats import document
from annotations.formats.document import JsonObject
from annotations.rules.chain import canonical_json
from annotations.services.copying import escaped

COLUMNS: Final[Mapping[str, str]] = {
    "annotation": "id, project_id, article_id, kind, segments, exact, attributes, parties, note, author_id, origin, "
    "state, version, was_turned, created_at, updated_at",
    "annotation_version": "project_id, article_id, annotation_id, number, content, editor_id, at",
    "link": "id, project_id, type, source_id, target_id, source_article_id, target_article_id, attributes, note, "
    "author_id, origin, state, version, created_at, updated_at",
    "link_version": "project_id, article_id, link_id, number, content, editor_id, at",
}
# What must be escaped in an element of an array.
_IN_ELEMENT: Final = re.compile(r'["\\]')
# The parties of a mention, and the origin.
_Rest = tuple[list[str], JsonObject]


class RowWriter:
    """Writes the rows of one importer into one project, all of one moment."""

    def __init__(self, project: UUID, author: UUID, at: datetime) -> None:
        """Take what all rows share."""
        self._project, self._author, self._at = str(project), str(author), at.isoformat()

    def annotation(
        self, pk: str, article: str, record: document.Annotation, exact: Sequence[str], rest: _Rest
    ) -> tuple[str, str, str]:
        """Write an annotation and its version. Answer the content's digest too."""
        parties, origin = rest
        segments = [[segment.start, segment.end] for segment in record.segments]
        content, digest = _content(
            {
                "attributes": record.attributes,
                "exact": exact,
                "kind": record.kind,
                "note": record.note,
                "parties": parties,
                "segments": segments,
            }
        )
        row = (
            f"{pk}\t{self._project}\t{article}\t{record.kind}\t{_places(record.segments)}\t{_texts(exact)}"
            f"\t{_json(record.attributes)}\t{{{','.join(parties)}}}\t{escaped(record.note)}\t{self._author}"
            f"\t{_json(origin)}\tdraft\t1\tf\t{self._at}\t{self._at}\n"
        )
        return row, self._version(article, pk, content), digest

    def link(
        self, pk: str, ends: tuple[str, str, str, str], record: document.Link, origin: JsonObject
    ) -> tuple[str, str, str]:
        """Write a link and its version; `ends` are both annotations, then their articles."""
        content, digest = _content({"attributes": record.attributes, "note": record.note})
        row = (
            f"{pk}\t{self._project}\t{record.link_type}\t{ends[0]}\t{ends[1]}\t{ends[2]}\t{ends[3]}"
            f"\t{_json(record.attributes)}\t{escaped(record.note)}\t{self._author}\t{_json(origin)}"
            f"\tdraft\t1\t{self._at}\t{self._at}\n"
        )
        return row, self._version(ends[2], pk, content), digest

    def _version(self, article: str, pk: str, content: str) -> str:
        return f"{self._project}\t{article}\t{pk}\t1\t{content}\t{self._author}\t{self._at}\n"


def _content(content: dict[str, object]) -> tuple[str, str]:
    """Write a version's content in its canonical form, ready for COPY, and digest it."""
    raw = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    if b"quantity" in raw:
        # Only there stand decimal numbers, which two libraries write in two ways.
        raw = canonical_json(content).encode()
    return raw.replace(b"\\", b"\\\\").decode(), hashlib.sha256(raw).hexdigest()


def _json(value: JsonObject) -> str:
    return orjson.dumps(value).replace(b"\\", b"\\\\").decode() if value else "{}"


def _places(segments: Sequence[Segment]) -> str:
    return "{" + ",".join([f"{{{segment.start},{segment.end}}}" for segment in segments]) + "}"


def _texts(texts: Sequence[str]) -> str:
    return escaped("{" + ",".join([f'"{_IN_ELEMENT.sub(_with_backslash, text)}"' for text in texts]) + "}")


def _with_backslash(found: re.Match[str]) -> str:
    return "\\" + found[0]
