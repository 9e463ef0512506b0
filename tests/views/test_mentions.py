"""Whom a mention means, and all other places of a text."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from annotations.models import Annotation, Party
from annotations.rules.kinds import Kind
from tests.factories import an_id, make_article, make_party, make_project, tag
from tests.views.conftest import SignIn
from tests.world import ARMY, CLAIM, REBELS, World

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(world: World) -> str:
    return f"/p/{world.project.slug}/articles/{world.article.id}/"


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.ana)


def choices(browser: Client, desk: str, mention: Annotation, query: str = "") -> str:
    return browser.get(f"{desk}annotations/parties/choices/", {"annotation": str(mention.id), "query": query}).text


def test_an_alias_names_the_party_at_once(ana: Client, world: World, desk: str):
    mayor = make_party(world.ana, world.project, "Mayor of the town", aliases=[{"text": "the mayor"}])
    ana.post(f"{desk}annotations/quoting/", {"kind": "party", "words": "The mayor", "occurrence": 1})
    assert Annotation.objects.get().parties == [mayor.id]


def test_a_similar_name_comes_first_then_a_new_party(ana: Client, world: World, desk: str):
    mention = tag(world.ana, world.article, Kind.PARTY, REBELS)
    shown = choices(ana, desk, mention)
    assert shown.index(f'value="{world.rebels.id}"') < shown.index('name="new" value="The rebels"')
    assert shown.index('name="new" value="The rebels"') < shown.index(f'value="{world.army.id}" data-digit="3"')


def test_for_small_words_the_parties_of_the_article_come_before_a_new_one(ana: Client, world: World, desk: str):
    tag(world.ana, world.article, Kind.PARTY, REBELS, parties=(world.rebels.id,))
    mention = tag(world.ana, world.article, Kind.PARTY, "reporters")
    shown = choices(ana, desk, mention)
    assert shown.index(f'value="{world.rebels.id}"') < shown.index('name="new" value="reporters"')


def test_a_name_is_looked_for(ana: Client, world: World, desk: str):
    mention = tag(world.ana, world.article, Kind.PARTY, "reporters")
    shown = choices(ana, desk, mention, "rmy")
    assert f'value="{world.army.id}"' in shown
    assert 'name="new" value="rmy"' in shown


def test_parties_of_other_projects_are_not_offered(ana: Client, world: World, desk: str):
    foreign = make_party(world.zoe, make_project(world.zoe), "Reporters")
    mention = tag(world.ana, world.article, Kind.PARTY, "reporters")
    assert str(foreign.id) not in choices(ana, desk, mention)


def test_only_a_mention_has_parties_to_choose(ana: Client, world: World, desk: str):
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    answer = ana.get(f"{desk}annotations/parties/choices/", {"annotation": str(claim.id)}, headers=HTMX)
    assert answer.status_code == 400


def test_a_mention_means_several_parties_and_then_none(ana: Client, world: World, desk: str):
    mention = tag(world.ana, world.article, Kind.PARTY, "reporters")
    both = {"annotation": str(mention.id), "version": "1", "add": [str(world.army.id), str(world.rebels.id), ""]}
    answer = ana.post(f"{desk}annotations/parties/", both, headers=HTMX)
    assert "Parties saved" in answer.text
    mention.refresh_from_db()
    assert mention.parties == [world.army.id, world.rebels.id]
    ana.post(f"{desk}annotations/parties/", {"annotation": str(mention.id), "version": "2"})
    mention.refresh_from_db()
    assert mention.parties == []


def test_a_party_added_keeps_those_that_stay(ana: Client, world: World, desk: str):
    mention = tag(world.ana, world.article, Kind.PARTY, "reporters", parties=(world.army.id,))
    form = {"annotation": str(mention.id), "version": "1", "keep": str(world.army.id), "add": str(world.rebels.id)}
    ana.post(f"{desk}annotations/parties/", form)
    mention.refresh_from_db()
    assert mention.parties == [world.army.id, world.rebels.id]


def test_the_button_of_a_new_party_wins_over_the_empty_field(ana: Client, world: World, desk: str):
    mention = tag(world.ana, world.article, Kind.PARTY, "reporters")
    form = {"annotation": str(mention.id), "version": "1", "new": ["Reporters", ""], "entity_type": "group"}
    ana.post(f"{desk}annotations/parties/", form)
    mention.refresh_from_db()
    made = Party.objects.get(name="Reporters")
    assert (mention.parties, made.entity_type) == ([made.id], "group")


def test_a_party_that_is_not_there_is_refused(ana: Client, world: World, desk: str):
    mention = tag(world.ana, world.article, Kind.PARTY, "reporters")
    form = {"annotation": str(mention.id), "version": "1", "add": str(an_id())}
    assert ana.post(f"{desk}annotations/parties/", form, headers=HTMX).status_code == 400


def test_all_other_places_are_tagged_and_counted(ana: Client, world: World):
    article = make_article(world.ana, world.project, "Rebels met Rebels.\nRebels left.")
    first = tag(world.ana, article, Kind.PARTY, "Rebels", parties=(world.rebels.id,))
    there = f"/p/{world.project.slug}/articles/{article.id}/"
    answer = ana.post(f"{there}annotations/mentions/", {"annotation": str(first.id)}, headers=HTMX).text
    assert "2 other places tagged" in answer
    assert answer.count('<mark class="party') == 3
    again = ana.post(f"{there}annotations/mentions/", {"annotation": str(first.id)}, follow=True).text
    assert "There is no other place of this text without such a tag." in again
    assert Annotation.objects.filter(parties=[world.rebels.id]).count() == 3


def test_a_viewer_tags_no_places(world: World, sign_in: SignIn, desk: str):
    mention = tag(world.ana, world.article, Kind.PARTY, ARMY)
    form = {"annotation": str(mention.id)}
    assert sign_in(world.vic).post(f"{desk}annotations/mentions/", form).status_code == 403


def test_number_of_statements_does_not_grow_with_parties(
    ana: Client, world: World, desk: str, django_assert_num_queries: DjangoAssertNumQueries
):
    mention = tag(world.ana, world.article, Kind.PARTY, REBELS)
    choices(ana, desk, mention)
    with django_assert_num_queries(8):
        choices(ana, desk, mention)
    for number in range(5):
        make_party(world.ana, world.project, f"The rebels {number}")
    with django_assert_num_queries(8):
        choices(ana, desk, mention)
