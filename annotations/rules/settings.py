"""What a project may set for itself: visibility, languages, required attributes, cues (docs/data-model.md#settings)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from annotations.errors import Conflict, FieldError
from annotations.rules.kinds import ATTRIBUTES, Kind

VISIBILITIES: Final = ("shared", "blind")
SECOND_FACTORS: Final = ("optional", "required")
MOST_LANGUAGES: Final = 50
# Offered where a project names no languages of its own.
LANGUAGES_OFFERED: Final = ("ar", "de", "en", "es", "fa", "fr", "he", "ps", "pt", "ru", "tr", "uk", "ur", "zh")
# What a kind can be asked to have; "speaker_unknown" is true or absent, so nobody can be asked for it.
ASKABLE: Final[Mapping[Kind, tuple[str, ...]]] = {
    kind: tuple(name for name in ATTRIBUTES[kind] if name != "speaker_unknown") for kind in Kind if ATTRIBUTES[kind]
}


class KindOff(Conflict):
    """409: the project marks no records of this kind."""

    code = "kind_off"
    sentence = "This project does not mark cues; an admin can switch them on in its settings."


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """The settings in force, with what a project leaves out."""

    visibility: str = "shared"
    languages: tuple[str, ...] = LANGUAGES_OFFERED
    required_attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    has_cues: bool = True

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "ProjectSettings":
        """Read what a project has stored."""
        return cls(
            visibility=stored.get("visibility", "shared"),
            languages=tuple(stored.get("languages") or LANGUAGES_OFFERED),
            required_attributes=stored.get("required_attributes", {}),
            has_cues=stored.get("cues", True),
        )

    def missing_attributes(self, kind: str, attributes: Mapping[str, object]) -> list[str]:
        """List the required attributes that a record of a kind lacks."""
        return [name for name in self.required_attributes.get(kind, ()) if attributes.get(name) in (None, "")]

    def check_kind(self, kind: Kind) -> None:
        """Refuse a kind that is switched off. Raises: KindOff."""
        if kind is Kind.CUE and not self.has_cues:
            raise KindOff


def settings_errors(name: str, value: object) -> list[FieldError]:
    """Say what is wrong with the settings of a project; nothing when they are fine."""
    if not isinstance(value, Mapping):
        return [FieldError(name, "invalid_type", "Settings are an object.")]
    found: list[FieldError] = []
    for setting, held in value.items():
        if setting not in _CHECKS:
            found.append(FieldError(f"{name}.{setting}", "unknown_field", "There is no such setting."))
        else:
            found += _CHECKS[setting](f"{name}.{setting}", held)
    return found


def _one_of(choices: Sequence[str]) -> Callable[[str, object], list[FieldError]]:
    def check(name: str, value: object) -> list[FieldError]:
        return [] if value in choices else [FieldError(name, "invalid_choice", f"One of: {', '.join(choices)}.")]

    return check


def _switch(name: str, value: object) -> list[FieldError]:
    return [] if isinstance(value, bool) else [FieldError(name, "invalid_type", "This must be true or false.")]


def _languages(name: str, value: object) -> list[FieldError]:
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        return [FieldError(name, "invalid_type", "This must be a list of language tags.")]
    if len(value) > MOST_LANGUAGES:
        return [FieldError(name, "too_long", f"At most {MOST_LANGUAGES} languages.")]
    if len(set(value)) != len(value):
        return [FieldError(name, "invalid", "A language is named twice.")]
    return []


def _required(name: str, value: object) -> list[FieldError]:
    if not isinstance(value, Mapping):
        return [FieldError(name, "invalid_type", "This must be an object of lists, one for a kind.")]
    found: list[FieldError] = []
    for kind, attributes in value.items():
        known = ASKABLE.get(kind, ())
        if not known:
            found.append(FieldError(f"{name}.{kind}", "unknown_field", "There is no such kind with attributes."))
        elif not isinstance(attributes, list) or not all(one in known for one in attributes):
            found.append(FieldError(f"{name}.{kind}", "invalid_choice", f"A list of: {', '.join(known)}."))
        elif len(set(attributes)) != len(attributes):
            found.append(FieldError(f"{name}.{kind}", "invalid", "An attribute is named twice."))
    return found


_CHECKS: Final[Mapping[str, Callable[[str, object], list[FieldError]]]] = {
    "visibility": _one_of(VISIBILITIES),
    "second_factor": _one_of(SECOND_FACTORS),
    "languages": _languages,
    "required_attributes": _required,
    "cues": _switch,
}
