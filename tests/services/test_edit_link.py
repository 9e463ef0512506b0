"""A change of a link's attributes or note makes its next version."""

import pytest

from annotations.errors import DuplicateLink, InvalidFields, NotAllowed, NotFound, NotYours, Stale, WrongState
from annotations.models import Annotation, Link, LinkVersion
from annotations.queries.access import Actor
from annotations.rules.links import LinkType
from annotations.rules.review import Reason, Verdict
from annotations.services.annotations import withdraw_annotation
from annotations.services.links import edit_link, withdraw_link
from annotations.services.review import decide_one
from tests.factories import join, submit, verdict_on
from tests.world import Case, World


@pytest.fixture
def disputes(case: Case) -> Link:
    return case.links[4]


def _reject(world: World, link: Link) -> None:
    submit(world.ana, link)
    decide_one(actor=world.rui, draft=verdict_on(link, Verdict.REJECT, Reason.LINK))


def test_a_change_is_the_next_version_in_draft(world: World, disputes: Link) -> None:
    submit(world.ana, disputes)
    changed = edit_link(actor=world.ana, link=disputes, version=1, attributes={"mode": "undercuts"}, note="why")
    assert (changed.version, changed.state, changed.note) == (2, "draft", "why")
    assert LinkVersion.objects.get(link=disputes, number=2).content["attributes"] == {"mode": "undercuts"}


def test_a_change_that_changes_nothing_keeps_everything(world: World, disputes: Link) -> None:
    submit(world.ana, disputes)
    kept = edit_link(actor=world.ana, link=disputes, version=1, attributes={"mode": "rebuts"}, note="")
    assert (kept.version, kept.state) == (1, "submitted")


def test_a_rejected_link_lives_again_by_a_change(world: World, disputes: Link) -> None:
    _reject(world, disputes)
    assert edit_link(actor=world.ana, link=disputes, version=1, note="better").state == "draft"


def test_a_rejected_link_stays_when_its_end_is_gone(world: World, case: Case, disputes: Link) -> None:
    _reject(world, disputes)
    withdraw_annotation(actor=world.ana, annotation=case.claim, version=1)
    with pytest.raises(WrongState):
        edit_link(actor=world.ana, link=disputes, version=1, note="better")


def test_a_rejected_link_does_not_come_back_beside_its_like(world: World, case: Case, disputes: Link) -> None:
    _reject(world, disputes)
    again = join(world.ana, LinkType.DISPUTES, case.denial, case.claim, mode="rebuts")
    with pytest.raises(DuplicateLink) as refusal:
        edit_link(actor=world.ana, link=disputes, version=1, note="better")
    assert refusal.value.extras == {"existing": str(again.id)}
    assert Annotation.objects.get(pk=case.denial.pk).version == 1


@pytest.mark.parametrize(("name", "refusal"), [("rui", NotYours), ("vic", NotAllowed), ("zoe", NotFound)])
def test_others_may_not(world: World, disputes: Link, name: str, refusal: type[Exception]) -> None:
    actor: Actor = getattr(world, name)
    with pytest.raises(refusal):
        edit_link(actor=actor, link=disputes, version=1, note="mine")


def test_wrong_attributes_are_refused(world: World, disputes: Link) -> None:
    with pytest.raises(InvalidFields):
        edit_link(actor=world.ana, link=disputes, version=1, attributes={})
    with pytest.raises(InvalidFields):
        edit_link(actor=world.ana, link=disputes, version=1, note="x" * 10_001)


def test_another_version_than_the_one_seen_is_refused(world: World, disputes: Link) -> None:
    with pytest.raises(Stale):
        edit_link(actor=world.ana, link=disputes, version=2, note="late")


def test_a_withdrawn_link_is_not_edited(world: World, disputes: Link) -> None:
    withdraw_link(actor=world.ana, link=disputes, version=1)
    with pytest.raises(WrongState):
        edit_link(actor=world.ana, link=disputes, version=1, note="late")
