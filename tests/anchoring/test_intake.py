"""A text is cleaned once, and the list of changes is true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.anchoring.intake import Change, Cleaned, clean, direction_of, is_language_tag, text_digest
from annotations.errors import InvalidInput
from tests.anchoring.texts import quick


@pytest.mark.parametrize(
    ("raw", "text", "changes"),
    [
        ("plain\n\ttext ", "plain\n\ttext ", ()),
        ("\ufefftext", "text", (Change("bom", 1),)),
        ("in\ufeffside", "in\ufeffside", ()),
        ("a\r\nb\rc\r\r\n", "a\nb\nc\n\n", (Change("line_ends", 4),)),
        ("a\x01b\x0bc\x0cd\x1f", "a b c d ", (Change("controls", 4),)),
        ("a\ufffeb\uffff", "a b ", (Change("noncharacters", 2),)),
        ("DEL \x7f, C1 \x85\x9f", "DEL \x7f, C1 \x85\x9f", ()),
        ("e\u0301 \u2028 \u00ad\u200f", "e\u0301 \u2028 \u00ad\u200f", ()),
        (
            "\ufeff\x02\r\n\uffff",
            " \n ",
            (Change("bom", 1), Change("line_ends", 1), Change("controls", 1), Change("noncharacters", 1)),
        ),
        ("", "", ()),
    ],
)
def test_text_is_cleaned_and_changes_are_listed(raw: str, text: str, changes: tuple[Change, ...]) -> None:
    assert clean(raw) == Cleaned(text, changes)


@pytest.mark.parametrize(
    ("raw", "code"), [("a\x00b", "nul"), ("a\ud83d", "lone_surrogate"), ("\udc00", "lone_surrogate")]
)
def test_what_cannot_be_stored_is_refused(raw: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        clean(raw)
    assert (refusal.value.code, refusal.value.errors[0].field) == (code, "text")


@quick
@given(st.text(st.sampled_from("a \t\r\n\ufeff\x01\x0b\x1f\ufffe\uffff\x7f🚁é")))
def test_cleaning_a_cleaned_text_changes_nothing(raw: str) -> None:
    once = clean(raw)
    assert clean(once.text) == Cleaned(once.text, ())


def test_digest_is_of_the_utf8_bytes() -> None:
    assert text_digest("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("AR-sy", "rtl"),
        ("fa", "rtl"),
        ("prs", "rtl"),
        ("ps", "rtl"),
        ("he", "rtl"),
        ("ur", "rtl"),
        ("ckb", "rtl"),
        ("sd", "rtl"),
        ("ug", "rtl"),
        ("yi", "rtl"),
        ("dv", "rtl"),
        ("ar-Latn", "ltr"),
        ("ku", "ltr"),
        ("ku-Arab", "rtl"),
        ("ku-IQ", "rtl"),
        ("uz-AF", "rtl"),
        ("uz-Cyrl-AF", "ltr"),
        ("zh-yue-Hant", "ltr"),
        ("ff-Adlm-GN", "rtl"),
        ("sd-Deva", "ltr"),
        ("en-x-arab", "ltr"),
        ("en-t-ar-arab", "ltr"),
        ("x-arab", "ltr"),
        ("", "ltr"),
    ],
)
def test_direction_follows_script_then_language(language: str, direction: str) -> None:
    assert direction_of(language) == direction


@pytest.mark.parametrize(
    "tag",
    [
        "en",
        "EN-us",
        "prs",
        "uz-Cyrl-AF",
        "ckb-Arab-IQ",
        "zh-yue",
        "zh-min-nan",
        "sl-rozaj-biske-1994",
        "de-CH-1901",
        "es-419",
        "en-a-bbb-x-ccc",
        "x-own",
        "i-klingon",
        "en-GB-oed",
        "art-lojban",
    ],
)
def test_well_formed_tags_are_taken(tag: str) -> None:
    assert is_language_tag(tag)


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "e",
        "en_US",
        "english language",
        "en-",
        "-en",
        "en--US",
        "123",
        "en-a",
        "x-",
        "i-own",
        "en\n",
        "ſa",
        "abcdefghi",
    ],
)
def test_malformed_tags_are_refused(tag: str) -> None:
    assert not is_language_tag(tag)
