"""A text cut into the blocks a page shows it in, each of at most 4,000 code points."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

from annotations.anchoring.anchor import Segment
from annotations.anchoring.boundaries import edge_before, splits_grapheme

MAX_BLOCK = 4_000

# Both are searched from the end of a window backwards: the last place that fits makes the fewest blocks.
# The bounds and the look ahead keep the search linear in texts of nothing but blanks or closing marks.
SENTENCE_END = regex.compile(r"""(?r)[.!?…؟۔।॥]["'”’»“״׳)\]]{0,4}\s+(?!\s)|[。！？][」』”’）]{0,4}\s*(?!\s)""")
SPACE = regex.compile(r"(?r)\s+")


class Block(NamedTuple):
    """A paragraph, or one part of a long one; `continues` marks the parts after the first, which have no number."""

    start: int
    end: int
    number: int | None
    continues: bool


def split_blocks(text: str) -> tuple[Block, ...]:
    """Cut a text into blocks at each line feed, which belongs to none; lines of white space make no block.

    Longer lines are cut after a sentence, else after a space, else between characters.
    """
    blocks: list[Block] = []
    number, start = 0, 0
    for line in text.split("\n"):
        end = start + len(line)
        if line and not line.isspace():
            number += 1
            blocks.extend(_blocks_of_line(text, start, end, number))
        start = end + 1
    return tuple(blocks)


def blocks_touched(blocks: Sequence[Block], segments: Sequence[Segment]) -> tuple[Block, ...]:
    """Give the blocks that share text with any of the segments, in the order of the text, each once."""
    touched: set[int] = set()
    for segment in segments:
        first = bisect_right(blocks, segment.start, key=_end)
        after = bisect_left(blocks, segment.end, key=_start)
        touched.update(range(first, after))
    return tuple(blocks[index] for index in sorted(touched))


def _blocks_of_line(text: str, start: int, end: int, number: int) -> Iterator[Block]:
    at = start
    while at < end:
        cut = end if end - at <= MAX_BLOCK else _cut(text, at)
        yield Block(at, cut, number if at == start else None, at != start)
        at = cut


def _cut(text: str, start: int) -> int:
    """Find the best place to end a block that starts at `start`, at most `MAX_BLOCK` on."""
    limit = start + MAX_BLOCK
    for pattern in (SENTENCE_END, SPACE):
        for found in pattern.finditer(text, start, limit):
            if not splits_grapheme(text, found.end()):
                return int(found.end())
    edge = edge_before(text, limit)
    # One character longer than a block: the limit keeps pages usable, so it wins.
    return edge if edge > start else limit


def _start(block: Block) -> int:
    return block.start


def _end(block: Block) -> int:
    return block.end
