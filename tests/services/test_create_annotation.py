"""An analyst marks words in an article."""

from uuid import UUID

import pytest

from annotations.anchoring.anchor import Segment
from annotations.errors import (
    DuplicateAnnotation,
    InsufficientScope,
    InvalidFields,
    NotAllowed,
    NotFound,
    SplitsGrapheme,
    TextMismatch,
)
from annotations.models import Annotation, AnnotationVersion, Event
from annotations.queries.access import Actor
from annotations.rules.chain import content_digest
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Scope
from annotations.services.annotations import AnnotationDraft, create_annotation, withdraw_annotation
from annotations.services.records import content_of
from tests.factories import an_id, make_article, make_party, make_project, tag
from tests.world import CLAIM, QUOTE, World


def test_a_highlight_is_stored_as_draft_with_its_first_version(world: World) -> None:
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM, note="first")
    stored = Annotation.objects.get(pk=claim.pk)
    version = AnnotationVersion.objects.get(annotation=claim)
    assert (stored.state, stored.version, stored.approved_version) == ("draft", 1, None)
    assert (stored.author_id, stored.origin) == (world.ana.user.id, {"by": "human"})
    assert (version.number, version.editor_id) == (1, world.ana.user.id)
    assert version.content == content_of(stored)


def test_one_event_tells_of_it_with_the_digest_of_its_content(world: World) -> None:
    before = Event.objects.count()
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    event = Event.objects.select_related("payload").get(subject=claim.id)
    assert Event.objects.count() == before + 1
    assert (event.verb, event.actor_id) == ("annotation.created", world.ana.user.id)
    assert content_digest(content_of(claim)) in event.payload.content


@pytest.mark.parametrize(
    ("kind", "words", "filled"),
    [
        (Kind.PARTY, ("the army",), {"mention_form": "name"}),
        (Kind.QUOTE, QUOTE, {"quote_type": "direct"}),
        (Kind.QUOTE, ("the army said",), {"quote_type": "indirect"}),
        (
            Kind.CLAIM,
            (CLAIM,),
            {"voice": "attributed", "act": "assert", "topic": "other", "commitment": "certain"},
        ),
        (
            Kind.COUNTERCLAIM,
            ("denied it",),
            {"voice": "attributed", "act": "deny", "topic": "other", "commitment": "certain"},
        ),
        (Kind.CUE, ("said",), {}),
    ],
)
def test_attributes_left_out_are_filled(
    world: World, kind: Kind, words: tuple[str, ...], filled: dict[str, str]
) -> None:
    assert tag(world.ana, world.article, kind, *words).attributes == filled


def test_the_same_words_may_be_several_things(world: World) -> None:
    tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    tag(world.ana, world.article, Kind.QUOTE, CLAIM)
    tag(world.ana, world.article, Kind.CLAIM, CLAIM, attributes={"paraphrase": "The bridge is theirs."})
    tag(world.rui, world.article, Kind.CLAIM, CLAIM)
    assert Annotation.objects.count() == 4


def test_a_repeat_is_refused_with_the_id_of_the_first(world: World) -> None:
    first = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    with pytest.raises(DuplicateAnnotation) as refusal:
        tag(world.ana, world.article, Kind.CLAIM, CLAIM, note="another note")
    assert refusal.value.extras == {"existing": str(first.id)}


def test_a_withdrawn_record_can_be_made_again(world: World) -> None:
    first = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    withdraw_annotation(actor=world.ana, annotation=first, version=1)
    assert tag(world.ana, world.article, Kind.CLAIM, CLAIM).state == "draft"


def test_viewers_may_not(world: World) -> None:
    with pytest.raises(NotAllowed):
        tag(world.vic, world.article, Kind.CLAIM, CLAIM)


def test_outsiders_see_no_article(world: World) -> None:
    with pytest.raises(NotFound):
        tag(world.zoe, world.article, Kind.CLAIM, CLAIM)


def test_a_read_token_is_too_narrow(world: World) -> None:
    with pytest.raises(InsufficientScope):
        tag(Actor(world.ana.user, Scope.READ), world.article, Kind.CLAIM, CLAIM)


def test_other_words_than_those_stored_are_refused(world: World) -> None:
    draft = AnnotationDraft(Kind.CLAIM, (Segment(1, 3),), ("He",))
    with pytest.raises(TextMismatch) as refusal:
        create_annotation(actor=world.ana, article=world.article, draft=draft)
    assert refusal.value.extras == {"stored": ["We"]}


def test_a_segment_may_not_cut_a_character(world: World) -> None:
    article = make_article(world.ana, world.project, "Cafe\u0301 bar")
    draft = AnnotationDraft(Kind.PARTY, (Segment(0, 4),), ("Cafe",))
    with pytest.raises(SplitsGrapheme):
        create_annotation(actor=world.ana, article=article, draft=draft)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"attributes": {"voice": "loud"}}, "invalid_choice"),
        ({"attributes": {"mention_form": "name"}}, "unknown_field"),
        ({"attributes": {"quantity": {"low": 10**400}}}, "invalid_type"),
        ({"attributes": {"quantity": {"low": -0.0}}}, "invalid_type"),
        ({"note": "x" * 10_001}, "too_long"),
        ({"parties": (UUID(int=1),)}, "invalid"),
    ],
)
def test_wrong_content_is_refused_and_nothing_is_stored(world: World, fields: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        tag(world.ana, world.article, Kind.CLAIM, CLAIM, **fields)
    assert refusal.value.code == code
    assert not Annotation.objects.exists()


def test_a_party_must_be_of_the_project(world: World) -> None:
    foreign = make_party(world.zoe, make_project(world.zoe))
    for party in (foreign.id, an_id()):
        with pytest.raises(InvalidFields) as refusal:
            tag(world.ana, world.article, Kind.PARTY, "the army", parties=(party,))
        assert refusal.value.code == "not_found"
