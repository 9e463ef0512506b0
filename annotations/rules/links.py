"""What may link to what: the matrix of docs/data-model.md#links, asked by every write and by the doctor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from annotations.errors import (
    CrossArticle,
    FieldError,
    InvalidFields,
    KindNotAllowed,
    OtherProject,
    OutsideQuote,
    SelfLink,
)
from annotations.rules.kinds import CLAIMS, Kind


class LinkType(StrEnum):
    """What one annotation says about another."""

    SPEAKER = "speaker"
    CLAIMANT = "claimant"
    ABOUT = "about"
    EXPRESSES = "expresses"
    DISPUTES = "disputes"
    SUPPORTS = "supports"
    SAME_AS = "same_as"
    RELAYED_BY = "relayed_by"
    CUED_BY = "cued_by"


MODES: Final = ("rebuts", "undercuts")


@dataclass(frozen=True, slots=True)
class LinkRule:
    """Kinds at both ends, and whether the link may leave its article."""

    sources: frozenset[Kind]
    targets: frozenset[Kind]
    across_articles: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """What the matrix needs to know of one end of a link. `segments` are [start, end) in code points.

    Ids are only compared; those of one link are written in one way.
    """

    id: UUID | str
    project: UUID | str
    article: UUID | str
    kind: Kind
    segments: Sequence[Sequence[int]]


_SAID: Final = CLAIMS | {Kind.QUOTE}
_PARTY: Final = frozenset({Kind.PARTY})
_QUOTE: Final = frozenset({Kind.QUOTE})

MATRIX: Final[Mapping[LinkType, LinkRule]] = {
    LinkType.SPEAKER: LinkRule(_QUOTE, _PARTY),
    LinkType.CLAIMANT: LinkRule(CLAIMS, _PARTY),
    LinkType.ABOUT: LinkRule(_SAID, _PARTY),
    LinkType.EXPRESSES: LinkRule(_QUOTE, CLAIMS),
    LinkType.DISPUTES: LinkRule(frozenset({Kind.COUNTERCLAIM}), CLAIMS, across_articles=True),
    LinkType.SUPPORTS: LinkRule(CLAIMS, CLAIMS, across_articles=True),
    LinkType.SAME_AS: LinkRule(CLAIMS, CLAIMS, across_articles=True),
    LinkType.RELAYED_BY: LinkRule(_SAID, _PARTY),
    LinkType.CUED_BY: LinkRule(_SAID, frozenset({Kind.CUE})),
}


def turns_into_counterclaim(type_: LinkType, source: Kind) -> bool:
    """Say whether drawing this link makes a counterclaim of the claim it starts from."""
    return type_ is LinkType.DISPUTES and source is Kind.CLAIM


def check_ends(type_: LinkType, source: End, target: End) -> None:
    """Refuse a link that the matrix does not hold.

    The kind of the source is the one after a possible turn into a counterclaim.
    Raises: OtherProject, SelfLink, KindNotAllowed, CrossArticle, OutsideQuote.
    """
    if source.project != target.project:
        raise OtherProject
    if source.id == target.id:
        raise SelfLink
    rule = MATRIX[type_]
    if source.kind not in rule.sources or target.kind not in rule.targets:
        raise KindNotAllowed(f"{type_} cannot join {source.kind} to {target.kind}.")
    if source.article != target.article and not rule.across_articles:
        raise CrossArticle
    if type_ is LinkType.EXPRESSES and not lies_inside(target.segments, source.segments):
        raise OutsideQuote


def lies_inside(inner: Sequence[Sequence[int]], outer: Sequence[Sequence[int]]) -> bool:
    """Say whether every inner segment lies within one of the outer segments."""
    return all(any(o[0] <= i[0] and i[1] <= o[1] for o in outer) for i in inner)


def link_attribute_errors(type_: LinkType, attributes: object) -> list[FieldError]:
    """Say what is wrong with a link's attributes: `disputes` has `mode`, the others have none."""
    if not isinstance(attributes, Mapping):
        return [FieldError("attributes", "invalid_type", "Attributes are an object.")]
    has_mode = type_ is LinkType.DISPUTES
    found = [
        FieldError(f"attributes.{name}", "unknown_field", f"A {type_} link has no such attribute.")
        for name in attributes
        if not (has_mode and name == "mode")
    ]
    if has_mode and "mode" not in attributes:
        found.append(FieldError("attributes.mode", "required", f"One of: {', '.join(MODES)}."))
    elif has_mode and not isinstance(attributes["mode"], str):
        found.append(FieldError("attributes.mode", "invalid_type", "This must be a text."))
    elif has_mode and attributes["mode"] not in MODES:
        found.append(FieldError("attributes.mode", "invalid_choice", f"One of: {', '.join(MODES)}."))
    return found


def check_link_attributes(type_: LinkType, attributes: object) -> None:
    """Refuse wrong attributes. Raises: InvalidFields."""
    if found := link_attribute_errors(type_, attributes):
        raise InvalidFields(found)
