"""Code points, UTF-16 units and UTF-8 bytes count the same text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.anchoring.intake import clean
from annotations.anchoring.units import (
    code_points_to_utf8,
    code_points_to_utf16,
    utf8_to_code_points,
    utf16_to_code_points,
)
from annotations.errors import InvalidInput
from tests.anchoring.texts import quick, texts


@pytest.mark.parametrize(
    ("text", "code_points", "utf16", "utf8"),
    [
        ("", [0], [0], [0]),
        ("plain", [0, 3, 5], [0, 3, 5], [0, 3, 5]),
        ("é", [0, 1], [0, 1], [0, 2]),
        ("a🚁b", [0, 1, 2, 3], [0, 1, 3, 4], [0, 1, 5, 6]),
        ("a🚁b", [3, 1, 2, 1], [4, 1, 3, 1], [6, 1, 5, 1]),
        ("👨\u200d👩", [0, 1, 2, 3], [0, 2, 3, 5], [0, 4, 7, 11]),
        ("قَال", [2, 4], [2, 4], [4, 8]),
    ],
)
def test_units_are_converted_both_ways(text: str, code_points: list[int], utf16: list[int], utf8: list[int]) -> None:
    assert code_points_to_utf16(text, code_points) == utf16
    assert utf16_to_code_points(text, utf16) == code_points
    assert code_points_to_utf8(text, code_points) == utf8
    assert utf8_to_code_points(text, utf8) == code_points


@quick
@given(texts, st.data())
def test_units_round_trip_in_any_order(text: str, data: st.DataObject) -> None:
    offsets = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    assert utf16_to_code_points(text, code_points_to_utf16(text, offsets)) == offsets
    assert utf8_to_code_points(text, code_points_to_utf8(text, offsets)) == offsets


@quick
@given(texts)
def test_each_offset_measures_the_text_before_it(text: str) -> None:
    offsets = list(range(len(text) + 1))
    assert code_points_to_utf16(text, offsets) == [len(text[:at].encode("utf-16-le")) // 2 for at in offsets]
    assert code_points_to_utf8(text, offsets) == [len(text[:at].encode()) for at in offsets]


@pytest.mark.parametrize("offset", [2, 7])
def test_offset_inside_a_surrogate_pair_is_refused(offset: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        utf16_to_code_points("a🚁bcd🚁", [0, offset])
    assert refusal.value.code == "splits_code_point"


@pytest.mark.parametrize("offset", [2, 3, 4, 7])
def test_offset_inside_a_byte_sequence_is_refused(offset: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        utf8_to_code_points("a🚁bé", [offset])
    assert refusal.value.code == "splits_code_point"


@pytest.mark.parametrize(
    "convert", [code_points_to_utf16, utf16_to_code_points, code_points_to_utf8, utf8_to_code_points]
)
@pytest.mark.parametrize("offset", [-1, 4])
def test_offset_outside_the_text_is_refused(convert, offset: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        convert("abc", [0, offset])
    assert refusal.value.code == "out_of_range"


def test_offset_traps_are_counted_as_the_file_says(shared_data: Path) -> None:
    cases = json.loads((shared_data / "offset_traps.json").read_text())["cases"]
    spans = [(clean(case["text"]).text, span) for case in cases for span in case["spans"]]
    assert len(spans) == 37
    for text, span in spans:
        start, end = span["code_points"]
        assert text[start:end] == span["exact"]
        assert code_points_to_utf16(text, [start, end]) == span["utf16"]
        assert utf16_to_code_points(text, span["utf16"]) == [start, end]
        assert code_points_to_utf8(text, [start, end]) == span["utf8"]
        assert utf8_to_code_points(text, span["utf8"]) == [start, end]
