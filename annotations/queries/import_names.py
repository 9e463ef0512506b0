"""How a project reads the labels and relations of a foreign format."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotations.models import ImportNames, Project


@dataclass(frozen=True, slots=True)
class KeptNames:
    """The mapping that a project used last for one format; an empty meaning leaves a name out."""

    labels: Mapping[str, str] = field(default_factory=dict)
    relations: Mapping[str, str] = field(default_factory=dict)


def kept_names(project: Project, format_: str) -> KeptNames:
    """Answer the mapping of a project for one format; an empty one when it has none."""
    found = ImportNames.objects.filter(project=project, format=format_).first()
    return KeptNames(found.labels, found.relations) if found else KeptNames()
