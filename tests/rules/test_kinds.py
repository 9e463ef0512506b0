import pytest

from annotations.rules.kinds import Kind, attribute_errors, default_attributes, keep_attributes, party_errors


def codes(kind: str, attributes: object) -> list[str]:
    return [error.code for error in attribute_errors(Kind(kind), attributes)]


@pytest.mark.parametrize(
    ("kind", "exact", "expected"),
    [
        ("party", ["the army"], {"mention_form": "name"}),
        ("quote", ["“We hold it,”", "«да»"], {"quote_type": "direct"}),
        ("quote", ["“We hold it,”", "we do"], {"quote_type": "indirect"}),
        ("quote", ["“"], {"quote_type": "indirect"}),
        ("claim", ["x"], {"voice": "attributed", "act": "assert", "topic": "other", "commitment": "certain"}),
        ("counterclaim", ["x"], {"voice": "attributed", "act": "deny", "topic": "other", "commitment": "certain"}),
        ("cue", ["said"], {}),
    ],
)
def test_what_is_left_out_is_filled_by_kind(kind, exact, expected):
    assert default_attributes(Kind(kind), {}, exact) == expected


def test_what_was_sent_stays():
    assert default_attributes(Kind.PARTY, {"mention_form": "pronoun"}, ["they"]) == {"mention_form": "pronoun"}


def test_a_change_of_kind_drops_what_the_new_kind_lacks():
    assert keep_attributes(Kind.QUOTE, {"quote_type": "mixed", "topic": "weapons"}) == {"quote_type": "mixed"}


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("party", {"mention_form": "nominal"}),
        ("quote", {"quote_type": "mixed", "speaker_unknown": True}),
        ("claim", {"quantity": {"low": 3, "high": None, "unit": "helicopters"}}),
        ("claim", {"quantity": {"low": 1.5}}),
        ("claim", {"paraphrase": "The army left.", "place": "Bazarak", "event_date": "2021-09"}),
        ("counterclaim", {"event_date": "2020-02-29", "act": "doubt", "commitment": "hedged"}),
        ("cue", {}),
    ],
)
def test_attributes_of_the_kind_are_taken(kind, attributes):
    assert codes(kind, attributes) == []


@pytest.mark.parametrize(
    ("kind", "attributes", "code"),
    [
        ("party", [], "invalid_type"),
        ("party", {"topic": "weapons"}, "unknown_field"),
        ("cue", {"mention_form": "name"}, "unknown_field"),
        ("party", {"mention_form": "Name"}, "invalid_choice"),
        ("party", {"mention_form": 1}, "invalid_type"),
        ("quote", {"speaker_unknown": False}, "invalid_choice"),
        ("quote", {"speaker_unknown": "true"}, "invalid_choice"),
        ("claim", {"paraphrase": "x" * 10_001}, "too_long"),
        ("claim", {"place": "a\nb"}, "invalid"),
        ("claim", {"place": " "}, "blank"),
        ("claim", {"event_date": "2021-13"}, "invalid"),
        ("claim", {"event_date": "2021-02-30"}, "invalid"),
        ("claim", {"event_date": "0000"}, "invalid"),
        ("claim", {"event_date": "٢٠٢١"}, "invalid"),
        ("claim", {"event_date": 2021}, "invalid_type"),
        ("claim", {"quantity": 5}, "invalid_type"),
        ("claim", {"quantity": {"low": "5"}}, "invalid_type"),
        ("claim", {"quantity": {"low": True}}, "invalid_type"),
        ("claim", {"quantity": {"low": float("inf")}}, "invalid_type"),
        ("claim", {"quantity": {"low": 5, "high": 4}}, "invalid"),
        ("claim", {"quantity": {"unit": "men"}}, "required"),
        ("claim", {"quantity": {"low": 5, "about": 1}}, "unknown_field"),
    ],
)
def test_wrong_attributes_are_refused_with_their_code(kind, attributes, code):
    assert codes(kind, attributes) == [code]


def test_only_mentions_name_parties():
    assert [error.code for error in party_errors(Kind.QUOTE, ["a"])] == ["invalid"]


def test_a_mention_may_name_several_parties():
    assert party_errors(Kind.PARTY, ["a", "b"]) == []


@pytest.mark.parametrize(("parties", "code"), [(["a", "a"], "invalid"), (list(range(51)), "too_long")])
def test_repeated_and_too_many_parties_are_refused(parties, code):
    assert [error.code for error in party_errors(Kind.PARTY, parties)] == [code]
