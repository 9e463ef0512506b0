import pytest

from annotations.rules.texts import line_errors, note_errors, url_errors


@pytest.mark.parametrize(
    "value", ["a", "Ahmad Massoud", "x" * 500, "جبههٔ مقاومت", "می\u200cگویند", "👨‍👩‍👧", "\u200fRLM"]
)
def test_a_line_of_any_script_is_taken(value):
    assert line_errors("name", value) == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "invalid_type"),
        (7, "invalid_type"),
        ("", "blank"),
        (" \u2003", "blank"),
        ("x" * 501, "too_long"),
        ("a\nb", "invalid"),
        ("a\tb", "invalid"),
        ("a\x00b", "invalid"),
        ("a\x85b", "invalid"),
        ("a\u2028b", "invalid"),
        ("a\u202eb", "invalid"),
        ("a\ud800b", "invalid"),
    ],
)
def test_a_wrong_line_is_refused_with_its_code(value, code):
    assert [error.code for error in line_errors("name", value)] == [code]


def test_an_empty_line_is_taken_where_it_may_be_empty():
    assert line_errors("byline", "", may_be_empty=True) == []


def test_a_note_may_be_empty_and_have_lines():
    assert note_errors("note", "") == note_errors("note", "a\n\nb\t\u2028") == []


@pytest.mark.parametrize(
    ("value", "code"), [("x" * 10_001, "too_long"), ("a\x00", "invalid"), ("\udfff", "invalid"), ([], "invalid_type")]
)
def test_a_wrong_note_is_refused_with_its_code(value, code):
    assert [error.code for error in note_errors("note", value)] == [code]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "https://example.org/a?b=c#d",
        "http://xn--e1afmkfd.example/",
        "https://[::1]:8000/x",
        "https://example.org/é",
    ],
)
def test_web_addresses_are_taken(value):
    assert url_errors("url", value) == []


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "ftp://example.org/",
        "example.org",
        "https://",
        "https://a b/",
        "https://[x",
        "data:text/html,x",
        "https://e\n.org",
    ],
)
def test_other_addresses_are_refused(value):
    assert [error.code for error in url_errors("url", value)] == ["invalid"]
