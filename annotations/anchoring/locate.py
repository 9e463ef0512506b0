"""Is the text really there, and where is it now? Segments are checked and found again here, and nowhere else."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from annotations.anchoring.anchor import Anchor, Quote, Segment
from annotations.anchoring.boundaries import edge_after, edge_before, nearest_grapheme_edges, splits_grapheme
from annotations.errors import FieldError, InvalidFields, SplitsGrapheme, TextMismatch

MAX_SEGMENTS = 50
CONTEXT = 32
# A one-letter quote can occur a million times; beyond these, only the nearest places are compared.
MAX_CANDIDATES = 10_000

PREFIX_WEIGHT = 20
SUFFIX_WEIGHT = 20
DISTANCE_WEIGHT = 2


class How(StrEnum):
    """What an anchor was found by, from the surest to not at all."""

    POSITION = "position"
    QUOTE = "quote"
    CONTEXT = "context"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Located:
    """Where an anchor lies in a text; no segments when it is lost."""

    segments: tuple[Segment, ...]
    how: How


def check_segments(text: str, segments: Sequence[Segment], exact: Sequence[str]) -> None:
    """Refuse segments that are malformed, cut a character, or do not hold the `exact` texts.

    Raises: InvalidFields (`required`, `too_long`, `count_differs`, `out_of_range`, `empty`, `not_ordered`, `blank`),
    then SplitsGrapheme with the nearest legal offsets, then TextMismatch with the stored texts.
    """
    if len(segments) == len(exact) == 1 and _is_right(text, segments[0], exact[0]):
        return
    errors = _list_errors(segments, exact) or [*_segment_errors(segments), *_exact_errors(exact)]
    if errors:
        raise InvalidFields(errors)
    if any(_is_split(text, segment) for segment in segments):
        nearest = [nearest_grapheme_edges(text, segment) for segment in segments]
        raise SplitsGrapheme(nearest=[(segment.start, segment.end) for segment in nearest])
    stored = [text[segment.start : segment.end] for segment in segments]
    # A slice past the end is shorter than the segment, so equal words alone do not prove the place.
    if stored != list(exact) or segments[-1].end > len(text):
        raise TextMismatch(stored=stored)


def locate(anchor: Anchor, text: str) -> Located:
    """Find an anchor's segments in a text: where they were, else by their words, else by words and context.

    Every segment found holds its quote exactly and cuts no character. One that cannot be found loses the whole.
    """
    found: list[Segment] = []
    ways = {How.POSITION}
    lowest = 0
    for segment, quote in zip(anchor.segments, anchor.quotes, strict=True):
        place, how = _locate_one(text, segment, quote, lowest)
        if place is None:
            return Located((), How.LOST)
        found.append(place)
        ways.add(how)
        lowest = place.end + 1
    if not found:
        return Located((), How.LOST)
    return Located(tuple(found), max(ways, key=list(How).index))


def quote_of(text: str, segment: Segment, context: int = CONTEXT) -> Quote:
    """Cut a segment's words with at most `context` code points before and after, between whole characters."""
    before = min(edge_after(text, max(0, segment.start - context)), segment.start)
    after = max(edge_before(text, min(len(text), segment.end + context)), segment.end)
    return Quote(
        exact=text[segment.start : segment.end],
        prefix=text[before : segment.start],
        suffix=text[segment.end : after],
    )


def prefix_score(text: str, start: int, prefix: str) -> float:
    """Give the share of the prefix that stands right before `start`; 1 for an empty prefix."""
    if not prefix:
        return 1.0
    before = text[max(0, start - len(prefix)) : start]
    return _shared_length(before[::-1], prefix[::-1]) / len(prefix)


def suffix_score(text: str, end: int, suffix: str) -> float:
    """Give the share of the suffix that stands right after `end`; 1 for an empty suffix."""
    if not suffix:
        return 1.0
    return _shared_length(text[end : end + len(suffix)], suffix) / len(suffix)


def distance_score(length: int, start: int, expected: int) -> float:
    """Give 1 for the expected place, falling to 0 at a distance of the whole text's length."""
    return max(0.0, 1.0 - abs(start - expected) / max(length, 1))


def context_score(text: str, place: Segment, quote: Quote, expected: int) -> float:
    """Weigh prefix, suffix and distance together, from 0 to 1. The context outweighs any distance."""
    total = (
        PREFIX_WEIGHT * prefix_score(text, place.start, quote.prefix)
        + SUFFIX_WEIGHT * suffix_score(text, place.end, quote.suffix)
        + DISTANCE_WEIGHT * distance_score(len(text), place.start, expected)
    )
    return total / (PREFIX_WEIGHT + SUFFIX_WEIGHT + DISTANCE_WEIGHT)


def _is_right(text: str, segment: Segment, words: str) -> bool:
    """Tell at once what nearly always holds: one segment, inside the text, with its words, that cuts nothing."""
    start, end = segment.start, segment.end
    if not 0 <= start < end <= len(text) or text[start:end] != words or words.isspace():
        return False
    return not _is_split(text, segment)


def _list_errors(segments: Sequence[Segment], exact: Sequence[str]) -> list[FieldError]:
    if not segments:
        return [FieldError("segments", "required", "Send at least one segment.")]
    if len(segments) > MAX_SEGMENTS:
        return [FieldError("segments", "too_long", f"An annotation has at most {MAX_SEGMENTS} segments.")]
    if len(exact) != len(segments):
        return [FieldError("exact", "count_differs", "Send one exact text for each segment.")]
    return []


def _segment_errors(segments: Sequence[Segment]) -> list[FieldError]:
    errors: list[FieldError] = []
    previous_end = -1
    for index, segment in enumerate(segments):
        if segment.start < 0:
            errors.append(FieldError("segments", "out_of_range", "A segment starts at 0 or later.", index))
        elif segment.end <= segment.start:
            errors.append(FieldError("segments", "empty", "A segment ends after its start.", index))
        elif segment.start <= previous_end:
            detail = "Segments stand in order and leave something between them."
            errors.append(FieldError("segments", "not_ordered", detail, index))
        previous_end = max(previous_end, segment.end)
    return errors


def _exact_errors(exact: Sequence[str]) -> list[FieldError]:
    detail = "A segment holds more than white space."
    return [FieldError("exact", "blank", detail, index) for index, words in enumerate(exact) if not words.strip()]


def _is_split(text: str, segment: Segment) -> bool:
    return splits_grapheme(text, segment.start) or splits_grapheme(text, segment.end)


def _locate_one(text: str, segment: Segment, quote: Quote, lowest: int) -> tuple[Segment | None, How]:
    if segment.start >= lowest and _holds(text, segment, quote):
        return segment, How.POSITION
    places = _places(text, quote.exact, segment.start, lowest)
    if not places:
        return None, How.LOST
    if len(places) == 1:
        return places[0], How.QUOTE
    return max(places, key=lambda place: context_score(text, place, quote, segment.start)), How.CONTEXT


def _holds(text: str, segment: Segment, quote: Quote) -> bool:
    if not 0 <= segment.start < segment.end:
        return False
    return text[segment.start : segment.end] == quote.exact and not _is_split(text, segment)


def _places(text: str, words: str, expected: int, lowest: int) -> list[Segment]:
    """Find where the words stand as whole characters, at most `MAX_CANDIDATES` of them around `expected`."""
    if not words:
        return []
    starts: list[int] = []
    start = text.find(words, lowest)
    while start != -1:
        starts.append(start)
        start = text.find(words, start + 1)
    middle = bisect_left(starts, expected)
    near = starts[max(0, middle - MAX_CANDIDATES // 2) : middle + MAX_CANDIDATES // 2]
    places = [Segment(start, start + len(words)) for start in near]
    return [place for place in places if not _is_split(text, place)]


def _shared_length(one: str, other: str) -> int:
    """Count the code points that two texts have in common from their start."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))
