"""The content of a tag as a form that works without script: its words, kind, attributes and parties."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotations.anchoring.anchor import Anchor, Quote, Segment
from annotations.anchoring.locate import locate
from annotations.models import Annotation
from annotations.queries.access import Actor, visible_parties
from annotations.rules.kinds import ATTRIBUTES, Kind, attribute_errors
from annotations.services.annotations import AnnotationChange
from annotations.views.attribute_fields import value_sent
from annotations.views.forms import PlainForm
from annotations.views.labels import ATTRIBUTE_LABELS, KIND_LABELS, VALUE_LABELS, Label
from annotations.views.problems import field_sentence

_MOST_PARTIES: Final = 500
# A quantity is written in three fields.
_PARTS: Final[Mapping[str, Mapping[str, Label]]] = {
    "quantity": {"low": _("Quantity, at least"), "high": _("Quantity, at most"), "unit": _("Quantity, unit")}
}
_TRUTHS: Final = frozenset({"speaker_unknown"})


class ContentForm(PlainForm):
    """What a tag holds. Words that are typed anew are looked for in the text, nearest to where they stood."""

    def __init__(self, record: Annotation, actor: Actor, data: Mapping[str, Any] | None = None) -> None:
        """Make a field for each segment, the kind, each attribute of any kind, and the parties of a mention."""
        self._record = record
        kind = _posted_kind(data) or Kind(record.kind)
        kinds = [(member.value, KIND_LABELS[member]) for member in Kind]
        super().__init__(data, prefix="content", auto_id=f"content-{record.pk}-%s")
        self.fields["kind"] = forms.ChoiceField(label=_("Kind"), choices=kinds, initial=record.kind)
        for number, words in enumerate(record.exact):
            label = gettext("Words") if len(record.exact) == 1 else gettext("Words, part %d") % (number + 1)
            widget = forms.Textarea(attrs={"rows": min(4, 1 + len(words) // 60), "dir": "auto"})
            self.fields[f"words_{number}"] = forms.CharField(
                label=label, strip=False, required=number == 0, widget=widget, initial=words
            )
        for name, attribute in ATTRIBUTES[kind].items():
            value = record.attributes.get(name)
            for part, title in _PARTS.get(name, {}).items():
                self.fields[f"attribute_{name}_{part}"] = _part(part, str(title), value)
            if name not in _PARTS:
                self.fields[f"attribute_{name}"] = _field(name, attribute.choices, value)
        if kind is Kind.PARTY:
            self._offer_parties(actor)
        self._dress()

    def change(self, text: str) -> AnnotationChange:
        """Give what differs from the tag as it is. Raises: ValueError when the form is not valid."""
        clean = self.cleaned_data
        record, kind = self._record, Kind(clean["kind"])
        segments = self._segments(text)
        is_moved = [list(pair) for pair in record.segments] != [[s.start, s.end] for s in segments]
        attributes = self._attributes(kind)
        parties = tuple(UUID(pk) for pk in clean.get("parties", ()))
        has_parties = "parties" in self.fields and set(parties) != set(record.parties)
        return AnnotationChange(
            kind=kind if kind != record.kind else None,
            segments=segments if is_moved else None,
            exact=tuple(text[segment.start : segment.end] for segment in segments) if is_moved else None,
            attributes=attributes if attributes != record.attributes else None,
            parties=parties if has_parties else None,
        )

    def find(self, text: str) -> bool:
        """Say whether the form holds and its words stand in the text; if not, beside which field it fails."""
        if not self.is_valid():
            return False
        if not self._segments(text):
            self.add_error("words_0", gettext("These words do not stand in the text, in this order."))
        kind = Kind(self.cleaned_data["kind"])
        for problem in attribute_errors(kind, self._attributes(kind)):
            name = problem.field.split(".")[1]
            self.add_error(next(iter(_fields_of(name).values())), field_sentence(problem))
        return not self.errors

    def _segments(self, text: str) -> tuple[Segment, ...]:
        """Find the typed words; a part left empty is taken out."""
        parts: list[tuple[Segment, str]] = []
        for number, (start, end) in enumerate(self._record.segments):
            words = self.cleaned_data.get(f"words_{number}", "").replace("\r\n", "\n")
            if words.strip():
                parts.append((Segment(start, end), words if words == self._record.exact[number] else words.strip()))
        quotes = tuple(Quote(exact=words, prefix="", suffix="") for _segment, words in parts)
        return locate(Anchor(segments=tuple(segment for segment, _words in parts), quotes=quotes), text).segments

    def _attributes(self, kind: Kind) -> dict[str, object]:
        known = ATTRIBUTES[kind]
        kept = {name: value for name, value in self._record.attributes.items() if name in known}
        for name in known:
            fields = _fields_of(name)
            # What was not touched stays exactly as it is stored.
            if not set(fields.values()) & set(self.changed_data):
                continue
            value = value_sent(name, {part: self.cleaned_data[field] for part, field in fields.items()})
            kept.pop(name, None)
            if value is not None:
                kept[name] = value
        return {name: kept[name] for name in [*self._record.attributes, *known] if name in kept}

    def _offer_parties(self, actor: Actor) -> None:
        known = visible_parties(actor, self._record.project_id).filter(merged_into=None).order_by("name")
        choices = [(str(pk), name) for pk, name in known.values_list("pk", "name")[:_MOST_PARTIES]]
        self.fields["parties"] = forms.MultipleChoiceField(
            label=_("Parties"),
            required=False,
            choices=choices,
            initial=[str(pk) for pk in self._record.parties],
            widget=forms.SelectMultiple(attrs={"size": min(6, max(2, len(choices)))}),
        )

    def _dress(self) -> None:
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "" if isinstance(field.widget, forms.CheckboxInput) else "input")


def _posted_kind(data: Mapping[str, Any] | None) -> Kind | None:
    value = data.get("content-kind", "") if data else ""
    return Kind(value) if value in set(Kind) else None


def _fields_of(attribute: str) -> dict[str, str]:
    """Name the fields that an attribute is written in, by part."""
    parts = _PARTS.get(attribute)
    return {part: f"attribute_{attribute}_{part}" for part in parts} if parts else {"value": f"attribute_{attribute}"}


def _part(part: str, label: str, value: object) -> forms.Field:
    stored = value.get(part) if isinstance(value, Mapping) else None
    number = {} if part == "unit" else {"inputmode": "decimal"}
    widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **number})
    return forms.CharField(label=label, required=False, initial="" if stored is None else str(stored), widget=widget)


def _field(name: str, choices: Sequence[str], value: object) -> forms.Field:
    label = str(ATTRIBUTE_LABELS[name])
    if name in _TRUTHS:
        return forms.BooleanField(label=label, required=False, initial=value is True)
    if choices:
        offered = [("", gettext("none")), *((choice, VALUE_LABELS[choice]) for choice in choices)]
        return forms.ChoiceField(label=label, required=False, choices=offered, initial=value or "")
    is_long = name == "paraphrase"
    widget = forms.Textarea(attrs={"rows": 2, "dir": "auto"}) if is_long else forms.TextInput(attrs={"dir": "auto"})
    return forms.CharField(label=label, required=False, strip=not is_long, initial=value or "", widget=widget)
