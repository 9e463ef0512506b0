"""Kinds of annotation and the attributes of each (guideline: docs/data-model.md#kinds-of-annotation)."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from annotations.errors import FieldError
from annotations.rules.texts import line_errors, note_errors


class Kind(StrEnum):
    """What a highlight is."""

    PARTY = "party"
    QUOTE = "quote"
    CLAIM = "claim"
    COUNTERCLAIM = "counterclaim"
    CUE = "cue"


CLAIMS: Final = frozenset({Kind.CLAIM, Kind.COUNTERCLAIM})

MENTION_FORMS: Final = ("name", "nominal", "pronoun")
QUOTE_TYPES: Final = ("direct", "indirect", "mixed")
VOICES: Final = ("attributed", "outlet", "unattributed")
ACTS: Final = ("assert", "deny", "doubt", "confirm", "accuse", "threaten", "pledge", "demand")
TOPICS: Final = (
    "casualties",
    "territorial_control",
    "responsibility",
    "hostilities",
    "capability",
    "intent",
    "negotiation",
    "humanitarian",
    "weapons",
    "legitimacy",
    "other",
)
COMMITMENTS: Final = ("certain", "hedged", "uncertain")

QUOTATION_MARKS: Final = frozenset("\"'“”„‟‘’‚‛«»‹›「」『』״″")

MAX_PARTIES: Final = 50
MAX_NUMBER: Final = 10**15

Attributes = Mapping[str, object]
_Check = Callable[[str, object], list[FieldError]]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a kind; `choices` is empty for attributes that are not a choice."""

    name: str
    choices: tuple[str, ...]
    check: _Check


def default_attributes(kind: Kind, attributes: Attributes, exact: Sequence[str]) -> dict[str, object]:
    """Add what was left out at creation (docs/data-model.md#kinds-of-annotation); what was sent stays as sent."""
    defaults: dict[str, object] = {}
    if kind is Kind.PARTY:
        defaults = {"mention_form": "name"}
    elif kind is Kind.QUOTE:
        defaults = {"quote_type": "direct" if _all_quoted(exact) else "indirect"}
    elif kind in CLAIMS:
        act = "deny" if kind is Kind.COUNTERCLAIM else "assert"
        defaults = {"voice": "attributed", "act": act, "topic": "other", "commitment": "certain"}
    return {**defaults, **attributes}


def keep_attributes(kind: Kind, attributes: Attributes) -> dict[str, object]:
    """Drop what `kind` does not have; used after a change of kind."""
    return {name: value for name, value in attributes.items() if name in ATTRIBUTES[kind]}


def attribute_errors(kind: Kind, attributes: object) -> list[FieldError]:
    """Say what is wrong with the attributes of one annotation; nothing when they are fine."""
    if not attributes and type(attributes) is dict:
        return []
    if not isinstance(attributes, Mapping):
        return [FieldError("attributes", "invalid_type", "Attributes are an object.")]
    known = ATTRIBUTES[kind]
    found: list[FieldError] = []
    for name, value in attributes.items():
        field = f"attributes.{name}"
        if name not in known:
            found.append(FieldError(field, "unknown_field", f"A {kind} has no such attribute."))
        else:
            found.extend(known[name].check(field, value))
    return found


def party_errors(kind: Kind, parties: Sequence[object]) -> list[FieldError]:
    """Say what is wrong with the list of parties of one annotation (only mentions have one)."""
    if parties and kind is not Kind.PARTY:
        return [FieldError("parties", "invalid", "Only a party mention names parties.")]
    if len(parties) > MAX_PARTIES:
        return [FieldError("parties", "too_long", f"At most {MAX_PARTIES} parties a mention.")]
    if len(set(parties)) != len(parties):
        return [FieldError("parties", "invalid", "A party is named twice.")]
    return []


def _all_quoted(exact: Sequence[str]) -> bool:
    return all(len(text) > 1 and text[0] in QUOTATION_MARKS and text[-1] in QUOTATION_MARKS for text in exact)


def _choice(name: str, choices: tuple[str, ...]) -> Attribute:
    def check(field: str, value: object) -> list[FieldError]:
        if not isinstance(value, str):
            return [FieldError(field, "invalid_type", "This must be a text.")]
        if value not in choices:
            return [FieldError(field, "invalid_choice", f"One of: {', '.join(choices)}.")]
        return []

    return Attribute(name, choices, check)


def _true_or_absent(field: str, value: object) -> list[FieldError]:
    if value is True:
        return []
    return [FieldError(field, "invalid_choice", "Send true, or leave it out.")]


_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)


def _event_date(field: str, value: object) -> list[FieldError]:
    if not isinstance(value, str):
        return [FieldError(field, "invalid_type", "This must be a text.")]
    match = _DATE.fullmatch(value)
    if match is not None and _is_day(int(match[1]), int(match[2] or 1), int(match[3] or 1)):
        return []
    return [FieldError(field, "invalid", "A date is YYYY, YYYY-MM or YYYY-MM-DD.")]


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _quantity(field: str, value: object) -> list[FieldError]:
    if not isinstance(value, Mapping):
        return [FieldError(field, "invalid_type", "A quantity is an object with low, high and unit.")]
    found = [
        FieldError(f"{field}.{name}", "unknown_field", "A quantity has low, high and unit.")
        for name in value
        if name not in {"low", "high", "unit"}
    ]
    low, high = value.get("low"), value.get("high")
    for name, number in (("low", low), ("high", high)):
        if number is not None and not _is_number(number):
            found.append(FieldError(f"{field}.{name}", "invalid_type", "This must be a number or null."))
    if low is None and high is None:
        found.append(FieldError(field, "required", "A quantity needs low, high or both."))
    if "unit" in value:
        found.extend(line_errors(f"{field}.unit", value["unit"], may_be_empty=True))
    if not found and isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        found.append(FieldError(field, "invalid", "low may not be above high."))
    return found


def _is_number(value: object) -> bool:
    """Take plain numbers below 10^15: larger ones, infinities and -0.0 do not come back from storage as sent."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return -MAX_NUMBER < value < MAX_NUMBER and (value != 0 or math.copysign(1, value) > 0)


_CLAIM_ATTRIBUTES: Final = (
    _choice("voice", VOICES),
    _choice("act", ACTS),
    _choice("topic", TOPICS),
    _choice("commitment", COMMITMENTS),
    Attribute("paraphrase", (), note_errors),
    Attribute("quantity", (), _quantity),
    Attribute("place", (), line_errors),
    Attribute("event_date", (), _event_date),
)


def _by_name(attributes: Sequence[Attribute]) -> dict[str, Attribute]:
    return {attribute.name: attribute for attribute in attributes}


ATTRIBUTES: Final[Mapping[Kind, Mapping[str, Attribute]]] = {
    Kind.PARTY: _by_name([_choice("mention_form", MENTION_FORMS)]),
    Kind.QUOTE: _by_name([_choice("quote_type", QUOTE_TYPES), Attribute("speaker_unknown", (), _true_or_absent)]),
    Kind.CLAIM: _by_name(_CLAIM_ATTRIBUTES),
    Kind.COUNTERCLAIM: _by_name(_CLAIM_ATTRIBUTES),
    Kind.CUE: {},
}
