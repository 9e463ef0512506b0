"""How a project reads the labels and relations of a foreign format: checked, used, and kept for the next file."""

from collections.abc import Mapping
from typing import Final

from django.utils import timezone

from annotations.errors import FieldError, InvalidFields
from annotations.formats import codec_named
from annotations.formats.names import LEAVE_OUT, Names
from annotations.models import ImportNames, Project
from annotations.queries.import_names import kept_names
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType

MAX_NAMES: Final = 500
MAX_NAME: Final = 500
# Of a foreign file with thousands of labels only the commonest are told.
_TOLD: Final = 100


def names_for(
    project: Project, format_: str, labels: Mapping[str, str] | None, relations: Mapping[str, str] | None
) -> Names:
    """Take the mapping that was sent, else the one that the project used last. Raises: InvalidFields."""
    _check("labels", labels or {}, frozenset(Kind))
    _check("relations", relations or {}, frozenset(LinkType))
    kept = kept_names(project, format_)
    return Names(
        labels=labels if labels is not None else kept.labels,
        relations=relations if relations is not None else kept.relations,
    )


def keep_names(project: Project, format_: str, names: Names) -> None:
    """Keep a mapping for the next file of this format."""
    if codec_named(format_).read_named is not None and (names.labels or names.relations):
        values = {"labels": dict(names.labels), "relations": dict(names.relations), "changed_at": timezone.now()}
        ImportNames.objects.update_or_create(project=project, format=format_, defaults=values)


def unknown_of(names: Names) -> dict[str, dict[str, int]]:
    """Tell what nobody has mapped, the commonest first."""
    return {
        "labels": dict(names.unknown_labels.most_common(_TOLD)),
        "relations": dict(names.unknown_relations.most_common(_TOLD)),
    }


def _check(field: str, mapping: Mapping[str, str], known: frozenset[str]) -> None:
    errors: list[FieldError] = []
    if len(mapping) > MAX_NAMES:
        errors.append(FieldError(field, "too_long", f"At most {MAX_NAMES} names."))
    for name, meaning in mapping.items():
        if not name or len(name) > MAX_NAME:
            errors.append(FieldError(field, "too_long", f"A name has 1 to {MAX_NAME} characters."))
        elif meaning != LEAVE_OUT and meaning not in known:
            detail = f"{name[:50]}: one of {', '.join(sorted(known))}, or nothing to leave it out."
            errors.append(FieldError(field, "invalid_choice", detail))
    if errors:
        raise InvalidFields(errors)
