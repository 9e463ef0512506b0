"""Keys of the workbench: the table is sound, and two commands never share a key."""

import pytest

from annotations.rules.keys import COMMANDS, clean_key, key_errors, keys_of


def test_the_table_itself_has_no_conflict() -> None:
    assert key_errors({}) == []
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)


def test_a_changed_key_stands_before_those_that_stay() -> None:
    assert keys_of({"undo": "q"})["undo"] == ["q", "Control+z"]
    assert keys_of({})["withdraw"] == ["Backspace", "Delete"]


def test_two_commands_may_change_places() -> None:
    assert key_errors({"next": "k", "previous": "j"}) == []


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"note": "j"}, "note", "invalid"),
        ({"note": "3"}, "note", "invalid"),
        ({"note": "Shift+3"}, "note", "invalid"),
        ({"tag-claim": "l"}, "tag-claim", "invalid"),
        ({"note": "Escape"}, "note", "invalid"),
        ({"note": ""}, "note", "invalid"),
        ({"note": "Control+n"}, "note", "invalid"),
        ({"submit": "s"}, "submit", "unknown_field"),
        ({"dance": "s"}, "dance", "unknown_field"),
    ],
)
def test_a_key_that_cannot_be_is_refused(changed: dict[str, str], field: str, code: str) -> None:
    assert [(error.field, error.code) for error in key_errors(changed)] == [(field, code)]


@pytest.mark.parametrize(
    ("typed", "key"), [("q", "q"), ("Q", "Shift+q"), ("Shift+Q", "Shift+q"), ("?", "?"), ("ض", "ض")]
)
def test_a_key_is_named_as_the_browser_does(typed: str, key: str) -> None:
    assert clean_key(typed) == key
