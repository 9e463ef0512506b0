"""Overlapping marks become properly nested pieces, and the text stays whole."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.anchoring.anchor import Segment
from annotations.anchoring.blocks import Block, split_blocks
from annotations.anchoring.pieces import Mark, Piece, marks_by_block, pieces_of_block
from tests.anchoring.texts import quick

Tree = tuple[Piece | str, ...]
TEXT = "abcdefghij"
KINDS = ["quote", "claim", "counterclaim", "party", "cue"]


def mark(name: str, *segments: tuple[int, int], kind: str = "claim") -> Mark:
    return Mark(name, kind, tuple(Segment(*segment) for segment in segments))


def drawn(tree: Tree) -> str:
    """Write a piece as its id and its text in brackets: `[` and `]` are the annotation's ends, `(` and `)` cuts."""
    return "".join(
        node
        if isinstance(node, str)
        else f"{node.id}{'[' if node.first else '('}{drawn(node.children)}{']' if node.last else ')'}"
        for node in tree
    )


def render(text: str, marks: Sequence[Mark]) -> str:
    blocks = split_blocks(text)
    shown = marks_by_block(blocks, marks)
    trees = [
        pieces_of_block(text[block.start : block.end], block, found) for block, found in zip(blocks, shown, strict=True)
    ]
    return "|".join(drawn(tree) for tree in trees)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], "abcdefghij"),
        ([mark("A", (2, 4))], "abA[cd]efghij"),
        ([mark("A", (0, 10))], "A[abcdefghij]"),
        ([mark("A", (1, 8)), mark("B", (3, 5))], "aA[bcB[de]fgh]ij"),
        ([mark("A", (1, 5)), mark("B", (3, 8))], "aA[bcB[de)]B(fgh]ij"),
        ([mark("A", (2, 4)), mark("B", (4, 6))], "abA[cd]B[ef]ghij"),
        ([mark("A", (2, 4)), mark("B", (2, 6))], "abB[A[cd]ef]ghij"),
        ([mark("A", (2, 6)), mark("B", (4, 6))], "abA[cdB[ef]]ghij"),
        ([mark("A", (0, 3)), mark("B", (1, 8)), mark("C", (2, 6))], "A[aB[bC[c))]B(C(def]gh]ij"),
        ([mark("A", (0, 3)), mark("B", (1, 5)), mark("C", (3, 8))], "A[aB[bc)]C[B(de]fgh]ij"),
        ([mark("A", (1, 3), (5, 7))], "aA[bc)deA(fg]hij"),
        ([mark("A", (1, 3), (5, 7)), mark("B", (2, 6))], "aA[bB[c))B(deA(f)]A(g]hij"),
    ],
)
def test_marks_are_nested(marks: list[Mark], expected: str) -> None:
    assert render(TEXT, marks) == expected


def test_equal_extents_nest_by_kind_then_id() -> None:
    marks = [mark("2", (0, 3), kind=kind) for kind in reversed(KINDS)] + [mark("1", (0, 3), kind="claim")]
    tree = pieces_of_block(TEXT, Block(0, 10, 1, False), [Mark(f"{m.kind}{m.id}", m.kind, m.segments) for m in marks])
    assert drawn(tree) == "quote2[claim1[claim2[counterclaim2[party2[cue2[abc]]]]]]defghij"


def test_order_of_marks_makes_no_difference() -> None:
    marks = [mark("A", (0, 5)), mark("B", (0, 5)), mark("C", (3, 8)), mark("D", (3, 5))]
    assert render(TEXT, marks) == render(TEXT, marks[::-1])


def test_a_mark_over_blocks_begins_once_and_ends_once() -> None:
    assert render("abc\n\ndef\nghi", [mark("A", (1, 11))]) == "aA[bc)|A(def)|A(gh]i"


@pytest.mark.parametrize("segment", [(3, 9), (4, 9), (3, 8), (5, 8)])
def test_ends_between_blocks_belong_to_the_blocks_inside(segment: tuple[int, int]) -> None:
    assert render("abc\n\ndef\nghi", [mark("A", segment)]) == "abc|A[def]|ghi"


def test_segments_in_several_blocks_begin_once_and_end_once() -> None:
    assert render("abc\n\ndef\nghi", [mark("A", (0, 1), (3, 6), (9, 10))]) == "A[a)bc|A(d)ef|A(g]hi"


def test_a_longer_mark_from_an_earlier_block_stays_outside() -> None:
    assert render("abc\ndef\nghi", [mark("A", (2, 5)), mark("B", (1, 9))]) == "aB[bA[c))|B(A(d]ef)|B(g]hi"


def test_blocks_without_text_or_marks_are_plain() -> None:
    assert pieces_of_block("", Block(0, 0, 1, False), []) == ()
    assert pieces_of_block("abc", Block(4, 7, 1, False), [mark("A", (0, 4), (7, 9))]) == ("abc",)


def test_marks_are_given_to_each_block_once_in_their_order() -> None:
    blocks = split_blocks("abc\ndef\nghi")
    marks = [mark("B", (0, 1), (2, 3)), mark("A", (1, 6)), mark("C", (8, 9))]
    assert [[found.id for found in shown] for shown in marks_by_block(blocks, marks)] == [["B", "A"], ["A"], ["C"]]


def walked(tree: Tree, inside: tuple[Piece, ...] = ()) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    """Give every string of a tree with the pieces around it."""
    for node in tree:
        if isinstance(node, str):
            yield node, inside
        else:
            yield from walked(node.children, (*inside, node))


def assert_rendered_truly(text: str, marks: Sequence[Mark]) -> None:
    blocks = split_blocks(text)
    covered: dict[str, set[int]] = {found.id: set() for found in marks}
    begun: list[str] = []
    ended: list[str] = []
    for block, shown in zip(blocks, marks_by_block(blocks, marks), strict=True):
        tree = pieces_of_block(text[block.start : block.end], block, shown)
        at = block.start
        seen: set[int] = set()
        for words, around in walked(tree):
            assert words
            assert len({piece.id for piece in around}) == len(around)
            for piece in around:
                covered[piece.id].update(range(at, at + len(words)))
            fresh = [piece for piece in around if id(piece) not in seen]
            begun.extend(piece.id for piece in fresh if piece.first)
            ended.extend(piece.id for piece in fresh if piece.last)
            seen.update(id(piece) for piece in around)
            assert text.startswith(words, at)
            at += len(words)
        assert at == block.end
    visible = {at for block in blocks for at in range(block.start, block.end)}
    for found in marks:
        wanted = {at for segment in found.segments for at in range(segment.start, segment.end)}
        assert covered[found.id] == wanted & visible
    assert sorted(begun) == sorted(ended) == sorted(found.id for found in marks)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    text = "x" + draw(st.text(st.sampled_from("ab \n"), min_size=8, max_size=40)) + "x"
    lists = draw(
        st.lists(st.tuples(st.sampled_from(KINDS), st.sets(st.integers(0, len(text)), min_size=2)), max_size=12)
    )
    marks = []
    for number, (kind, edges) in enumerate(lists):
        ordered = sorted(edges)
        pairs = [Segment(*pair) for pair in zip(ordered[::2], ordered[1::2], strict=False)]
        legal = tuple(pair for pair in pairs if text[pair.start : pair.end].strip())
        marks.extend([Mark(str(number), kind, legal)] if legal else [])
    return text, marks


@quick
@given(marked_texts())
def test_pieces_give_the_text_and_cover_the_segments(marked: tuple[str, list[Mark]]) -> None:
    assert_rendered_truly(*marked)


def test_real_article_is_rendered_truly(shared_data: Path) -> None:
    text = (shared_data / "panjshir" / "article.txt").read_bytes().decode()
    gold = json.loads((shared_data / "panjshir" / "gold.json").read_text())["annotations"]
    marks = [mark(item["id"], *item["segments"], kind=item["kind"]) for item in gold]
    assert_rendered_truly(text, marks)


@pytest.mark.parametrize("count", [100, 200])
def test_pieces_grow_with_the_marks_and_not_with_their_pairs(count: int) -> None:
    text = "a" * 4000
    marks = [mark(f"{number:03}", (number * 10, number * 10 + 15)) for number in range(count)]
    tree = pieces_of_block(text, Block(0, 4000, 1, False), marks)
    pieces = {id(piece) for _, around in walked(tree) for piece in around}
    assert len(pieces) == 2 * count - 1
