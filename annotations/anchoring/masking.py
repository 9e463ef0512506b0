"""Masked passages: the same number of code points, each a full block; and where words stand again elsewhere."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Final
from urllib.parse import quote

from annotations.anchoring.anchor import Segment

MASK: Final = "█"
# Shorter words are found only where they stand alone: else every "Ali" would be found in "quality".
_FREE_LENGTH: Final = 4
# What may stand between two words, also in an address.
_BETWEEN: Final = r"(?:[\s_.+-]|%20)+"


def mask(text: str, segments: Iterable[Segment]) -> str:
    """Put a full block for every code point of the segments; the length stays."""
    parts: list[str] = []
    last = 0
    for segment in sorted(segments):
        start = max(segment.start, last)
        if segment.end > start:
            parts += [text[last:start], MASK * (segment.end - start)]
            last = segment.end
    return "".join([*parts, text[last:]])


def is_masked(text: str, segments: Iterable[Segment]) -> bool:
    """Say whether nothing but full blocks stands at the segments."""
    return all(set(text[segment.start : segment.end]) == {MASK} for segment in segments)


def inside(span: Segment, segments: Iterable[Segment]) -> list[Segment]:
    """Cut segments of a text to one span of it, counted from the span's start."""
    cut = (Segment(max(s.start, span.start), min(s.end, span.end)) for s in sorted(segments))
    return [Segment(s.start - span.start, s.end - span.start) for s in cut if s.end > s.start]


def find_words(text: str, words: Collection[str]) -> list[Segment]:
    """Find every place of any of the words, in either case, with any white space, composed or not.

    Places that touch or overlap come as one.
    """
    if not words:
        return []
    return joined(Segment(*match.span()) for match in _pattern(frozenset(words)).finditer(text))


def joined(segments: Iterable[Segment]) -> list[Segment]:
    """Order segments and make one of those that touch or overlap."""
    found: list[Segment] = []
    for segment in sorted(segments):
        if found and segment.start <= found[-1].end:
            found[-1] = Segment(found[-1].start, max(found[-1].end, segment.end))
        else:
            found.append(segment)
    return found


def words_at(text: str, segments: Sequence[Segment]) -> list[str]:
    """Give the different words at the segments, without blanks at their ends; what is masked already is none."""
    pieces = (piece.strip() for segment in segments for piece in text[segment.start : segment.end].split(MASK))
    return list(dict.fromkeys(words for words in pieces if any(character.isalnum() for character in words)))


def forms_of(words: Iterable[str]) -> set[str]:
    """Write words as they may be stored: as they are, composed or not, and as in an address."""
    forms = {form for word in words for form in (word, *(unicodedata.normalize(n, word) for n in ("NFC", "NFD")))}
    return forms | {quote(form) for form in forms if not form.isascii()}


@cache
def _pattern(words: frozenset[str]) -> re.Pattern[str]:
    forms = forms_of(words)
    # The longest first, so that a full name is found before its first half.
    return re.compile("|".join(_written(form) for form in sorted(forms, key=len, reverse=True)), re.IGNORECASE)


def _written(word: str) -> str:
    escaped = _BETWEEN.join(re.escape(part) for part in word.split())
    return escaped if len(word) >= _FREE_LENGTH else rf"(?<!\w){escaped}(?!\w)"
