"""Withdrawing takes a record and its living links out at once; restoring brings back exactly these."""

import pytest

from annotations.errors import NotAllowed, NotFound, NotYours, Stale, WrongState
from annotations.models import Event, Link
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.review import State
from annotations.services.annotations import (
    AnnotationChange,
    edit_annotation,
    move_annotation,
    withdraw_annotation,
)
from annotations.services.links import withdraw_link
from tests.factories import join, tag
from tests.world import Case, World


def _states(case: Case) -> list[str]:
    return [Link.objects.get(pk=link.pk).state for link in case.links]


def test_the_record_and_its_links_go_out_of_the_approved_set(world: World, approved: Case) -> None:
    gone = withdraw_annotation(actor=world.ana, annotation=approved.claim, version=1)
    assert (gone.state, gone.version, gone.approved_version) == ("withdrawn", 1, None)
    assert _states(approved) == ["approved", "withdrawn", "withdrawn", "approved", "withdrawn"]
    assert Link.objects.get(pk=approved.links[1].pk).approved_version is None


def test_links_of_others_go_too(world: World, case: Case) -> None:
    theirs = join(world.rui, LinkType.ABOUT, case.claim, case.denier)
    withdraw_annotation(actor=world.ana, annotation=case.claim, version=1)
    theirs.refresh_from_db()
    assert theirs.state == "withdrawn"


def test_restoring_brings_back_the_links_that_went_with_it(world: World, case: Case) -> None:
    withdraw_link(actor=world.ana, link=case.links[1], version=1)
    withdraw_annotation(actor=world.ana, annotation=case.claim, version=1)
    back = move_annotation(actor=world.ana, annotation=case.claim, version=1, state=State.DRAFT)
    assert back.state == "draft"
    assert _states(case) == ["draft", "withdrawn", "draft", "draft", "draft"]


def test_a_link_waits_until_both_its_ends_are_back(world: World, case: Case) -> None:
    withdraw_annotation(actor=world.ana, annotation=case.claim, version=1)
    withdraw_annotation(actor=world.ana, annotation=case.denial, version=1)
    move_annotation(actor=world.ana, annotation=case.claim, version=1, state=State.DRAFT)
    assert _states(case)[4] == "withdrawn"
    move_annotation(actor=world.ana, annotation=case.denial, version=1, state=State.DRAFT)
    assert _states(case)[4] == "draft"


def test_a_link_that_may_not_join_its_ends_any_more_stays_out(world: World, case: Case) -> None:
    cue = tag(world.ana, world.article, Kind.CUE, "said")
    link = join(world.ana, LinkType.CUED_BY, case.quote, cue)
    withdraw_annotation(actor=world.ana, annotation=case.quote, version=1)
    edit_annotation(actor=world.ana, annotation=cue, version=1, change=AnnotationChange(kind=Kind.PARTY))
    move_annotation(actor=world.ana, annotation=case.quote, version=1, state=State.DRAFT)
    link.refresh_from_db()
    assert (link.state, link.withdrawn_with) == ("withdrawn", None)


def test_an_admin_may_withdraw_and_restore_what_others_made(world: World, case: Case) -> None:
    withdraw_annotation(actor=world.adi, annotation=case.claim, version=1)
    case.claim.refresh_from_db()
    back = move_annotation(actor=world.adi, annotation=case.claim, version=1, state=State.DRAFT)
    assert (back.state, back.author_id) == ("draft", world.ana.user.id)


def test_one_event_tells_of_it_with_the_links(world: World, case: Case) -> None:
    before = Event.objects.count()
    withdraw_annotation(actor=world.ana, annotation=case.quote, version=1)
    event = Event.objects.select_related("payload").get(verb="annotation.withdrawn")
    assert Event.objects.count() == before + 1
    assert str(case.links[0].id) in event.payload.content


@pytest.mark.parametrize(("name", "refusal"), [("rui", NotYours), ("vic", NotAllowed), ("zoe", NotFound)])
def test_others_may_not(world: World, case: Case, name: str, refusal: type[Exception]) -> None:
    actor: Actor = getattr(world, name)
    with pytest.raises(refusal):
        withdraw_annotation(actor=actor, annotation=case.claim, version=1)


def test_twice_is_refused(world: World, case: Case) -> None:
    withdraw_annotation(actor=world.ana, annotation=case.claim, version=1)
    with pytest.raises(WrongState):
        withdraw_annotation(actor=world.ana, annotation=case.claim, version=1)


def test_another_version_than_the_one_seen_is_refused(world: World, case: Case) -> None:
    with pytest.raises(Stale):
        withdraw_annotation(actor=world.ana, annotation=case.claim, version=2)
