"""The attributes of a tag as small forms on its panel, one for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from annotations.errors import FieldError
from annotations.models import Annotation
from annotations.rules.kinds import ATTRIBUTES, Attribute, Kind
from annotations.views.labels import ATTRIBUTE_LABELS, VALUE_LABELS, Label

_WIDGETS: Final[Mapping[str, str]] = {
    "speaker_unknown": "check",
    "paraphrase": "note",
    "quantity": "quantity",
}


@dataclass(frozen=True, slots=True)
class AttributeField:
    """One attribute as a form: `widget` is choice, check, note, quantity or line; `problem` stands beside it."""

    name: str
    label: Label
    widget: str
    choices: tuple[tuple[str, Label], ...]
    value: str
    low: str = ""
    high: str = ""
    unit: str = ""
    problem: str = ""

    @property
    def shown(self) -> Label:
        """What is set, in a word or two; empty when nothing is."""
        if self.widget == "choice":
            return dict(self.choices).get(self.value, "")
        if self.widget == "check":
            return self.label if self.value else ""
        if self.widget == "quantity":
            span = "–".join(dict.fromkeys(number for number in (self.low, self.high) if number))
            return f"{span} {self.unit}".strip()
        return self.value


def fields_of(annotation: Annotation) -> tuple[AttributeField, ...]:
    """Make the forms for all attributes that a tag of its kind may have."""
    known = ATTRIBUTES[Kind(annotation.kind)].values()
    return tuple(_field(attribute, _written(annotation.attributes.get(attribute.name))) for attribute in known)


def field_with_problem(kind: Kind, name: str, sent: Mapping[str, str], problem: str) -> AttributeField:
    """Make the form again with what was sent and why it was refused."""
    return _field(ATTRIBUTES[kind][name], sent, problem)


def value_sent(name: str, sent: Mapping[str, str]) -> Any:
    """Read what a form sent as the value of an attribute; None when it is to be left out.

    Only what the rules will refuse is passed on as it came.
    """
    if _WIDGETS.get(name) == "quantity":
        return _quantity_sent(sent)
    value = sent.get("value", "")
    if _WIDGETS.get(name) == "check":
        return True if value else None
    return value.strip().replace("\r\n", "\n") or None


def first_problem(errors: tuple[FieldError, ...], name: str) -> FieldError | None:
    """Find what was wrong with one attribute."""
    path = f"attributes.{name}"
    return next((e for e in errors if e.field == path or e.field.startswith(f"{path}.")), None)


def _field(attribute: Attribute, sent: Mapping[str, str], problem: str = "") -> AttributeField:
    return AttributeField(
        name=attribute.name,
        label=ATTRIBUTE_LABELS[attribute.name],
        widget="choice" if attribute.choices else _WIDGETS.get(attribute.name, "line"),
        choices=tuple((choice, VALUE_LABELS[choice]) for choice in attribute.choices),
        value=sent.get("value", ""),
        low=sent.get("low", ""),
        high=sent.get("high", ""),
        unit=sent.get("unit", ""),
        problem=problem,
    )


def _written(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return {name: "" if value.get(name) is None else str(value[name]) for name in ("low", "high", "unit")}
    return {"value": "true" if value is True else str(value)}


def _quantity_sent(sent: Mapping[str, str]) -> dict[str, object] | None:
    low, high, unit = (sent.get(name, "").strip() for name in ("low", "high", "unit"))
    if not (low or high or unit):
        return None
    quantity: dict[str, object] = {"low": _number(low), "high": _number(high)}
    return {**quantity, "unit": unit} if unit else quantity


def _number(text: str) -> int | float | str | None:
    if not text:
        return None
    plain = text.replace("\u00a0", "").replace(" ", "")
    try:
        return int(plain) if plain.lstrip("-").isdecimal() else float(plain)
    except ValueError:
        return text
