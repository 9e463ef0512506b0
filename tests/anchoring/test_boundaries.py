"""Edges of characters and words, whatever the script."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from annotations.anchoring.anchor import Segment
from annotations.anchoring.boundaries import (
    edge_after,
    edge_before,
    nearest_grapheme_edges,
    snap_to_words,
    splits_grapheme,
    trim_blanks,
)
from tests.anchoring.texts import quick, texts

FAMILY = "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("text", "edges"),
    [
        ("ab", [0, 1, 2]),
        ("a\r\nb", [0, 1, 3, 4]),
        ("e\u0301a", [0, 2, 3]),
        (FAMILY + "x", [0, 5, 6]),
        ("👍🏽👍", [0, 2, 3]),
        ("🇺🇦🇸🇾🇦", [0, 2, 4, 5]),
        ("قَا", [0, 2, 3]),
        ("\u1112\u1161\u11ab\uae00", [0, 3, 4]),
        ("क्षि", [0, 4]),
        ("a\n\u0301", [0, 1, 2, 3]),
        ("\u06001", [0, 2]),
    ],
)
def test_positions_inside_a_character_split_it(text: str, edges: list[int]) -> None:
    assert [position for position in range(len(text) + 1) if not splits_grapheme(text, position)] == edges


@quick
@given(texts)
def test_local_windows_agree_with_the_whole_text(text: str) -> None:
    edges = {0, *(found.end() for found in regex.finditer(r"\X", text))}
    for position in range(len(text) + 1):
        assert splits_grapheme(text, position) == (position not in edges)
        assert edge_before(text, position) == max(edge for edge in edges if edge <= position)
        assert edge_after(text, position) == min(edge for edge in edges if edge >= position)


def test_positions_beyond_the_text_split_nothing() -> None:
    assert not splits_grapheme("e\u0301", 7)
    assert not splits_grapheme("", 0)


def test_a_flag_is_told_from_its_neighbours_in_a_long_row() -> None:
    row = "🇺🇦" * 300
    assert splits_grapheme(row, 401)
    assert not splits_grapheme(row, 400)


def test_a_row_of_marks_without_end_is_still_answered() -> None:
    row = "a" + "\u0301" * 100_000
    assert splits_grapheme(row, 50_000)


@pytest.mark.parametrize(
    ("segment", "nearest"),
    [((1, 3), (1, 6)), ((2, 7), (1, 7)), ((3, 5), (1, 6)), ((1, 6), (1, 6)), ((0, 1), (0, 1))],
)
def test_nearest_edges_keep_every_touched_character(segment: tuple[int, int], nearest: tuple[int, int]) -> None:
    assert nearest_grapheme_edges(f"a{FAMILY}b", Segment(*segment)) == Segment(*nearest)


@pytest.mark.parametrize(
    ("text", "segment", "trimmed"),
    [
        ("  ab \n", Segment(0, 6), Segment(2, 4)),
        ("ab", Segment(0, 2), Segment(0, 2)),
        ("a \n b", Segment(1, 4), None),
        ("a", Segment(1, 1), None),
        ("\u00a0a\u2028", Segment(0, 3), Segment(1, 2)),
        (" \u0301a ", Segment(0, 4), Segment(0, 3)),
        ("ab ", Segment(0, 9), Segment(0, 2)),
    ],
)
def test_blanks_are_trimmed_but_no_character_is_cut(text: str, segment: Segment, trimmed: Segment | None) -> None:
    assert trim_blanks(text, segment) == trimmed


@pytest.mark.parametrize(
    ("text", "cut", "words"),
    [
        ("they denied it", "enie", "denied"),
        ("they denied it", "denied", "denied"),
        ("they denied it", "ey de", "they denied"),
        ("they can't say", "can", "can't"),
        ("قال المتحدث باسم الجيش", "متحد", "المتحدث"),
        ("نَنْسَحِبْ", "نْسَ", "نَنْسَحِبْ"),
        ("נמסר מדובר צה״ל היום", "צה", "צה״ל"),
        ('דובר צה"ל', "ה", 'צה"ל'),
        ("نیروها می\u200cگویند چنین", "گوی", "می\u200cگویند"),
        ("Генштаб ЗСУ заявив", "таб З", "Генштаб ЗСУ"),
        (f"x {FAMILY} y", "👩", FAMILY),
    ],
)
def test_segments_grow_to_whole_words(text: str, cut: str, words: str) -> None:
    start = text.index(cut)
    snapped = snap_to_words(text, Segment(start, start + len(cut)))
    assert text[snapped.start : snapped.end] == words


@quick
@given(texts, st.data())
def test_snapping_only_grows_and_never_cuts_a_character(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    snapped = snap_to_words(text, Segment(start, end))
    assert 0 <= snapped.start <= start <= end <= snapped.end <= len(text)
    assert not splits_grapheme(text, snapped.start)
    assert not splits_grapheme(text, snapped.end)


@quick
@given(texts, st.data())
def test_trimming_only_shrinks_and_keeps_all_words(text: str, data: st.DataObject) -> None:
    edges = [0, *(found.end() for found in regex.finditer(r"\X", text))]
    start = data.draw(st.sampled_from(edges))
    end = data.draw(st.sampled_from([edge for edge in edges if edge >= start]))
    trimmed = trim_blanks(text, Segment(start, end)) or Segment(start, start)
    assert start <= trimmed.start <= trimmed.end <= end
    assert text[trimmed.start : trimmed.end].strip() == text[start:end].strip()
    assert not splits_grapheme(text, trimmed.start)
    assert not splits_grapheme(text, trimmed.end)
