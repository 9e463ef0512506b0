"""Overlapping marks of a block as properly nested pieces, ready to render."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

from annotations.anchoring.anchor import Segment
from annotations.anchoring.blocks import Block

# Of two marks of equal extent the earlier kind is outside, as on the page: a quote holds its claim.
KIND_ORDER = {"quote": 0, "claim": 1, "counterclaim": 2, "party": 3, "cue": 4}


class Mark(NamedTuple):
    """An annotation as the text shows it; segments are ordered and do not touch."""

    id: str
    kind: str
    segments: tuple[Segment, ...]


class Piece(NamedTuple):
    """A stretch of one mark inside one block; `first` and `last` are those of the whole annotation."""

    id: str
    kind: str
    first: bool
    last: bool
    children: "tuple[Piece | str, ...]"


class _Stretch(NamedTuple):
    """A mark's segment within one block. Sorted as it nests: earlier, then longer, outside."""

    start: int
    reach: int  # the segment's true end, negated
    rank: int
    id: str
    end: int
    kind: str
    is_first: bool
    is_last: bool


@dataclass(slots=True)
class _Open:
    """A piece whose end has not come yet."""

    stretch: _Stretch
    first: bool
    children: list[Piece | str] = field(default_factory=list)


def marks_by_block(blocks: Sequence[Block], marks: Sequence[Mark]) -> list[list[Mark]]:
    """Give the marks that each block shows, in the order of `marks`. O(n log n).

    `blocks` are all blocks of the text: with some of them, marks that reach beyond would seem to end together and nest
    otherwise. An end that lies between two blocks is moved to the block that shows the mark's first or last character,
    so that one of the pieces is the first and one the last.
    """
    starts = [block.start for block in blocks]
    ends = [block.end for block in blocks]
    shown: list[list[Mark]] = [[] for _ in blocks]
    for mark in marks:
        fitted = _fitted(mark, starts, ends)
        filled = -1
        for segment in fitted.segments:
            index = max(bisect_right(ends, segment.start), filled + 1)
            while index < len(starts) and starts[index] < segment.end:
                shown[index].append(fitted)
                filled = index
                index += 1
    return shown


def pieces_of_block(text_of_block: str, block: Block, marks: Sequence[Mark]) -> tuple[Piece | str, ...]:
    """Nest a block's marks, as `marks_by_block` gives them, around its text.

    Tags that cross are closed and opened again. Reading the strings in order gives exactly the block's text.
    """
    stretches = sorted(_stretches(block, marks))
    if not stretches:
        return (text_of_block,) if text_of_block else ()
    return _Nesting(text_of_block, block.start).nest(stretches)


class _Nesting:
    """One pass over a block from left to right, with the pieces open at the moment, the outermost first."""

    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.offset = offset
        self.position = offset
        self.root: list[Piece | str] = []
        self.open: list[_Open] = []
        self.ends: list[int] = []

    def nest(self, stretches: Sequence[_Stretch]) -> tuple[Piece | str, ...]:
        index = 0
        while index < len(stretches) or self.ends:
            self._read_to(self._next_edge(stretches, index))
            opening = self._close()
            reopened = len(opening)
            while index < len(stretches) and stretches[index].start == self.position:
                opening.append(_Open(stretches[index], stretches[index].is_first))
                heappush(self.ends, stretches[index].end)
                index += 1
            if 0 < reopened < len(opening):
                opening.sort(key=_nesting_order)
            self.open.extend(opening)
        self._read_to(self.offset + len(self.text))
        return tuple(self.root)

    def _next_edge(self, stretches: Sequence[_Stretch], index: int) -> int:
        if index == len(stretches):
            return self.ends[0]
        start = stretches[index].start
        return min(start, self.ends[0]) if self.ends else start

    def _read_to(self, position: int) -> None:
        if position > self.position:
            words = self.text[self.position - self.offset : position - self.offset]
            (self.open[-1].children if self.open else self.root).append(words)
            self.position = position

    def _close(self) -> list[_Open]:
        """Close what ends here and all that is open inside it; give what has to be opened again."""
        ending = 0
        while self.ends and self.ends[0] == self.position:
            heappop(self.ends)
            ending += 1
        reopening: list[_Open] = []
        while ending:
            closed = self.open.pop()
            stretch = closed.stretch
            is_ending = stretch.end == self.position
            piece = Piece(stretch.id, stretch.kind, closed.first, is_ending and stretch.is_last, tuple(closed.children))
            (self.open[-1].children if self.open else self.root).append(piece)
            if is_ending:
                ending -= 1
            else:
                reopening.append(_Open(stretch, first=False))
        reopening.reverse()
        return reopening


def _stretches(block: Block, marks: Sequence[Mark]) -> Iterator[_Stretch]:
    low, high = block.start, block.end
    for mark in marks:
        rank = KIND_ORDER.get(mark.kind, len(KIND_ORDER))
        final = len(mark.segments) - 1
        for index, segment in enumerate(mark.segments):
            start, end = segment.start, segment.end
            if start >= high or end <= low:
                continue
            is_first = index == 0 and start >= low
            is_last = index == final and end <= high
            yield _Stretch(max(start, low), -end, rank, mark.id, min(end, high), mark.kind, is_first, is_last)


def _nesting_order(opening: _Open) -> tuple[int, int, str]:
    return opening.stretch.reach, opening.stretch.rank, opening.stretch.id


def _fitted(mark: Mark, starts: Sequence[int], ends: Sequence[int]) -> Mark:
    """Move ends of the mark that lie between blocks to the blocks' edges."""
    head, tail = mark.segments[0], mark.segments[-1]
    above = bisect_right(ends, head.start)
    start = max(head.start, starts[above]) if above < len(starts) else head.start
    below = bisect_right(starts, tail.end - 1) - 1
    end = min(tail.end, ends[below]) if below >= 0 else tail.end
    if start == head.start and end == tail.end:
        return mark
    if len(mark.segments) == 1:
        return Mark(mark.id, mark.kind, (Segment(start, end),))
    middle = mark.segments[1:-1]
    return Mark(mark.id, mark.kind, (Segment(start, head.end), *middle, Segment(tail.start, end)))
