"""Choosing the other end of a link: every type, other articles, and both passages before linking."""

import pytest
from django.test import Client

from annotations.models import Link
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from tests.factories import an_id, join, make_article, make_project, tag
from tests.views.conftest import SignIn
from tests.world import ARMY, CLAIM, DENIAL, HOUSES, QUOTE, World

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(world: World) -> str:
    return f"/p/{world.project.slug}/articles/{world.article.id}/"


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.ana)


def test_whom_a_claim_is_about_is_chosen(ana: Client, world: World, desk: str):
    claim, army = tag(world.ana, world.article, Kind.CLAIM, CLAIM), tag(world.ana, world.article, Kind.PARTY, ARMY)
    page = ana.get(f"{desk}links/picker/", {"annotation": str(claim.id), "pick": "about"}).text
    assert f'value="{army.id}" data-digit="1"' in page
    assert 'name="type" value="about"' in page


def test_only_claims_inside_the_quote_are_offered(ana: Client, world: World, desk: str):
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    inside, outside = (tag(world.ana, world.article, Kind.CLAIM, words) for words in (CLAIM, HOUSES))
    page = ana.get(f"{desk}links/picker/", {"annotation": str(quote.id), "pick": "expresses"}).text
    assert str(inside.id) in page
    assert str(outside.id) not in page


def test_an_unknown_type_is_refused(ana: Client, world: World, desk: str):
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    asked = {"annotation": str(claim.id), "pick": "hates"}
    assert ana.get(f"{desk}links/picker/", asked, headers=HTMX).status_code == 400


def test_claims_elsewhere_are_found_by_their_claimant(ana: Client, world: World, desk: str):
    other = make_article(world.ana, world.project, "The troops crossed, the ministry said.", title="Elsewhere")
    there = tag(world.ana, other, Kind.CLAIM, "The troops crossed")
    ministry = tag(world.ana, other, Kind.PARTY, "the ministry", parties=(world.army.id,))
    join(world.ana, LinkType.CLAIMANT, there, ministry)
    here = tag(world.ana, world.article, Kind.CLAIM, DENIAL)
    asked = {"annotation": str(here.id), "pick": "disputed", "query": "army"}
    page = ana.get(f"{desk}links/picker/", asked).text
    assert str(there.id) in page
    assert f"links/preview/?annotation={here.id}&amp;target={there.id}&amp;pick=disputed" in page


def test_claims_of_equal_words_are_told_apart_by_who_claims_them(ana: Client, world: World, desk: str):
    claim, army = tag(world.ana, world.article, Kind.CLAIM, CLAIM), tag(world.ana, world.article, Kind.PARTY, ARMY)
    join(world.ana, LinkType.CLAIMANT, claim, army)
    other = make_article(world.ana, world.project, f"{CLAIM}, the ministry said.", title="Elsewhere")
    there = tag(world.ana, other, Kind.CLAIM, CLAIM)
    ministry = tag(world.ana, other, Kind.PARTY, "the ministry", parties=(world.army.id,))
    join(world.ana, LinkType.CLAIMANT, there, ministry)
    denial = tag(world.ana, world.article, Kind.CLAIM, DENIAL)
    asked = {"annotation": str(denial.id), "pick": "disputed", "query": CLAIM[:12]}
    listed = ana.get(f"{desk}links/picker/", asked).text
    assert f"{CLAIM}<small><bdi>{ARMY}</bdi></small>" in listed
    assert f"{CLAIM}<small><bdi>{world.army.name}</bdi> · <bdi>Elsewhere</bdi></small>" in listed
    by_claimant = ana.get(f"{desk}links/picker/", {**asked, "query": ARMY.upper()}).text
    assert f'value="{claim.id}"' in by_claimant
    assert f'value="{claim.id}"' not in ana.get(f"{desk}links/picker/", {**asked, "query": "nobody's"}).text


def test_both_passages_stand_side_by_side(ana: Client, world: World, desk: str):
    other = make_article(world.ana, world.project, "Before. The bridge fell. After.", title="Elsewhere")
    there, here = (
        tag(world.ana, other, Kind.CLAIM, "The bridge fell"),
        tag(world.ana, world.article, Kind.CLAIM, DENIAL),
    )
    asked = {"annotation": str(here.id), "target": str(there.id), "pick": "disputed"}
    part = ana.get(f"{desk}links/preview/", asked, headers=HTMX).text
    assert 'Before. <mark class="claim is-first is-last">The bridge fell</mark>. After.' in part
    assert f"{DENIAL}</mark>" in part
    assert 'value="undercuts"' in part
    assert "<html" in ana.get(f"{desk}links/preview/", asked).text


def test_a_passage_of_another_project_is_not_shown(ana: Client, world: World, desk: str):
    project = make_project(world.zoe)
    foreign = tag(world.zoe, make_article(world.zoe, project, "The bridge fell."), Kind.CLAIM, "The bridge fell")
    here = tag(world.ana, world.article, Kind.CLAIM, DENIAL)
    for target in (foreign.id, an_id()):
        asked = {"annotation": str(here.id), "target": str(target), "pick": "disputed"}
        assert ana.get(f"{desk}links/preview/", asked, headers=HTMX).status_code == 404


def test_a_dispute_may_undercut(ana: Client, world: World, desk: str):
    claim, denial = (tag(world.ana, world.article, Kind.CLAIM, words) for words in (CLAIM, DENIAL))
    form = {"type": "disputes", "source": str(denial.id), "target": str(claim.id), "mode": "undercuts"}
    answer = ana.post(f"{desk}links/", form, headers=HTMX)
    assert 'data-said="Linked: Disputes"' in answer.text
    assert Link.objects.get().attributes == {"mode": "undercuts"}


def test_a_quote_is_tagged_and_linked_by_one_form(ana: Client, world: World, desk: str):
    army = tag(world.ana, world.article, Kind.PARTY, ARMY)
    form = {"kind": "quote", "words": QUOTE[0], "occurrence": "1", "speaker": str(army.id)}
    assert f'<option value="{army.id}">' in ana.get(desk).text
    ana.post(f"{desk}annotations/quoting/", form)
    assert (Link.objects.get().type, Link.objects.get().target_id) == ("speaker", army.id)


def test_other_articles_alone_are_listed_where_the_link_may_leave_the_article(ana: Client, world: World, desk: str):
    other = make_article(world.ana, world.project, "The bridge fell.", title="Elsewhere")
    there = tag(world.ana, other, Kind.CLAIM, "The bridge fell")
    here, denial = (tag(world.ana, world.article, Kind.CLAIM, words) for words in (CLAIM, DENIAL))
    asked = {"annotation": str(denial.id), "pick": "disputed", "everywhere": "yes"}
    listed = ana.get(f"{desk}links/picker/", asked).text
    assert f'value="{there.id}" data-digit="1"' in listed
    assert f'value="{here.id}"' not in listed
    assert f'value="{here.id}"' in ana.get(f"{desk}links/picker/", {**asked, "everywhere": ""}).text


def test_a_link_that_cannot_leave_its_article_stays_in_it(ana: Client, world: World, desk: str):
    claim, army = tag(world.ana, world.article, Kind.CLAIM, CLAIM), tag(world.ana, world.article, Kind.PARTY, ARMY)
    asked = {"annotation": str(claim.id), "pick": "who", "everywhere": "yes"}
    listed = ana.get(f"{desk}links/picker/", asked).text
    assert f'value="{army.id}"' in listed
    assert "everywhere" not in listed
