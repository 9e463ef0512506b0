"""A link is taken out; the last dispute taken back from a turned claim turns it back."""

import pytest

from annotations.errors import DuplicateAnnotation, NotAllowed, NotFound, NotYours, Stale, WrongState
from annotations.models import Annotation, Link
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.services.annotations import withdraw_annotation
from annotations.services.links import withdraw_link
from tests.factories import join, tag
from tests.world import HOUSES, Case, World


@pytest.fixture
def houses(world: World, case: Case) -> Annotation:
    """A claim of Ana's that two disputes made a counterclaim."""
    claim = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    join(world.ana, LinkType.DISPUTES, claim, case.claim, mode="rebuts")
    join(world.ana, LinkType.DISPUTES, claim, case.denial, mode="rebuts")
    claim.refresh_from_db()
    return claim


def _disputes(claim: Annotation) -> list[Link]:
    return list(Link.objects.filter(source=claim, type=LinkType.DISPUTES).order_by("id"))


def test_a_link_goes_out_and_keeps_its_version(world: World, approved: Case) -> None:
    gone = withdraw_link(actor=world.ana, link=approved.links[4], version=1)
    assert (gone.state, gone.version, gone.approved_version, gone.approved_source_version) == (
        "withdrawn",
        1,
        None,
        None,
    )


def test_the_last_dispute_taken_back_turns_the_claim_back(world: World, houses: Annotation) -> None:
    first, last = _disputes(houses)
    withdraw_link(actor=world.ana, link=first, version=1)
    houses.refresh_from_db()
    assert (houses.kind, houses.version) == ("counterclaim", 2)
    withdraw_link(actor=world.ana, link=last, version=1)
    houses.refresh_from_db()
    assert (houses.kind, houses.version, houses.was_turned) == ("claim", 3, False)


def test_a_counterclaim_from_the_start_stays_one(world: World, case: Case) -> None:
    withdraw_link(actor=world.ana, link=case.links[4], version=1)
    case.denial.refresh_from_db()
    assert (case.denial.kind, case.denial.version) == ("counterclaim", 1)


def test_an_admin_turns_nothing_back(world: World, houses: Annotation) -> None:
    for link in _disputes(houses):
        withdraw_link(actor=world.adi, link=link, version=1)
    houses.refresh_from_db()
    assert houses.kind == "counterclaim"


def test_withdrawing_the_other_end_turns_nothing_back(world: World, case: Case, houses: Annotation) -> None:
    withdraw_link(actor=world.ana, link=_disputes(houses)[1], version=1)
    withdraw_annotation(actor=world.ana, annotation=case.claim, version=1)
    houses.refresh_from_db()
    assert houses.kind == "counterclaim"


def test_turning_back_beside_its_like_is_refused_whole(world: World, houses: Annotation) -> None:
    first, last = _disputes(houses)
    withdraw_link(actor=world.ana, link=first, version=1)
    tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    with pytest.raises(DuplicateAnnotation):
        withdraw_link(actor=world.ana, link=last, version=1)
    last.refresh_from_db()
    assert last.state == "draft"


def test_the_author_of_the_source_may_take_out_what_others_drew(world: World, case: Case) -> None:
    theirs = join(world.rui, LinkType.ABOUT, case.claim, case.denier)
    assert withdraw_link(actor=world.ana, link=theirs, version=1).state == "withdrawn"


@pytest.mark.parametrize(("name", "refusal"), [("rui", NotYours), ("vic", NotAllowed), ("zoe", NotFound)])
def test_others_may_not(world: World, case: Case, name: str, refusal: type[Exception]) -> None:
    actor: Actor = getattr(world, name)
    with pytest.raises(refusal):
        withdraw_link(actor=actor, link=case.links[0], version=1)


def test_twice_and_with_another_version_is_refused(world: World, case: Case) -> None:
    with pytest.raises(Stale):
        withdraw_link(actor=world.ana, link=case.links[0], version=2)
    withdraw_link(actor=world.ana, link=case.links[0], version=1)
    with pytest.raises(WrongState):
        withdraw_link(actor=world.ana, link=case.links[0], version=1)
