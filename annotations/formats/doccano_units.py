"""Which unit the offsets of a doccano file count: found by trying each on the texts, and refused when that is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, combinations

import regex

from annotations.anchoring.anchor import Segment
from annotations.anchoring.boundaries import splits_grapheme
from annotations.anchoring.units import utf16_to_code_points
from annotations.errors import FieldError, InvalidInput, Unprocessable

_CLUSTER = regex.compile(r"\X")


class Unit(StrEnum):
    """What offsets may count."""

    CODE_POINTS = "code points"
    UTF16 = "UTF-16 units"
    GRAPHEMES = "graphemes"


@dataclass(frozen=True, slots=True)
class Span:
    """A span as the file says it; `words` where the file says which words it covers."""

    line: int
    start: int
    end: int
    words: str | None


Places = Mapping[Unit, Segment]


class Inference:
    """Collects what the spans of all lines allow; one unit holds for the whole file."""

    def __init__(self) -> None:
        self._possible = set(Unit)
        self._cuts: dict[Unit, int] = dict.fromkeys(Unit, 0)
        # The first line on which two units lead to different places.
        self._apart: dict[tuple[Unit, Unit], int] = {}
        self._is_told = True

    def places(self, text: str, spans: Sequence[Span], *, is_told: bool) -> list[Places]:
        """Give where each span may lie: nothing for a span that no unit makes sense of.

        `is_told` where the line says that it counts code points; that alone proves nothing once spans were added
        elsewhere, so each must come with its words.
        """
        self._is_told = self._is_told and is_told and all(span.words is not None for span in spans)
        ways = {Unit.CODE_POINTS: _code_points(text, spans)}
        # In ASCII a character is one of everything, but for a carriage return with its line feed.
        if not text.isascii() or "\r" in text:
            ways |= {Unit.UTF16: _utf16(text, spans), Unit.GRAPHEMES: _graphemes(text, spans)}
        found: list[Places] = []
        for number, span in enumerate(spans):
            tried = {unit: _legal(text, segments[number], span) for unit, segments in ways.items()}
            places = {unit: segment for unit, segment in tried.items() if segment is not None}
            if len(ways) > 1:
                self._note(text, span.line, places)
            elif places:
                places = dict.fromkeys(Unit, places[Unit.CODE_POINTS])
            found.append(places)
        return found

    def unit(self) -> Unit:
        """Answer the unit. Raises: Unprocessable `undecidable_offsets`."""
        if self._is_told and Unit.CODE_POINTS in self._possible:
            return Unit.CODE_POINTS
        apart = [line for pair, line in self._apart.items() if self._possible.issuperset(pair)]
        if self._possible and not apart:
            return next(unit for unit in Unit if unit in self._possible)
        whole = [unit for unit in self._possible if not self._cuts[unit]]
        if len(whole) == 1:
            return whole[0]
        open_ = " or ".join(sorted(self._possible)) or "several units at once"
        detail = f"The offsets may count {open_}: the texts do not tell. Send them with their words."
        errors = [FieldError("", "undecidable_offsets", detail, line=min(apart or self._apart.values(), default=None))]
        raise Unprocessable(detail, code="undecidable_offsets", errors=errors)

    def _note(self, text: str, line: int, places: Places) -> None:
        if not places:
            return
        self._possible &= places.keys()
        for first, second in combinations(places, 2):
            if places[first] != places[second]:
                self._apart.setdefault((first, second), line)
        for unit, segment in places.items():
            self._cuts[unit] += _cuts_word(text, segment.start) + _cuts_word(text, segment.end)


_Segments = list[Segment | None]


def _legal(text: str, segment: Segment | None, span: Span) -> Segment | None:
    if segment is None:
        return None
    words = text[segment.start : segment.end]
    if not words.strip() or (span.words is not None and words != span.words):
        return None
    if splits_grapheme(text, segment.start) or splits_grapheme(text, segment.end):
        return None
    return segment


def _code_points(text: str, spans: Sequence[Span]) -> _Segments:
    return [Segment(span.start, span.end) if 0 <= span.start < span.end <= len(text) else None for span in spans]


def _graphemes(text: str, spans: Sequence[Span]) -> _Segments:
    edges = list(accumulate((len(cluster) for cluster in _CLUSTER.findall(text)), initial=0))
    return [
        Segment(edges[span.start], edges[span.end]) if 0 <= span.start < span.end < len(edges) else None
        for span in spans
    ]


def _utf16(text: str, spans: Sequence[Span]) -> _Segments:
    """Convert all at once, or one by one when an offset is none."""
    try:
        points = utf16_to_code_points(text, [edge for span in spans for edge in (span.start, span.end)])
    except InvalidInput:
        return [one for span in spans for one in (_utf16(text, [span]) if len(spans) > 1 else [None])]
    pairs = zip(points[::2], points[1::2], strict=True)
    return [Segment(start, end) if start < end else None for start, end in pairs]


def _cuts_word(text: str, position: int) -> bool:
    return 0 < position < len(text) and text[position - 1].isalnum() and text[position].isalnum()
