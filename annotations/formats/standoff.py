"""Segments that may not hold a line break: cut into fragments at every break, and joined again."""

import re
from collections.abc import Sequence
from typing import Final

from annotations.anchoring.anchor import Segment

# Everything at which some reader of lines breaks one; str.splitlines knows the same signs.
LINE_BREAKS: Final = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def fragments_of(text: str, segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Cut segments at line breaks, which lie in no fragment."""
    found: list[Segment] = []
    for segment in segments:
        at = segment.start
        for match in LINE_BREAKS.finditer(text, segment.start, segment.end):
            if match.start() > at:
                found.append(Segment(at, match.start()))
            at = match.end()
        if segment.end > at:
            found.append(Segment(at, segment.end))
    return tuple(found)


def joined(text: str, fragments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Join fragments between which nothing but line breaks stands."""
    found: list[Segment] = []
    for fragment in fragments:
        if found and LINE_BREAKS.fullmatch(text, found[-1].end, fragment.start):
            found[-1] = Segment(found[-1].start, fragment.end)
        else:
            found.append(fragment)
    return tuple(found)
