"""Edges of characters as people see them (grapheme clusters), and of words.

Everything here looks at a window around the position, never at the whole text.
"""

from functools import lru_cache

import regex

from annotations.anchoring.anchor import Segment

CLUSTER = regex.compile(r"\X")
# Whether these two belong together depends on what stands before them (UAX 29, GB9c and GB11).
NEEDS_CONTEXT = regex.compile(r"[\p{GCB=Extend}\p{GCB=ZWJ}][\p{Extended_Pictographic}\p{InCB=Consonant}]")
WORD_EDGE = regex.compile(r"(?w)\b")

# Read backwards from a position: signs that join what stands before them, and flags, which pair up from the first.
JOINING = regex.compile(r"(?r)[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]+")
FLAGS = regex.compile(r"(?r)\p{Regional_Indicator}+")

# How far back such signs are counted: as long as a block. Beyond it no text makes sense, but every call stays quick.
LONGEST_RUN = 4_000
LONGEST_WORD = 256


def splits_grapheme(text: str, position: int) -> bool:
    """Tell whether a position lies inside a grapheme cluster; the ends of the text and beyond never do."""
    return edge_before(text, position) != position


def edge_before(text: str, position: int) -> int:
    """Give the last grapheme edge at or before a position."""
    if not 0 < position < len(text) or _stands_apart(text[position - 1 : position + 1]):
        return position
    start = _certain_edge(text, position)
    if start == position:
        return position
    # A slice, not bounds: the pattern would look back beyond a bound to count flags.
    *_, cluster = CLUSTER.finditer(text[start : position + 1])
    return start + cluster.start()


def edge_after(text: str, position: int) -> int:
    """Give the first grapheme edge at or after a position."""
    start = edge_before(text, position)
    if start == position:
        return position
    clusters = CLUSTER.finditer(text[start : position + LONGEST_RUN])
    return start + next(clusters).end()


def nearest_grapheme_edges(text: str, segment: Segment) -> Segment:
    """Widen a segment to the nearest edges that keep all of every character it touches."""
    return Segment(edge_before(text, segment.start), edge_after(text, segment.end))


def trim_blanks(text: str, segment: Segment) -> Segment | None:
    """Take white space off both ends, never part of a character; None when nothing else is there."""
    words = text[segment.start : segment.end]
    if not words.strip():
        return None
    stop = segment.start + len(words)
    start = edge_before(text, stop - len(words.lstrip()))
    end = edge_after(text, segment.start + len(words.rstrip()))
    return Segment(max(start, segment.start), min(end, stop))


def snap_to_words(text: str, segment: Segment) -> Segment:
    """Widen a segment to whole words (UAX 29), so that no word of any script is cut, nor any character."""
    start = max(0, min(segment.start, len(text)))
    end = max(start, min(segment.end, len(text)))
    return Segment(edge_before(text, _word_start(text, start)), edge_after(text, _word_end(text, end)))


def _certain_edge(text: str, position: int) -> int:
    """Go back to an edge from which clusters can be counted without knowing what stands before it."""
    lowest = max(0, position - LONGEST_RUN)
    while position > lowest:
        pair = text[position - 1 : position + 1]
        if _stands_apart(pair):
            return position
        if FLAGS.fullmatch(pair) and _run_length(FLAGS, text, lowest, position) % 2 == 0:
            return position
        position -= max(1, _run_length(JOINING, text, lowest, position))
    return position


@lru_cache(maxsize=4096)
def _stands_apart(pair: str) -> bool:
    """Tell whether there is an edge between two code points whatever stands before them."""
    if pair.isascii():
        return pair != "\r\n"
    return not (FLAGS.fullmatch(pair) or CLUSTER.fullmatch(pair) or NEEDS_CONTEXT.match(pair))


def _run_length(pattern: "regex.Pattern[str]", text: str, lowest: int, position: int) -> int:
    found = pattern.match(text, lowest, position)
    return found.end() - found.start() if found else 0


def _word_start(text: str, position: int) -> int:
    low = max(0, position - LONGEST_WORD)
    return max((edge for edge in _word_edges(text, low, position) if edge <= position), default=position)


def _word_end(text: str, position: int) -> int:
    low = max(0, position - LONGEST_WORD)
    return min((edge for edge in _word_edges(text, low, position) if edge >= position), default=position)


def _word_edges(text: str, low: int, position: int) -> list[int]:
    window = text[low : position + LONGEST_WORD]
    return [low + found.start() for found in WORD_EDGE.finditer(window)]
