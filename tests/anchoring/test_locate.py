"""Segments are checked before they are stored, and found again when a text has moved."""

import json
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from annotations.anchoring.anchor import Anchor, Quote, Segment
from annotations.anchoring.intake import clean
from annotations.anchoring.locate import (
    How,
    Located,
    check_segments,
    context_score,
    distance_score,
    locate,
    prefix_score,
    quote_of,
    suffix_score,
)
from annotations.errors import InvalidInput, SplitsGrapheme, TextMismatch
from tests.anchoring.texts import hard_texts, quick

TEXT = "The army said it won. “We won,” it said. The rebels deny it."


def anchor_of(text: str, *segments: tuple[int, int]) -> Anchor:
    placed = tuple(Segment(*segment) for segment in segments)
    return Anchor(placed, tuple(quote_of(text, segment) for segment in placed))


@pytest.mark.parametrize(("start", "end", "exact"), [(0, 8, "The army"), (0, 60, TEXT), (59, 60, ".")])
def test_a_segment_that_holds_its_text_passes(start: int, end: int, exact: str) -> None:
    check_segments(TEXT, [Segment(start, end)], [exact])


def test_several_segments_pass_when_something_lies_between() -> None:
    check_segments(TEXT, [Segment(0, 3), Segment(4, 8)], ["The", "army"])


@pytest.mark.parametrize(
    ("segments", "exact", "field", "code", "index"),
    [
        ([], [], "segments", "required", None),
        ([Segment(n, n + 1) for n in range(0, 102, 2)], ["x"] * 51, "segments", "too_long", None),
        ([Segment(0, 3)], [], "exact", "count_differs", None),
        ([Segment(0, 3)], ["The", "army"], "exact", "count_differs", None),
        ([Segment(-1, 3)], ["The"], "segments", "out_of_range", 0),
        ([Segment(3, 3)], ["The"], "segments", "empty", 0),
        ([Segment(8, 3)], ["The"], "segments", "empty", 0),
        ([Segment(0, 3), Segment(3, 8)], ["The", " army"], "segments", "not_ordered", 1),
        ([Segment(4, 8), Segment(0, 3)], ["army", "The"], "segments", "not_ordered", 1),
        ([Segment(0, 8), Segment(4, 6)], ["The army", "ar"], "segments", "not_ordered", 1),
        ([Segment(0, 3), Segment(8, 9)], ["The", " "], "exact", "blank", 1),
        ([Segment(0, 3)], [""], "exact", "blank", 0),
    ],
)
def test_malformed_segments_are_refused(
    segments: list[Segment], exact: list[str], field: str, code: str, index: int | None
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_segments(TEXT, segments, exact)
    assert (refusal.value.status, refusal.value.code) == (400, code)
    assert [(error.field, error.code, error.index) for error in refusal.value.errors] == [(field, code, index)]


def test_every_malformed_segment_is_named() -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_segments(TEXT, [Segment(-1, 3), Segment(9, 9)], ["The", " "])
    assert refusal.value.code == "invalid"
    assert [(error.code, error.index) for error in refusal.value.errors] == [
        ("out_of_range", 0),
        ("empty", 1),
        ("blank", 1),
    ]


def test_cutting_a_character_is_refused_with_the_nearest_offsets() -> None:
    with pytest.raises(SplitsGrapheme) as refusal:
        check_segments(
            "ab 👨\u200d👩\u200d👧 e\u0301", [Segment(0, 2), Segment(3, 4), Segment(9, 10)], ["ab", "👨", "e"]
        )
    assert (refusal.value.status, refusal.value.code) == (400, "splits_grapheme")
    assert refusal.value.extras["nearest"] == [[0, 2], [3, 8], [9, 11]]


def test_cutting_a_character_comes_before_a_wrong_text() -> None:
    with pytest.raises(SplitsGrapheme):
        check_segments("e\u0301", [Segment(0, 1)], ["wrong"])


@pytest.mark.parametrize(
    ("segments", "exact", "stored"),
    [
        ([Segment(0, 3)], ["the"], ["The"]),
        ([Segment(0, 3), Segment(4, 8)], ["The", "navy"], ["The", "army"]),
        ([Segment(57, 70)], ["it. Or not so"], ["it."]),
        ([Segment(70, 75)], ["where"], [""]),
    ],
)
def test_a_wrong_text_is_refused_with_what_is_stored(
    segments: list[Segment], exact: list[str], stored: list[str]
) -> None:
    with pytest.raises(TextMismatch) as refusal:
        check_segments(TEXT, segments, exact)
    assert (refusal.value.status, refusal.value.code) == (409, "text_mismatch")
    assert refusal.value.extras["stored"] == stored


def test_composed_and_decomposed_letters_are_different_texts() -> None:
    with pytest.raises(TextMismatch):
        check_segments("cafe\u0301", [Segment(0, 5)], ["caf\u00e9"])


def test_position_is_trusted_when_the_text_is_there() -> None:
    assert locate(anchor_of(TEXT, (14, 16)), TEXT) == Located((Segment(14, 16),), How.POSITION)


def test_unique_quote_is_found_where_it_moved() -> None:
    assert locate(anchor_of(TEXT, (41, 51)), "Update. " + TEXT) == Located((Segment(49, 59),), How.QUOTE)


@pytest.mark.parametrize(("start", "end"), [(14, 16), (32, 34), (57, 59)])
def test_repeated_quote_is_found_by_its_context(start: int, end: int) -> None:
    moved = "It is said that it is over. " + TEXT
    assert locate(anchor_of(TEXT, (start, end)), moved) == Located((Segment(start + 28, end + 28),), How.CONTEXT)


def test_repeated_quote_without_context_is_found_nearest() -> None:
    anchor = Anchor((Segment(7, 9),), (Quote("it"),))
    assert locate(anchor, "it was it or it") == Located((Segment(7, 9),), How.POSITION)
    assert locate(anchor, "it  was  it  or it") == Located((Segment(9, 11),), How.CONTEXT)


def test_lost_words_are_said_to_be_lost() -> None:
    assert locate(anchor_of(TEXT, (4, 8)), "Nothing of the sort.") == Located((), How.LOST)


def test_one_lost_segment_loses_the_annotation() -> None:
    assert locate(anchor_of(TEXT, (4, 8), (45, 51)), "The army said nothing.") == Located((), How.LOST)


def test_segments_keep_their_order() -> None:
    anchor = Anchor((Segment(0, 2), Segment(5, 7)), (Quote("it"), Quote("it")))
    assert locate(anchor, "so it is it") == Located((Segment(3, 5), Segment(9, 11)), How.CONTEXT)


def test_part_of_a_character_is_no_place() -> None:
    anchor = Anchor((Segment(0, 1),), (Quote("e"),))
    assert locate(anchor, "e\u0301 e") == Located((Segment(3, 4),), How.QUOTE)


@pytest.mark.parametrize("quote", [Quote(""), Quote("x")])
def test_empty_and_absent_quotes_are_lost(quote: Quote) -> None:
    assert locate(Anchor((Segment(0, 0),), (quote,)), TEXT).how is How.LOST


def test_an_anchor_without_segments_is_lost() -> None:
    assert locate(Anchor((), ()), TEXT) == Located((), How.LOST)


@quick
@given(hard_texts, hard_texts, st.data())
def test_located_segments_hold_their_quotes(text: str, before: str, data: st.DataObject) -> None:
    edges = [0, *(found.end() for found in regex.finditer(r"\X", text))]
    start = data.draw(st.sampled_from(edges))
    end = data.draw(st.sampled_from([edge for edge in edges if edge >= start]))
    anchor = anchor_of(text, (start, end))
    for segment in locate(anchor, before + text).segments:
        assert (before + text)[segment.start : segment.end] == anchor.quotes[0].exact


@quick
@given(hard_texts, st.data())
def test_an_anchor_finds_itself_by_position(text: str, data: st.DataObject) -> None:
    edges = [0, *(found.end() for found in regex.finditer(r"\X", text + "a"))]
    start, end = sorted(data.draw(st.lists(st.sampled_from(edges), min_size=2, max_size=2, unique=True)))
    assert locate(anchor_of(text + "a", (start, end)), text + "a") == Located((Segment(start, end),), How.POSITION)


@pytest.mark.parametrize(
    ("text", "segment", "context", "quote"),
    [
        ("abcdef", Segment(2, 4), 1, Quote("cd", "b", "e")),
        ("abcdef", Segment(2, 4), 32, Quote("cd", "ab", "ef")),
        ("abcdef", Segment(0, 6), 32, Quote("abcdef", "", "")),
        ("xe\u0301ab e\u0301", Segment(3, 5), 1, Quote("ab", "", " ")),
        ("xe\u0301ab e\u0301", Segment(3, 5), 2, Quote("ab", "e\u0301", " ")),
        ("abc", Segment(1, 2), 0, Quote("b", "", "")),
    ],
)
def test_context_is_cut_between_characters(text: str, segment: Segment, context: int, quote: Quote) -> None:
    assert quote_of(text, segment, context) == quote


@pytest.mark.parametrize(("prefix", "score"), [("", 1.0), ("said ", 1.0), ("paid ", 0.8), ("xxxx ", 0.2), ("won", 0.0)])
def test_prefix_counts_from_the_words_outwards(prefix: str, score: float) -> None:
    assert prefix_score("The army said it", 14, prefix) == score


@pytest.mark.parametrize(
    ("suffix", "score"), [("", 1.0), (" won", 1.0), (" woe", 0.75), ("x", 0.0), (" won. And", 0.5556)]
)
def test_suffix_counts_from_the_words_outwards(suffix: str, score: float) -> None:
    assert suffix_score("it won.", 2, suffix) == pytest.approx(score, abs=0.0001)


@pytest.mark.parametrize(
    ("length", "start", "expected", "score"), [(10, 4, 4, 1.0), (10, 0, 5, 0.5), (10, 0, 90, 0.0), (0, 0, 0, 1.0)]
)
def test_distance_falls_with_the_length(length: int, start: int, expected: int, score: float) -> None:
    assert distance_score(length, start, expected) == score


def test_context_outweighs_distance() -> None:
    quote = Quote("it", "take ", "")
    far, near = Segment(5, 7), Segment(90, 92)
    text = "take it" + " " * 83 + "it"
    assert context_score(text, far, quote, 90) > context_score(text, near, quote, 90)
    assert context_score(text, far, quote, 5) == 1.0


def test_offset_traps_pass_the_check(shared_data: Path) -> None:
    for case in json.loads((shared_data / "offset_traps.json").read_text())["cases"]:
        text = clean(case["text"]).text
        for span in case["spans"]:
            check_segments(text, [Segment(*span["code_points"])], [span["exact"]])


def test_raw_offsets_of_carriage_returns_are_refused(shared_data: Path) -> None:
    cases = {case["id"]: case for case in json.loads((shared_data / "offset_traps.json").read_text())["cases"]}
    text = clean(cases["crlf"]["text"]).text
    for span in cases["crlf"]["spans"]:
        with pytest.raises(TextMismatch):
            check_segments(text, [Segment(*span["raw_code_points"])], [span["exact"]])


def test_real_article_is_checked_and_found_again(shared_data: Path) -> None:
    text = (shared_data / "panjshir" / "article.txt").read_bytes().decode()
    gold = json.loads((shared_data / "panjshir" / "gold.json").read_text())["annotations"]
    assert len(gold) == 92
    for annotation in gold:
        segments = [Segment(*pair) for pair in annotation["segments"]]
        check_segments(text, segments, annotation["exact"])
        anchor = Anchor(tuple(segments), tuple(quote_of(text, segment) for segment in segments))
        moved = tuple(Segment(segment.start + 9, segment.end + 9) for segment in segments)
        assert locate(anchor, "Updated.\n" + text).segments == moved


def test_a_segment_past_the_end_is_a_mismatch_even_where_the_words_fit():
    with pytest.raises(TextMismatch) as refusal:
        check_segments("They left.", [Segment(5, 99)], ["left."])
    assert refusal.value.extras["stored"] == ["left."]
