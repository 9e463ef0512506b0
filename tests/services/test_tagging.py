"""Acts of the workbench that make more than one record."""

import pytest

from annotations.errors import InvalidInput, KindNotAllowed
from annotations.models import Annotation, Link
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.review import State
from annotations.services.annotations import AnnotationDraft
from annotations.services.tagging import MOST_MENTIONS, create_tag, places_of_words, tag_mentions
from annotations.services.undo import undo_step
from tests.factories import join, make_article, spans, tag
from tests.world import ARMY, CLAIM, HOUSES, QUOTE, World


def claimed(world: World, words: str, **fields: object) -> Annotation:
    draft = AnnotationDraft(Kind.CLAIM, spans(world.article, words), (words,), **fields)  # type: ignore[arg-type]
    return create_tag(actor=world.ana, article=world.article, draft=draft)


def links_of(annotation: Annotation) -> list[tuple[str, str, str]]:
    found = Link.objects.living().filter(source=annotation) | Link.objects.living().filter(target=annotation)
    return [(link.type, str(link.source_id), str(link.target_id)) for link in found.order_by("id")]


def test_a_claim_inside_a_quote_gets_quote_and_claimant(world: World) -> None:
    quote, speaker = tag(world.ana, world.article, Kind.QUOTE, *QUOTE), tag(world.ana, world.article, Kind.PARTY, ARMY)
    join(world.ana, LinkType.SPEAKER, quote, speaker)
    claim = claimed(world, CLAIM)
    assert links_of(claim) == [
        ("expresses", str(quote.id), str(claim.id)),
        ("claimant", str(claim.id), str(speaker.id)),
    ]


def test_the_claim_goes_with_its_links_when_undone(world: World) -> None:
    quote, speaker = tag(world.ana, world.article, Kind.QUOTE, *QUOTE), tag(world.ana, world.article, Kind.PARTY, ARMY)
    join(world.ana, LinkType.SPEAKER, quote, speaker)
    claim = claimed(world, CLAIM)
    undo_step(actor=world.ana, article=world.article)
    claim.refresh_from_db()
    assert (claim.state, links_of(claim)) == (State.WITHDRAWN, [])


def test_without_a_speaker_only_the_quote_is_linked(world: World) -> None:
    tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    assert [type_ for type_, _, _ in links_of(claimed(world, CLAIM))] == ["expresses"]


def test_a_claim_in_the_outlets_voice_gets_no_claimant(world: World) -> None:
    quote, speaker = tag(world.ana, world.article, Kind.QUOTE, *QUOTE), tag(world.ana, world.article, Kind.PARTY, ARMY)
    join(world.ana, LinkType.SPEAKER, quote, speaker)
    assert [type_ for type_, _, _ in links_of(claimed(world, CLAIM, attributes={"voice": "outlet"}))] == ["expresses"]


def test_the_smallest_quote_around_it_is_taken(world: World) -> None:
    tag(world.ana, world.article, Kind.QUOTE, world.article.text[:50])
    inner = tag(world.ana, world.article, Kind.QUOTE, QUOTE[0])
    assert links_of(claimed(world, CLAIM))[0][1] == str(inner.id)


def test_others_quotes_are_left_alone(world: World) -> None:
    tag(world.rui, world.article, Kind.QUOTE, *QUOTE)
    assert links_of(claimed(world, CLAIM)) == []


def test_a_claim_outside_every_quote_stands_alone(world: World) -> None:
    tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    assert links_of(claimed(world, HOUSES)) == []


def test_a_quote_is_made_with_its_speaker(world: World) -> None:
    speaker = tag(world.ana, world.article, Kind.PARTY, ARMY)
    draft = AnnotationDraft(Kind.QUOTE, spans(world.article, *QUOTE), QUOTE)
    quote = create_tag(actor=world.ana, article=world.article, draft=draft, who=speaker.id)
    assert links_of(quote) == [("speaker", str(quote.id), str(speaker.id))]


def test_a_claim_named_to_its_quotes_speaker_is_linked_once(world: World) -> None:
    quote, speaker = tag(world.ana, world.article, Kind.QUOTE, *QUOTE), tag(world.ana, world.article, Kind.PARTY, ARMY)
    join(world.ana, LinkType.SPEAKER, quote, speaker)
    draft = AnnotationDraft(Kind.CLAIM, spans(world.article, CLAIM), (CLAIM,))
    claim = create_tag(actor=world.ana, article=world.article, draft=draft, who=speaker.id)
    assert [type_ for type_, _, _ in links_of(claim)] == ["expresses", "claimant"]


def test_nothing_is_made_when_the_speaker_cannot_be_one(world: World) -> None:
    other = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    draft = AnnotationDraft(Kind.QUOTE, spans(world.article, *QUOTE), QUOTE)
    with pytest.raises(KindNotAllowed):
        create_tag(actor=world.ana, article=world.article, draft=draft, who=other.id)
    assert list(Annotation.objects.all()) == [other]


def test_other_places_get_the_same_parties(world: World) -> None:
    article = make_article(world.ana, world.project, "NRF. The NRF, an NRFA; NRF-led “NRF”.")
    first = tag(world.ana, article, Kind.PARTY, "NRF", parties=(world.rebels.id,), attributes={"mention_form": "name"})
    made = tag_mentions(actor=world.ana, article=article, annotation=first)
    assert [(a.segments[0][0], a.parties, a.state) for a in made] == [
        (9, [world.rebels.id], "draft"),
        (23, [world.rebels.id], "draft"),
        (32, [world.rebels.id], "draft"),
    ]
    assert tag_mentions(actor=world.ana, article=article, annotation=first) == []


def test_a_tag_of_several_segments_has_no_other_places(world: World) -> None:
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    with pytest.raises(KindNotAllowed):
        tag_mentions(actor=world.ana, article=world.article, annotation=quote)


def test_too_many_places_are_refused_whole(world: World) -> None:
    article = make_article(world.ana, world.project, "word " * (MOST_MENTIONS + 2))
    first = tag(world.ana, article, Kind.PARTY, "word")
    with pytest.raises(InvalidInput) as refusal:
        tag_mentions(actor=world.ana, article=article, annotation=first)
    assert refusal.value.code == "too_many"
    assert Annotation.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "words", "starts"),
    [
        ("القوات قالت إن القوات والقوات", "القوات", [0, 15]),
        ("(a) and a.", "(a)", [0]),
        ("e\u0301 e", "e", [3]),
        ("x1 x x", "x", [3, 5]),
    ],
)
def test_places_are_whole_words(text: str, words: str, starts: list[int]) -> None:
    assert [place.start for place in places_of_words(text, words)] == starts
