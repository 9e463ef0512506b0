"""Submit, recall, reopen and restore links."""

import pytest

from annotations.errors import DuplicateLink, KindNotAllowed, NotAllowed, NotFound, NotYours, Stale, WrongState
from annotations.models import Link
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.review import State
from annotations.services.annotations import AnnotationChange, edit_annotation, withdraw_annotation
from annotations.services.links import move_link, withdraw_link
from tests.factories import join, submit, tag
from tests.world import HOUSES, Case, World


@pytest.fixture
def speaker(case: Case) -> Link:
    return case.links[0]


def test_a_link_is_submitted_and_recalled(world: World, speaker: Link) -> None:
    assert move_link(actor=world.ana, link=speaker, version=1, state=State.SUBMITTED).state == "submitted"
    assert move_link(actor=world.ana, link=speaker, version=1, state=State.DRAFT).state == "draft"


def test_a_withdrawn_link_comes_back(world: World, speaker: Link) -> None:
    withdraw_link(actor=world.ana, link=speaker, version=1)
    assert move_link(actor=world.ana, link=speaker, version=1, state=State.DRAFT).state == "draft"


def test_a_dispute_that_comes_back_turns_its_claim_again(world: World, case: Case) -> None:
    houses = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    link = join(world.ana, LinkType.DISPUTES, houses, case.claim, mode="rebuts")
    withdraw_link(actor=world.ana, link=link, version=1)
    link.refresh_from_db()
    move_link(actor=world.ana, link=link, version=1, state=State.DRAFT)
    houses.refresh_from_db()
    assert (houses.kind, houses.version) == ("counterclaim", 4)


def test_a_link_does_not_come_back_beside_its_like(world: World, case: Case, speaker: Link) -> None:
    withdraw_link(actor=world.ana, link=speaker, version=1)
    again = join(world.ana, LinkType.SPEAKER, case.quote, case.speaker)
    with pytest.raises(DuplicateLink) as refusal:
        move_link(actor=world.ana, link=speaker, version=1, state=State.DRAFT)
    assert refusal.value.extras == {"existing": str(again.id)}


def test_a_link_does_not_come_back_without_its_end(world: World, case: Case, speaker: Link) -> None:
    withdraw_annotation(actor=world.ana, annotation=case.speaker, version=1)
    speaker.refresh_from_db()
    with pytest.raises(WrongState):
        move_link(actor=world.ana, link=speaker, version=1, state=State.DRAFT)


def test_a_link_does_not_come_back_between_other_kinds(world: World, case: Case) -> None:
    cue = tag(world.ana, world.article, Kind.CUE, "said")
    link = join(world.ana, LinkType.CUED_BY, case.quote, cue)
    withdraw_link(actor=world.ana, link=link, version=1)
    edit_annotation(actor=world.ana, annotation=cue, version=1, change=AnnotationChange(kind=Kind.PARTY))
    with pytest.raises(KindNotAllowed):
        move_link(actor=world.ana, link=link, version=1, state=State.DRAFT)


@pytest.mark.parametrize(
    ("name", "refusal"), [("rui", NotYours), ("adi", NotYours), ("vic", NotAllowed), ("zoe", NotFound)]
)
def test_only_the_author_submits(world: World, speaker: Link, name: str, refusal: type[Exception]) -> None:
    actor: Actor = getattr(world, name)
    with pytest.raises(refusal):
        move_link(actor=actor, link=speaker, version=1, state=State.SUBMITTED)


def test_a_wrong_step_or_version_is_refused(world: World, speaker: Link) -> None:
    submit(world.ana, speaker)
    with pytest.raises(WrongState):
        move_link(actor=world.ana, link=speaker, version=1, state=State.SUBMITTED)
    with pytest.raises(Stale):
        move_link(actor=world.ana, link=speaker, version=2, state=State.DRAFT)
