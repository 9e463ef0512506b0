"""Two annotations are linked; a disputes link makes a counterclaim of its author's own claim."""

import pytest

from annotations.errors import (
    AlreadyCued,
    AlreadyExpressed,
    CrossArticle,
    DuplicateAnnotation,
    DuplicateLink,
    InvalidFields,
    KindNotAllowed,
    NotAllowed,
    NotYours,
    OtherProject,
    OutsideQuote,
    SelfLink,
    WrongState,
)
from annotations.models import AnnotationVersion, Event, Link, LinkVersion
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role
from annotations.services.annotations import withdraw_annotation
from annotations.services.links import LinkDraft, create_link
from tests.factories import an_id, join, make_article, make_member, make_project, tag
from tests.world import CLAIM, HOUSES, QUOTE, Case, World


def test_a_link_is_stored_as_draft_with_its_first_version(world: World, case: Case) -> None:
    link = join(world.ana, LinkType.ABOUT, case.claim, case.denier)
    stored = Link.objects.get(pk=link.pk)
    assert (stored.state, stored.version, stored.author_id) == ("draft", 1, world.ana.user.id)
    assert (stored.source_article_id, stored.target_article_id) == (world.article.id, world.article.id)
    assert LinkVersion.objects.get(link=link).content == {"attributes": {}, "note": ""}
    assert Event.objects.get(subject=link.id).verb == "link.created"


@pytest.mark.parametrize("type_", [LinkType.DISPUTES, LinkType.SUPPORTS, LinkType.SAME_AS])
def test_claims_of_two_articles_can_be_joined(world: World, case: Case, type_: LinkType) -> None:
    article = make_article(world.ana, world.project, "The bridge fell.")
    other = tag(world.ana, article, Kind.COUNTERCLAIM, "The bridge fell")
    mode = {"mode": "rebuts"} if type_ is LinkType.DISPUTES else {}
    link = join(world.ana, type_, other, case.claim, **mode)
    assert (link.source_article_id, link.target_article_id) == (article.id, world.article.id)


def test_annotations_of_two_authors_can_be_joined(world: World, case: Case) -> None:
    assert join(world.rui, LinkType.ABOUT, case.claim, case.denier).author_id == world.rui.user.id


def test_disputing_from_a_claim_of_ones_own_makes_a_counterclaim(world: World, case: Case) -> None:
    houses = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    join(world.ana, LinkType.DISPUTES, houses, case.claim, mode="undercuts")
    houses.refresh_from_db()
    assert (houses.kind, houses.version, houses.was_turned, houses.state) == ("counterclaim", 2, True, "draft")
    assert AnnotationVersion.objects.get(annotation=houses, number=2).content["kind"] == "counterclaim"
    assert Event.objects.filter(subject=houses.id, verb="annotation.turned").count() == 1


def test_disputing_from_somebody_elses_claim_is_refused(world: World, case: Case) -> None:
    houses = tag(world.rui, world.article, Kind.CLAIM, HOUSES)
    with pytest.raises(NotYours):
        join(world.ana, LinkType.DISPUTES, houses, case.claim, mode="rebuts")
    houses.refresh_from_db()
    assert houses.kind == "claim"


def test_a_turn_that_would_repeat_a_record_is_refused_whole(world: World, case: Case) -> None:
    claim = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    like = tag(world.ana, world.article, Kind.COUNTERCLAIM, HOUSES)
    with pytest.raises(DuplicateAnnotation) as refusal:
        join(world.ana, LinkType.DISPUTES, claim, case.claim, mode="rebuts")
    assert refusal.value.extras == {"existing": str(like.id)}
    assert not Link.objects.filter(source=claim).exists()


def test_the_same_link_twice_is_refused_with_the_first(world: World, case: Case) -> None:
    with pytest.raises(DuplicateLink) as refusal:
        join(world.ana, LinkType.SPEAKER, case.quote, case.speaker)
    assert refusal.value.extras == {"existing": str(case.links[0].id)}


def test_same_as_is_one_link_in_both_directions(world: World, case: Case) -> None:
    first = join(world.ana, LinkType.SAME_AS, case.claim, case.denial)
    with pytest.raises(DuplicateLink) as refusal:
        join(world.rui, LinkType.SAME_AS, case.denial, case.claim)
    assert refusal.value.extras == {"existing": str(first.id)}


def test_disputes_may_stand_in_both_directions(world: World, case: Case) -> None:
    assert join(world.ana, LinkType.DISPUTES, case.claim, case.denial, mode="rebuts").state == "draft"


def test_a_claim_has_one_quote(world: World, case: Case) -> None:
    wider = tag(world.ana, world.article, Kind.QUOTE, QUOTE[0])
    with pytest.raises(AlreadyExpressed) as refusal:
        join(world.ana, LinkType.EXPRESSES, wider, case.claim)
    assert refusal.value.extras == {"existing": str(case.links[1].id)}


def test_a_quote_has_one_cue(world: World, case: Case) -> None:
    said, told = (tag(world.ana, world.article, Kind.CUE, word) for word in ("said", "told"))
    first = join(world.ana, LinkType.CUED_BY, case.quote, said)
    with pytest.raises(AlreadyCued) as refusal:
        join(world.ana, LinkType.CUED_BY, case.quote, told)
    assert refusal.value.extras == {"existing": str(first.id)}


def test_kinds_that_do_not_fit_are_refused(world: World, case: Case) -> None:
    with pytest.raises(KindNotAllowed):
        join(world.ana, LinkType.SPEAKER, case.claim, case.speaker)


def test_a_record_is_not_linked_to_itself(world: World, case: Case) -> None:
    with pytest.raises(SelfLink):
        join(world.ana, LinkType.SUPPORTS, case.claim, case.claim)


def test_a_speaker_stands_in_the_same_article(world: World, case: Case) -> None:
    article = make_article(world.ana, world.project, "The army spoke.")
    mention = tag(world.ana, article, Kind.PARTY, "The army")
    with pytest.raises(CrossArticle):
        join(world.ana, LinkType.SPEAKER, case.quote, mention)


def test_a_quote_expresses_only_what_lies_inside(world: World, case: Case) -> None:
    houses = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    with pytest.raises(OutsideQuote):
        join(world.ana, LinkType.EXPRESSES, case.quote, houses)


def test_both_ends_are_in_one_project(world: World, case: Case) -> None:
    elsewhere = make_project(world.zoe)
    claim = tag(world.zoe, make_article(world.zoe, elsewhere, CLAIM), Kind.CLAIM, CLAIM)
    make_member(world.zoe, elsewhere, world.ana, Role.ANALYST)
    with pytest.raises(OtherProject):
        join(world.ana, LinkType.SUPPORTS, claim, case.claim)


def test_an_end_that_is_not_to_be_seen_is_not_there(world: World, case: Case) -> None:
    foreign = tag(world.zoe, make_article(world.zoe, make_project(world.zoe), CLAIM), Kind.CLAIM, CLAIM)
    for target in (foreign.id, an_id()):
        with pytest.raises(InvalidFields) as refusal:
            create_link(actor=world.ana, draft=LinkDraft(LinkType.SUPPORTS, case.claim.id, target))
        assert [(error.field, error.code) for error in refusal.value.errors] == [("target", "not_found")]


def test_viewers_may_not(world: World, case: Case) -> None:
    with pytest.raises(NotAllowed):
        join(world.vic, LinkType.ABOUT, case.claim, case.denier)


def test_a_withdrawn_end_is_refused(world: World, case: Case) -> None:
    withdraw_annotation(actor=world.ana, annotation=case.denier, version=1)
    with pytest.raises(WrongState):
        join(world.ana, LinkType.ABOUT, case.claim, case.denier)


@pytest.mark.parametrize(
    ("type_", "attributes", "code"),
    [
        (LinkType.DISPUTES, {}, "required"),
        (LinkType.DISPUTES, {"mode": "doubts"}, "invalid_choice"),
        (LinkType.SUPPORTS, {"mode": "rebuts"}, "unknown_field"),
    ],
)
def test_wrong_attributes_are_refused(
    world: World, case: Case, type_: LinkType, attributes: dict[str, str], code: str
) -> None:
    with pytest.raises(InvalidFields) as refusal:
        join(world.ana, type_, case.denial, case.claim, **attributes)
    assert refusal.value.code == code
