"""CoNLL-2003 in IOB2: word, two columns that say nothing, and the label; one layer of spans that never overlap."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from annotations.anchoring.anchor import Segment
from annotations.formats.codec import Codec
from annotations.formats.document import ArticleDocument
from annotations.formats.losses import (
    APART,
    DECISIONS,
    FRAME,
    GONE,
    LINKS,
    METADATA,
    NO_ATTRIBUTES,
    NO_NOTES,
    PARTIES,
    REGISTRY,
    Loss,
    LossList,
)
from annotations.formats.outgoing import Outgoing

OVERLAPPING: Final = Loss("overlapping", "A span that overlaps an outer or earlier one is left out.")
WIDENED: Final = Loss("widened", "A span that cuts a word is widened to the whole word.")

# Words with their marks and joiners, else one character as people see it; never a blank.
_TOKEN: Final = regex.compile(r"[\w\p{M}\u200c\u200d]+|(?![\s\p{C}])\X")
_SENTENCE_ENDS: Final = frozenset(".!?…。！？؟۔।")


def write(outgoing: Outgoing) -> Iterator[bytes]:
    """Write one part for each article, after a line -DOCSTART-."""
    outgoing.lost.add_registry(outgoing.registry)
    for document in outgoing.articles:
        yield "".join(_lines(document, outgoing.lost)).encode()
    outgoing.lost.add_gone(outgoing.gone)


@dataclass(frozen=True, slots=True)
class _Span:
    """A chosen span: its first and its last token, and its label."""

    first: int
    last: int
    kind: str


def _lines(document: ArticleDocument, lost: LossList) -> Iterator[str]:
    _lose(document, lost)
    text = document.text
    tokens = [Segment(*match.span()) for match in _TOKEN.finditer(text)]
    labels = ["O"] * len(tokens)
    inside = set()
    for span in _chosen(document, tokens, lost):
        labels[span.first] = f"B-{span.kind}"
        for number in range(span.first + 1, span.last + 1):
            labels[number] = f"I-{span.kind}"
            inside.add(number)
    yield "-DOCSTART- -X- O O\n\n"
    before = 0
    for number, (token, label) in enumerate(zip(tokens, labels, strict=True)):
        # A sentence never ends within a span: no reader could go on with it.
        if token.start > before and number and number not in inside and _ends_sentence(text, before, token.start):
            yield "\n"
        before = token.end
        yield f"{text[token.start : before]} -X- _ {label}\n"
    yield "\n"


def _chosen(document: ArticleDocument, tokens: Sequence[Segment], lost: LossList) -> Iterator[_Span]:
    """Choose the outermost spans, each as whole tokens; equal ones by the order of the document."""
    spans = [
        (segment, annotation.id, annotation.kind)
        for annotation in document.annotations
        for segment in annotation.segments
    ]
    spans.sort(key=lambda span: (span[0].start - span[0].end, span[0].start))
    starts, ends = [token.start for token in tokens], [token.end for token in tokens]
    taken = bytearray(len(tokens))
    left_out: set[str] = set()
    widened: set[str] = set()
    for segment, identifier, kind in spans:
        first, last = bisect_right(ends, segment.start), bisect_left(starts, segment.end) - 1
        if first > last or any(taken[first : last + 1]):
            left_out.add(identifier)
            continue
        if _edges(tokens, first, last) != _edges_of_words(document.text, segment):
            widened.add(identifier)
        taken[first : last + 1] = b"\x01" * (last + 1 - first)
        yield _Span(first, last, kind)
    lost.add_all(OVERLAPPING, sorted(left_out))
    lost.add_all(WIDENED, sorted(widened))


def _edges(tokens: Sequence[Segment], first: int, last: int) -> tuple[int, int]:
    return tokens[first].start, tokens[last].end


def _edges_of_words(text: str, segment: Segment) -> tuple[int, int]:
    """Give the edges of a segment without what is no token at its ends."""
    found = [match.span() for match in _TOKEN.finditer(text, segment.start, segment.end)]
    return (found[0][0], found[-1][1]) if found else (segment.start, segment.end)


def _ends_sentence(text: str, end: int, start: int) -> bool:
    """Tell whether a sentence ends where one word ends and the next starts after a gap."""
    return text[end - 1] in _SENTENCE_ENDS or "\n" in text[end:start]


def _lose(document: ArticleDocument, lost: LossList) -> None:
    lost.add_frames(document)
    lost.add_all(LINKS, (link.id for link in document.links))
    for annotation in document.annotations:
        lost.add_all(PARTIES, [annotation.id] if annotation.parties else [])
        lost.add_all(NO_ATTRIBUTES, [annotation.id] if annotation.attributes else [])
        lost.add_all(NO_NOTES, [annotation.id] if annotation.note else [])
        lost.add_all(APART, [annotation.id] if len(annotation.segments) > 1 else [])


CONLL: Final = Codec(
    name="conll",
    media_type="text/plain; charset=utf-8",
    extension="conll",
    losses=(
        OVERLAPPING,
        WIDENED,
        LINKS,
        APART,
        NO_ATTRIBUTES,
        NO_NOTES,
        PARTIES,
        FRAME,
        DECISIONS,
        REGISTRY,
        METADATA,
        GONE,
    ),
    read=None,
    write=write,
    needs_text=True,
)
