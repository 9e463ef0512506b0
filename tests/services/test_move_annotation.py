"""Submit, recall, reopen, restore; accept and dismiss suggestions."""

import pytest
from django.utils import timezone

from annotations.errors import DuplicateAnnotation, NotAllowed, NotFound, NotYours, Stale, WrongState
from annotations.models import Annotation, AnnotationVersion, Event
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.rules.review import Reason, State, Verdict
from annotations.services.annotations import move_annotation, withdraw_annotation
from annotations.services.records import insert_annotations
from annotations.services.review import decide_one
from tests.factories import submit, tag, verdict_on
from tests.world import World


@pytest.fixture
def mayor(world: World) -> Annotation:
    return tag(world.ana, world.article, Kind.PARTY, "The mayor")


@pytest.fixture
def suggestion(world: World) -> Annotation:
    """What a rule suggested; nobody is its author."""
    now = timezone.now()
    suggested = Annotation(
        project=world.project, article=world.article, kind=Kind.CUE, segments=[[31, 39]], exact=["the army"],
        author=None, origin={"by": "suggested", "rule": "cues"}, state=State.SUGGESTED, created_at=now, updated_at=now,
    )  # fmt: skip
    insert_annotations([suggested], editor=world.adi.user)
    return suggested


def test_submitting_changes_the_state_and_not_the_version(world: World, mayor: Annotation) -> None:
    moved = move_annotation(actor=world.ana, annotation=mayor, version=1, state=State.SUBMITTED)
    assert (moved.state, moved.version) == ("submitted", 1)
    assert AnnotationVersion.objects.filter(annotation=mayor).count() == 1
    assert Event.objects.filter(subject=mayor.id).order_by("number").last().verb == "annotation.submitted"  # type: ignore[union-attr]


def test_recalling_brings_it_back(world: World, mayor: Annotation) -> None:
    submit(world.ana, mayor)
    assert move_annotation(actor=world.ana, annotation=mayor, version=1, state=State.DRAFT).state == "draft"


def test_a_rejected_record_is_reopened_by_its_author(world: World, mayor: Annotation) -> None:
    submit(world.ana, mayor)
    decide_one(actor=world.rui, draft=verdict_on(mayor, Verdict.REJECT, Reason.SPAN))
    mayor.refresh_from_db()
    assert move_annotation(actor=world.ana, annotation=mayor, version=1, state=State.DRAFT).state == "draft"


def test_reopening_beside_its_like_is_refused(world: World, mayor: Annotation) -> None:
    submit(world.ana, mayor)
    decide_one(actor=world.rui, draft=verdict_on(mayor, Verdict.REJECT, Reason.SPAN))
    again = tag(world.ana, world.article, Kind.PARTY, "The mayor")
    with pytest.raises(DuplicateAnnotation) as refusal:
        move_annotation(actor=world.ana, annotation=mayor, version=1, state=State.DRAFT)
    assert refusal.value.extras == {"existing": str(again.id)}


def test_restoring_beside_its_like_is_refused(world: World, mayor: Annotation) -> None:
    withdraw_annotation(actor=world.ana, annotation=mayor, version=1)
    tag(world.ana, world.article, Kind.PARTY, "The mayor")
    with pytest.raises(DuplicateAnnotation):
        move_annotation(actor=world.ana, annotation=mayor, version=1, state=State.DRAFT)


def test_who_accepts_a_suggestion_is_its_author(world: World, suggestion: Annotation) -> None:
    accepted = move_annotation(actor=world.ana, annotation=suggestion, version=1, state=State.DRAFT)
    assert (accepted.state, accepted.author) == ("draft", world.ana.user)


def test_a_suggestion_is_dismissed_without_an_author(world: World, suggestion: Annotation) -> None:
    dismissed = move_annotation(actor=world.ana, annotation=suggestion, version=1, state=State.DISMISSED)
    assert (dismissed.state, dismissed.author) == ("dismissed", None)


@pytest.mark.parametrize("state", [State.DRAFT, State.APPROVED, State.DISMISSED, State.WITHDRAWN, State.REJECTED])
def test_steps_that_the_table_lacks_are_refused(world: World, mayor: Annotation, state: State) -> None:
    with pytest.raises(WrongState):
        move_annotation(actor=world.ana, annotation=mayor, version=1, state=state)


@pytest.mark.parametrize(
    ("name", "refusal"), [("rui", NotYours), ("adi", NotYours), ("vic", NotAllowed), ("zoe", NotFound)]
)
def test_only_the_author_submits(world: World, mayor: Annotation, name: str, refusal: type[Exception]) -> None:
    actor: Actor = getattr(world, name)
    with pytest.raises(refusal):
        move_annotation(actor=actor, annotation=mayor, version=1, state=State.SUBMITTED)


def test_another_version_than_the_one_seen_is_refused(world: World, mayor: Annotation) -> None:
    with pytest.raises(Stale):
        move_annotation(actor=world.ana, annotation=mayor, version=2, state=State.SUBMITTED)
