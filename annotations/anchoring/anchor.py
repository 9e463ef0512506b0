"""The ways to point at text, as plain values. Offsets are code points, half-open.

Segments are named tuples, as blocks and marks are: a page makes and compares thousands of them.
"""

from dataclasses import dataclass
from typing import NamedTuple


class Segment(NamedTuple):
    """One unbroken stretch of a text, from `start` up to but not including `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of one segment with what stands right before and after them."""

    exact: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where an annotation stood and what it said; one quote for each segment, in the same order."""

    segments: tuple[Segment, ...]
    quotes: tuple[Quote, ...]
