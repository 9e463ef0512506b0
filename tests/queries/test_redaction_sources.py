"""Every column that holds words is searched by a redaction, handled by it, or excused: a new one fails here."""

from django.apps import apps
from django.db import models

from annotations.anchoring.anchor import Segment
from annotations.anchoring.masking import find_words, inside, is_masked, mask, words_at
from annotations.queries.redaction_sources import OF_THE_PASSAGE, SOURCES, WITHOUT_WORDS, like_patterns

HOLD_WORDS = (models.CharField, models.TextField, models.JSONField)
TEXT = "Farid  Zalmayu and FARID\nZALMAYU; Ali in quality; عليّ"


def test_no_column_is_forgotten() -> None:
    known = {(source.table, column) for source in SOURCES for column in source.columns}
    known |= {(table, column) for told in (OF_THE_PASSAGE, WITHOUT_WORDS) for table in told for column in told[table]}
    stored = {
        (model._meta.db_table, field.column)
        for model in apps.get_app_config("annotations").get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, HOLD_WORDS) or "Array" in type(field).__name__ or "Vector" in type(field).__name__
    }
    assert stored - known == set()


def test_words_are_found_in_any_case_with_any_white_space() -> None:
    assert find_words(TEXT, ["farid zalmayu"]) == [Segment(0, 14), Segment(19, 32)]
    assert find_words("x.org/farid-zalmayu%20", ["Farid Zalmayu"]) == [Segment(6, 19)]


def test_short_words_are_found_only_alone() -> None:
    assert find_words(TEXT, ["Ali"]) == [Segment(34, 37)]


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert find_words("Jose\u0301 Marti", ["José Marti"]) == [Segment(0, 11)]


def test_masking_keeps_the_length() -> None:
    masked = mask("ab😀cd", [Segment(1, 3)])
    assert (masked, len(masked)) == ("a██cd", 5)
    assert is_masked(masked, [Segment(1, 3)])
    assert not is_masked(masked, [Segment(0, 3)])


def test_segments_are_cut_to_a_span() -> None:
    assert inside(Segment(2, 6), [Segment(0, 3), Segment(5, 9), Segment(20, 30)]) == [Segment(0, 1), Segment(3, 4)]


def test_what_is_masked_already_is_no_word() -> None:
    assert words_at("██ x ██ y. z", [Segment(0, 2), Segment(2, 9), Segment(9, 10)]) == ["x", "y"]


def test_patterns_leave_open_what_is_written_in_several_ways() -> None:
    assert "%farid%zalmayu%" in like_patterns(["Farid Zalmayu"])
    assert '%"%' not in "".join(like_patterns(['a "b" c']))
