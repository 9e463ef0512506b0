"""How the labels and relations of a foreign file are read: by their own words, or as somebody mapped them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType

# What a mapping says of a name that is not to be taken over.
LEAVE_OUT: Final = ""


class Left(Enum):
    """The one answer to a name that is to be left out."""

    OUT = "out"


@dataclass(slots=True)
class Names:
    """A mapping from labels to kinds and from relations to link types, and what was met that it does not know.

    A name that is not mapped is taken for a kind or type of the same word, in any case of letters.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    relations: Mapping[str, str] = field(default_factory=dict)
    unknown_labels: Counter[str] = field(default_factory=Counter)
    unknown_relations: Counter[str] = field(default_factory=Counter)
    left_out: int = 0

    def kind(self, label: str) -> Kind | Left | None:
        """Answer the kind of a label; None for one that nobody has mapped."""
        name = self.labels.get(label, label.lower())
        if label in self.labels and name == LEAVE_OUT:
            self.left_out += 1
            return Left.OUT
        if name in _KINDS:
            return Kind(name)
        self.unknown_labels[label] += 1
        return None

    def link_type(self, relation: str) -> LinkType | Left | None:
        """Answer the link type of a relation; None for one that nobody has mapped."""
        name = self.relations.get(relation, relation.lower())
        if relation in self.relations and name == LEAVE_OUT:
            self.left_out += 1
            return Left.OUT
        if name in _TYPES:
            return LinkType(name)
        self.unknown_relations[relation] += 1
        return None

    def leave_out(self) -> None:
        """Count a relation that goes because an end of it was left out."""
        self.left_out += 1


_KINDS: Final = frozenset(Kind)
_TYPES: Final = frozenset(LinkType)
