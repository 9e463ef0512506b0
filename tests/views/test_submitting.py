"""Submitting an article: what is missing is asked about, and the next article comes."""

import pytest
from django.test import Client

from annotations.models import Assignment
from annotations.rules.kinds import Kind
from annotations.rules.review import State
from tests.factories import make_article, tag
from tests.views.conftest import SignIn
from tests.world import QUOTE, Case, World

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(world: World) -> str:
    return f"/p/{world.project.slug}/articles/{world.article.id}/"


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.ana)


def test_a_complete_article_goes_and_the_next_one_comes(ana: Client, world: World, case: Case, desk: str):
    following = make_article(world.adi, world.project, "The next one.")
    answer = ana.post(f"{desk}submissions/")
    assert answer["Location"] == f"/p/{world.project.slug}/articles/{following.id}/"
    case.quote.refresh_from_db()
    assert case.quote.state == State.SUBMITTED
    assert Assignment.objects.filter(article=following, assignee=world.ana.user, ended_at=None).exists()
    assert "5 tags and 5 links" in ana.get(answer["Location"]).text


def test_after_the_last_article_the_list_comes(ana: Client, world: World, case: Case, desk: str):
    answer = ana.post(f"{desk}submissions/", headers=HTMX)
    assert answer["HX-Redirect"] == f"/p/{world.project.slug}/articles/"
    assert "Nothing is left to take" in ana.get(answer["HX-Redirect"]).text


def test_a_quote_without_speaker_is_asked_about_first(ana: Client, world: World, desk: str):
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    page = ana.post(f"{desk}submissions/").text
    assert f"?focus={quote.id}#annotation-panel" in page
    assert "Link the quote to its speaker" in page
    quote.refresh_from_db()
    assert quote.state == State.DRAFT


def test_htmx_is_asked_in_place(ana: Client, world: World, desk: str):
    tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    answer = ana.post(f"{desk}submissions/", headers=HTMX)
    assert answer["HX-Retarget"] == "#article-missing"
    assert "<html" not in answer.text


def test_it_is_submitted_all_the_same_when_confirmed(ana: Client, world: World, desk: str):
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    ana.post(f"{desk}submissions/", {"confirm": "yes"})
    quote.refresh_from_db()
    assert quote.state == State.SUBMITTED


def test_nothing_to_submit_stays_in_the_article(ana: Client, desk: str):
    answer = ana.post(f"{desk}submissions/", follow=True)
    assert answer.redirect_chain == [(desk, 302)]
    assert "Nothing to submit" in answer.text


def test_a_viewer_submits_nothing(world: World, sign_in: SignIn, desk: str):
    assert sign_in(world.vic).post(f"{desk}submissions/").status_code == 403
