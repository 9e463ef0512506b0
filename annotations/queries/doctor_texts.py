"""Tells whether texts are as stored and all segments still hold their words. Offsets in code points."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeGuard

import orjson
from django.utils.translation import gettext as _

from annotations.anchoring.intake import text_digest
from annotations.anchoring.locate import MAX_SEGMENTS
from annotations.queries.doctor_snapshot import Finding, Snapshot, finding

# A text has up to five million code points, so few are held at once.
_TEXTS_AT_ONCE: Final = 8
_ARTICLES: Final = "SELECT id, project_id, text, sha256, length FROM article ORDER BY id"
_PLACES: Final = """
SELECT article_id, id, project_id, 0 AS number, to_jsonb(segments)::text, to_jsonb(exact)::text FROM annotation
UNION ALL
SELECT article_id, annotation_id, project_id, number, (content -> 'segments')::text, (content -> 'exact')::text
FROM annotation_version
ORDER BY 1, 2, 4
"""


def check_texts(snapshot: Snapshot) -> Iterator[Finding]:
    """Read each text once, together with all segments in it, of the records and of all their versions."""
    places = snapshot.stream(_PLACES)
    place = next(places, None)
    for article, project, text, sha256, length in snapshot.stream(_ARTICLES, rows_at_once=_TEXTS_AT_ONCE):
        yield from _check_article(article, project, text, (sha256, length))
        while place is not None and place[0] <= article:
            if place[0] == article:
                yield from _check_place(text, place)
            place = next(places, None)


def place_faults(text: str, segments: object, exact: object) -> Iterator[tuple[str, str]]:
    """Answer code and sentence of what is wrong with stored segments and their words."""
    if not _are_pairs(segments) or not isinstance(exact, list) or not all(isinstance(words, str) for words in exact):
        yield "segments_malformed", _("Its segments or words have not the shape of any.")
        return
    if not 1 <= len(segments) <= MAX_SEGMENTS or len(exact) != len(segments):
        counts = {"segments": len(segments), "exact": len(exact)}
        yield "segments_malformed", _("It has {segments} segments and {exact} exact texts.").format(**counts)
        return
    last_end = -1
    for number, ((start, end), words) in enumerate(zip(segments, exact, strict=True), start=1):
        where = {"number": number, "start": start, "end": end, "length": len(text)}
        if start < 0 or end > len(text):
            detail = _("Segment {number} [{start}, {end}) leaves the text, which has {length} code points.")
            yield "segment_out_of_range", detail.format(**where)
        elif end <= start:
            yield "segment_empty", _("Segment {number} [{start}, {end}) is empty.").format(**where)
        elif text[start:end] != words:
            yield "exact_differs", _("The text at segment {number} [{start}, {end}) is not its exact.").format(**where)
        if start <= last_end:
            detail = _("Segment {number} [{start}, {end}) touches or precedes the one before.")
            yield "segments_not_ordered", detail.format(**where)
        last_end = max(last_end, end)


def _check_article(article: object, project: object, text: str, stored: tuple[str, int]) -> Iterator[Finding]:
    sha256, length = stored
    if text_digest(text) != sha256:
        yield finding("text_changed", "article", article, project, _("The text does not have the stored SHA-256."))
    if len(text) != length:
        detail = _("The text has {found} code points instead of {length}.").format(found=len(text), length=length)
        yield finding("text_changed", "article", article, project, detail)


def _check_place(text: str, place: Sequence[Any]) -> Iterator[Finding]:
    _article, identifier, project, number, segments, exact = place
    for code, detail in place_faults(text, _read(segments), _read(exact)):
        of_version = _("Version {number}: ").format(number=number) if number else ""
        yield finding(code, "annotation", identifier, project, of_version + detail)


def _read(written: str | None) -> object:
    return None if written is None else orjson.loads(written)


def _are_pairs(segments: object) -> TypeGuard[list[list[int]]]:
    return isinstance(segments, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(type(offset) is int for offset in pair) for pair in segments
    )
