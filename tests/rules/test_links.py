from uuid import UUID

import pytest

from annotations.errors import CrossArticle, InvalidFields, KindNotAllowed, OtherProject, OutsideQuote, SelfLink
from annotations.rules.kinds import Kind
from annotations.rules.links import (
    End,
    LinkType,
    check_ends,
    check_link_attributes,
    lies_inside,
    turns_into_counterclaim,
)

PROJECT, OTHER = UUID(int=1), UUID(int=2)
ARTICLE, ELSEWHERE = UUID(int=3), UUID(int=4)

# Kinds it may start from, kinds it may end at, and whether it may leave the article: written out once more.
EXPECTED = {
    "speaker": ("quote", "party", False),
    "claimant": ("claim counterclaim", "party", False),
    "about": ("quote claim counterclaim", "party", False),
    "expresses": ("quote", "claim counterclaim", False),
    "disputes": ("counterclaim", "claim counterclaim", True),
    "supports": ("claim counterclaim", "claim counterclaim", True),
    "same_as": ("claim counterclaim", "claim counterclaim", True),
    "relayed_by": ("quote claim counterclaim", "party", False),
    "cued_by": ("quote claim counterclaim", "cue", False),
}
ALL_PAIRS = [(type_, source, target) for type_ in LinkType for source in Kind for target in Kind]


def end(number: int, kind: Kind, article: UUID = ARTICLE, project: UUID = PROJECT, segments=((10, 20),)) -> End:
    return End(UUID(int=number), project, article, kind, segments)


def is_listed(type_: LinkType, source: Kind, target: Kind) -> bool:
    sources, targets, _ = EXPECTED[type_]
    return source in sources.split() and target in targets.split()


@pytest.mark.parametrize(("type_", "source", "target"), [case for case in ALL_PAIRS if is_listed(*case)])
def test_listed_pairs_of_kinds_may_be_joined(type_, source, target):
    assert check_ends(type_, end(1, source), end(2, target)) is None


@pytest.mark.parametrize(("type_", "source", "target"), [case for case in ALL_PAIRS if not is_listed(*case)])
def test_any_other_pair_of_kinds_is_refused(type_, source, target):
    with pytest.raises(KindNotAllowed):
        check_ends(type_, end(1, source), end(2, target))


@pytest.mark.parametrize("type_", [LinkType.DISPUTES, LinkType.SUPPORTS, LinkType.SAME_AS])
def test_links_between_claims_may_leave_their_article(type_):
    assert check_ends(type_, end(1, Kind.COUNTERCLAIM), end(2, Kind.CLAIM, ELSEWHERE)) is None


@pytest.mark.parametrize(
    ("type_", "source", "target"),
    [
        (LinkType.SPEAKER, Kind.QUOTE, Kind.PARTY),
        (LinkType.CLAIMANT, Kind.CLAIM, Kind.PARTY),
        (LinkType.ABOUT, Kind.CLAIM, Kind.PARTY),
        (LinkType.EXPRESSES, Kind.QUOTE, Kind.CLAIM),
        (LinkType.RELAYED_BY, Kind.CLAIM, Kind.PARTY),
        (LinkType.CUED_BY, Kind.CLAIM, Kind.CUE),
    ],
)
def test_other_links_stay_in_their_article(type_, source, target):
    with pytest.raises(CrossArticle):
        check_ends(type_, end(1, source), end(2, target, ELSEWHERE))


def test_nothing_is_linked_to_itself():
    with pytest.raises(SelfLink):
        check_ends(LinkType.SUPPORTS, end(1, Kind.CLAIM), end(1, Kind.CLAIM))


def test_both_ends_are_in_one_project():
    with pytest.raises(OtherProject):
        check_ends(LinkType.SUPPORTS, end(1, Kind.CLAIM), end(2, Kind.CLAIM, project=OTHER))


def test_a_claim_inside_one_segment_of_a_quote_is_expressed_by_it():
    quote = end(1, Kind.QUOTE, segments=((0, 9), (15, 40)))
    assert check_ends(LinkType.EXPRESSES, quote, end(2, Kind.CLAIM, segments=((15, 40),))) is None


@pytest.mark.parametrize("segments", [((8, 16),), ((39, 41),), ((2, 4), (50, 60))])
def test_a_claim_that_reaches_out_of_the_quote_is_refused(segments):
    quote = end(1, Kind.QUOTE, segments=((0, 9), (15, 40)))
    with pytest.raises(OutsideQuote):
        check_ends(LinkType.EXPRESSES, quote, end(2, Kind.CLAIM, segments=segments))


def test_no_segment_lies_inside_nothing():
    assert lies_inside([[1, 2]], []) is False


def test_only_a_disputes_link_from_a_claim_turns_it():
    turning = [(t, k) for t in LinkType for k in Kind if turns_into_counterclaim(t, k)]
    assert turning == [(LinkType.DISPUTES, Kind.CLAIM)]


@pytest.mark.parametrize("mode", ["rebuts", "undercuts"])
def test_disputes_has_a_mode(mode):
    assert check_link_attributes(LinkType.DISPUTES, {"mode": mode}) is None


@pytest.mark.parametrize(
    ("type_", "attributes", "code"),
    [
        (LinkType.DISPUTES, {}, "required"),
        (LinkType.DISPUTES, {"mode": "denies"}, "invalid_choice"),
        (LinkType.DISPUTES, {"mode": None}, "invalid_type"),
        (LinkType.DISPUTES, {"mode": "rebuts", "why": "x"}, "unknown_field"),
        (LinkType.SPEAKER, {"mode": "rebuts"}, "unknown_field"),
        (LinkType.SPEAKER, [], "invalid_type"),
    ],
)
def test_wrong_link_attributes_are_refused_with_their_code(type_, attributes, code):
    with pytest.raises(InvalidFields) as refusal:
        check_link_attributes(type_, attributes)
    assert refusal.value.code == code
