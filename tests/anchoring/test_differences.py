import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.anchoring.differences import Fate, Run, compare


@pytest.mark.parametrize(
    ("before", "after", "runs"),
    [
        ("", "", []),
        ("one two", "one two", [("kept", "one two")]),
        ("one two", "one three", [("kept", "one "), ("gone", "two"), ("new", "three")]),
        ("credible", "is credible", [("new", "is "), ("kept", "credible")]),
        ("الجيش ينفي", "الجيش يؤكد", [("kept", "الجيش "), ("gone", "ينفي"), ("new", "يؤكد")]),
    ],
)
def test_words_are_kept_gone_or_new(before: str, after: str, runs: list[tuple[str, str]]):
    assert compare(before, after) == tuple(Run(Fate(fate), text) for fate, text in runs)


def test_very_long_wordings_are_told_whole():
    before, after = "a " * 3_000, "b " * 3_000
    assert compare(before, after) == (Run(Fate.GONE, before), Run(Fate.NEW, after))


@given(st.text(max_size=60), st.text(max_size=60))
def test_runs_make_both_wordings(before: str, after: str):
    runs = compare(before, after)
    assert "".join(run.text for run in runs if run.fate is not Fate.NEW) == before
    assert "".join(run.text for run in runs if run.fate is not Fate.GONE) == after
