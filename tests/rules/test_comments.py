import pytest

from annotations.rules.comments import called, is_resolved

PEOPLE = {"ana": 1, "rui": 2, "mia.k": 3}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nobody", []),
        ("@ana look", [1]),
        ("@rui, and @ana.", [2, 1]),
        ("@ana @ana", [1]),
        ("ask @mia.k.", [3]),
        ("ana@rui", []),
        ("@anab", []),
        ("(@ana)", [1]),
    ],
)
def test_members_are_called_by_name(text: str, found: list[int]):
    assert called(text, PEOPLE) == found


@pytest.mark.parametrize(
    ("acts", "resolved"), [([], False), (["said"], False), (["said", "resolved"], True), (["resolved", "said"], False)]
)
def test_the_last_entry_resolves(acts: list[str], resolved: bool):
    assert is_resolved(acts) is resolved
