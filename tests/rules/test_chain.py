from datetime import UTC, datetime
from uuid import UUID

import pytest

from annotations.rules.chain import ChainedFields, canonical_json, content_digest, event_digest, payload_digest

FIELDS = ChainedFields(
    UUID(int=1), 1, UUID(int=2), "annotation.created", UUID(int=3), "annotation quote", UUID(int=4),
    datetime(2021, 9, 6, tzinfo=UTC), "00",
)  # fmt: skip


def test_the_order_of_keys_does_not_change_a_digest():
    assert content_digest({"a": 1, "b": [2]}) == content_digest({"b": [2], "a": 1})


def test_canonical_json_keeps_characters():
    assert canonical_json({"ب": "“é”"}) == '{"ب":"“é”"}'


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chain", UUID(int=9)),
        ("number", 2),
        ("event", UUID(int=9)),
        ("verb", "annotation.edited"),
        ("subject", UUID(int=9)),
        ("subject_label", "annotation claim"),
        ("actor", None),
        ("at", datetime(2021, 9, 7, tzinfo=UTC)),
        ("payload_digest", "01"),
    ],
)
def test_every_field_changes_the_digest(name, value):
    assert event_digest("", FIELDS._replace(**{name: value})) != event_digest("", FIELDS)


def test_the_previous_digest_changes_the_digest():
    assert event_digest("", FIELDS) != event_digest("ab", FIELDS)


def test_the_salt_changes_the_digest_of_a_payload():
    assert payload_digest("a", "{}") != payload_digest("b", "{}")
