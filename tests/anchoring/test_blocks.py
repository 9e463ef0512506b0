"""A text is shown in blocks that cover it and stay small."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.anchoring.anchor import Segment
from annotations.anchoring.blocks import MAX_BLOCK, Block, blocks_touched, split_blocks
from annotations.anchoring.boundaries import splits_grapheme
from tests.anchoring.texts import HARD_SIGNS, quick, texts


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", ()),
        ("one", (Block(0, 3, 1, False),)),
        ("one\ntwo", (Block(0, 3, 1, False), Block(4, 7, 2, False))),
        ("one\n\n \t\ntwo\n", (Block(0, 3, 1, False), Block(8, 11, 2, False))),
        ("\n\n", ()),
        ("a\u2028b", (Block(0, 3, 1, False),)),
        ("  one ", (Block(0, 6, 1, False),)),
    ],
)
def test_paragraphs_are_numbered_and_blank_lines_left_out(text: str, blocks: tuple[Block, ...]) -> None:
    assert split_blocks(text) == blocks


@pytest.mark.parametrize(
    ("unit", "first_end"),
    [
        ("They said so. " * 10 + "And on", 3998),
        ("word ", 4000),
        ("words ", 3996),
        ("a", 4000),
        ("e\u0301a", 3999),
        ("👨\u200d👩\u200d👧x", 3996),
        ("قالَ كَذا؟ ", 3993),
        ("彼は言った。", 3996),
        ("“Never.” ", 3996),
    ],
)
def test_long_paragraph_is_cut_at_the_best_place(unit: str, first_end: int) -> None:
    blocks = split_blocks(unit * (9000 // len(unit)) + "\nnext")
    assert blocks[0].end == first_end
    assert [block.number for block in blocks[:2]] == [1, None]
    assert [block.continues for block in blocks[:2]] == [False, True]
    assert (blocks[-1].number, blocks[-1].continues) == (2, False)


@pytest.mark.parametrize(
    ("text", "first_end"),
    [
        ("a" * 3000 + ". " + "b" * 500 + ". \u0301" + "b" * 2000, 3002),
        ("a" * 3000 + " " + "b" * 500 + " \u0301" + "b" * 2000, 3001),
        ("a" * 2999 + "e" + "\u0301" * 2000, 2999),
        ("a" + "🇺🇦" * 3000, 3999),
    ],
)
def test_no_cut_falls_inside_a_character(text: str, first_end: int) -> None:
    assert split_blocks(text)[0].end == first_end


def test_a_character_longer_than_a_block_is_cut_all_the_same() -> None:
    blocks = split_blocks("a" + "\u0301" * 10_000)
    assert max(block.end - block.start for block in blocks) <= MAX_BLOCK


def assert_blocks_cover(text: str) -> None:
    blocks = split_blocks(text)
    rebuilt, at = "", 0
    for block in blocks:
        between = text[at : block.start]
        assert not between.strip()
        assert 0 < block.end - block.start <= MAX_BLOCK
        assert "\n" not in text[block.start : block.end]
        assert not splits_grapheme(text, block.start)
        assert not splits_grapheme(text, block.end)
        rebuilt += between + text[block.start : block.end]
        at = block.end
    assert rebuilt + text[at:] == text
    assert not text[at:].strip()
    numbers = [block.number for block in blocks if block.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))


@quick
@given(texts)
def test_blocks_and_what_lies_between_give_the_text(text: str) -> None:
    assert_blocks_cover(text)


@quick
@given(st.lists(st.tuples(st.sampled_from(HARD_SIGNS), st.integers(1, 900)), max_size=12))
def test_long_lines_of_hard_signs_are_cut_between_characters(runs: list[tuple[str, int]]) -> None:
    assert_blocks_cover("".join(sign * count for sign, count in runs))


@pytest.mark.parametrize(
    ("segments", "touched"),
    [
        ([(0, 1)], [0]),
        ([(3, 4)], []),
        ([(2, 5)], [0, 1]),
        ([(4, 7)], [1]),
        ([(0, 11)], [0, 1, 2]),
        ([(0, 1), (1, 3), (8, 11)], [0, 2]),
        ([(8, 9), (0, 1)], [0, 2]),
        ([(11, 20)], []),
        ([], []),
    ],
)
def test_touched_blocks_are_found(segments: list[tuple[int, int]], touched: list[int]) -> None:
    blocks = split_blocks("one\ntwo\nsix")
    assert blocks_touched(blocks, [Segment(*pair) for pair in segments]) == tuple(blocks[index] for index in touched)
