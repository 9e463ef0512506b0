"""A change of content makes the next version, in draft; nobody overwrites anybody silently."""

import pytest

from annotations.anchoring.anchor import Segment
from annotations.errors import (
    BreaksLinks,
    DuplicateAnnotation,
    InvalidFields,
    NotAllowed,
    NotFound,
    NotYours,
    Stale,
    TextMismatch,
    WrongState,
)
from annotations.models import Annotation, AnnotationVersion, Event
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.services.annotations import AnnotationChange, edit_annotation, withdraw_annotation
from tests.factories import spans, submit, tag
from tests.world import CLAIM, Case, World

NOTE = AnnotationChange(note="changed")


@pytest.fixture
def mayor(world: World) -> Annotation:
    return tag(world.ana, world.article, Kind.PARTY, "The mayor")


def test_a_change_is_the_next_version_in_draft(world: World, mayor: Annotation) -> None:
    submit(world.ana, mayor)
    changed = edit_annotation(actor=world.ana, annotation=mayor, version=1, change=NOTE)
    stored = Annotation.objects.get(pk=mayor.pk)
    assert (changed.version, stored.version, stored.state, stored.note) == (2, 2, "draft", "changed")
    assert list(AnnotationVersion.objects.filter(annotation=mayor).values_list("number", flat=True)) == [1, 2]


def test_a_change_that_changes_nothing_keeps_everything(world: World, mayor: Annotation) -> None:
    submit(world.ana, mayor)
    events = Event.objects.count()
    same = AnnotationChange(
        kind=Kind.PARTY,
        segments=spans(world.article, "The mayor"),
        exact=("The mayor",),
        attributes={"mention_form": "name"},
        parties=(),
        note="",
    )
    kept = edit_annotation(actor=world.ana, annotation=mayor, version=1, change=same)
    assert (kept.version, kept.state, Event.objects.count()) == (1, "submitted", events)


def test_an_approved_version_stays_in_force_while_the_next_is_a_draft(world: World, approved: Case) -> None:
    changed = edit_annotation(actor=world.ana, annotation=approved.claim, version=1, change=NOTE)
    assert (changed.state, changed.version, changed.approved_version) == ("draft", 2, 1)


def test_an_admin_edits_and_the_author_stays(world: World, mayor: Annotation) -> None:
    changed = edit_annotation(actor=world.adi, annotation=mayor, version=1, change=NOTE)
    assert changed.author_id == world.ana.user.id
    assert AnnotationVersion.objects.get(annotation=mayor, number=2).editor_id == world.adi.user.id


def test_a_new_kind_drops_attributes_and_parties_it_lacks(world: World, case: Case) -> None:
    mention = tag(world.ana, world.article, Kind.PARTY, "The mayor", parties=(world.army.id,))
    changed = edit_annotation(actor=world.ana, annotation=mention, version=1, change=AnnotationChange(kind=Kind.CLAIM))
    assert changed.parties == []
    assert changed.attributes == {
        "voice": "attributed",
        "act": "assert",
        "topic": "other",
        "commitment": "certain",
    }


def test_another_version_than_the_one_seen_is_refused(world: World, mayor: Annotation) -> None:
    edit_annotation(actor=world.ana, annotation=mayor, version=1, change=NOTE)
    with pytest.raises(Stale) as refusal:
        edit_annotation(actor=world.ana, annotation=mayor, version=1, change=AnnotationChange(note="late"))
    assert refusal.value.record == mayor
    assert Annotation.objects.get(pk=mayor.pk).note == "changed"


@pytest.mark.parametrize(("name", "refusal"), [("rui", NotYours), ("vic", NotAllowed), ("zoe", NotFound)])
def test_others_may_not(world: World, mayor: Annotation, name: str, refusal: type[Exception]) -> None:
    actor: Actor = getattr(world, name)
    with pytest.raises(refusal):
        edit_annotation(actor=actor, annotation=mayor, version=1, change=NOTE)


def test_a_withdrawn_record_is_not_edited(world: World, mayor: Annotation) -> None:
    withdraw_annotation(actor=world.ana, annotation=mayor, version=1)
    with pytest.raises(WrongState):
        edit_annotation(actor=world.ana, annotation=mayor, version=1, change=NOTE)


def test_segments_come_with_their_words(world: World, mayor: Annotation) -> None:
    with pytest.raises(InvalidFields):
        edit_annotation(
            actor=world.ana, annotation=mayor, version=1, change=AnnotationChange(segments=(Segment(0, 2),))
        )
    with pytest.raises(TextMismatch):
        edit_annotation(
            actor=world.ana,
            annotation=mayor,
            version=1,
            change=AnnotationChange(segments=(Segment(0, 2),), exact=("no",)),
        )


def test_a_kind_that_breaks_living_links_is_refused_with_their_ids(world: World, case: Case) -> None:
    with pytest.raises(BreaksLinks) as refusal:
        edit_annotation(actor=world.ana, annotation=case.speaker, version=1, change=AnnotationChange(kind=Kind.CUE))
    assert str(case.links[0].id) in str(refusal.value.errors) + str(refusal.value.extras)


def test_a_claim_may_not_leave_its_quote(world: World, case: Case) -> None:
    words = "The rebels denied it"
    change = AnnotationChange(segments=spans(world.article, words), exact=(words,))
    with pytest.raises(BreaksLinks):
        edit_annotation(actor=world.ana, annotation=case.claim, version=1, change=change)


def test_a_change_may_not_repeat_another_record(world: World, case: Case, mayor: Annotation) -> None:
    change = AnnotationChange(segments=spans(world.article, "the army"), exact=("the army",))
    with pytest.raises(DuplicateAnnotation) as refusal:
        edit_annotation(actor=world.ana, annotation=mayor, version=1, change=change)
    assert refusal.value.extras == {"existing": str(case.speaker.id)}
    assert Annotation.objects.get(pk=mayor.pk).version == 1


def test_two_claims_apart_by_paraphrase_cannot_become_one(world: World) -> None:
    tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    other = tag(world.ana, world.article, Kind.CLAIM, CLAIM, attributes={"paraphrase": "Another."})
    attributes = {name: value for name, value in other.attributes.items() if name != "paraphrase"}
    with pytest.raises(DuplicateAnnotation):
        edit_annotation(actor=world.ana, annotation=other, version=1, change=AnnotationChange(attributes=attributes))
