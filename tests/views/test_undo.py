"""Undo and redo by plain forms and by htmx."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from annotations.models import Annotation, UndoStep
from annotations.rules.kinds import Kind
from annotations.rules.review import State
from annotations.services.annotations import AnnotationChange, edit_annotation
from tests.factories import make_article
from tests.views.conftest import SignIn
from tests.world import CLAIM, HOUSES, World

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(world: World) -> str:
    return f"/p/{world.project.slug}/articles/{world.article.id}/"


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.ana)


def quoted(browser: Client, desk: str, words: str, kind: str = "claim") -> Annotation:
    """Tag some words through the page."""
    browser.post(f"{desk}annotations/quoting/", {"kind": kind, "words": words, "occurrence": 1})
    return Annotation.objects.get(exact=[words])


def test_a_tag_is_taken_back_and_made_again_without_htmx(ana: Client, desk: str):
    claim = quoted(ana, desk, CLAIM)
    page = ana.post(f"{desk}undo/", follow=True).text
    claim.refresh_from_db()
    assert claim.state == State.WITHDRAWN
    assert "Undone: new tag" in page
    page = ana.post(f"{desk}redo/", follow=True).text
    claim.refresh_from_db()
    assert claim.state == State.DRAFT
    assert "Done again: new tag" in page
    assert f'data-a="{claim.id}"' in page


def test_htmx_gets_blocks_buttons_and_a_sentence(ana: Client, desk: str):
    claim = quoted(ana, desk, CLAIM)
    answer = ana.post(f"{desk}undo/", headers=HTMX).text
    assert 'class="article-text' in answer
    assert f'data-a="{claim.id}"' not in answer
    assert 'data-said="Undone: new tag"' in answer
    assert 'data-undo="" data-redo="1"' in answer


def test_every_act_says_what_it_did(ana: Client, world: World, desk: str):
    start = world.article.text.index(CLAIM)
    form = {"kind": "claim", "segments": f"[[{start}, {start + len(CLAIM)}]]", "exact": f'["{CLAIM}"]'}
    answer = ana.post(f"{desk}annotations/", form, headers=HTMX).text
    assert 'data-said="Claim saved"' in answer
    assert 'data-undo="1" data-redo=""' in answer


def test_a_repeat_with_the_same_key_undoes_once(ana: Client, desk: str):
    quoted(ana, desk, CLAIM)
    quoted(ana, desk, HOUSES)
    ana.post(f"{desk}undo/", {"key": "one"})
    ana.post(f"{desk}undo/", {"key": "one"})
    assert Annotation.objects.living().count() == 1


def test_nothing_to_undo_is_said(ana: Client, desk: str):
    assert "There is nothing more to do here." in ana.post(f"{desk}undo/", headers=HTMX).text
    assert "There is nothing more to do here." in ana.post(f"{desk}redo/", follow=True).text


def test_what_was_changed_since_is_shown_and_kept(ana: Client, world: World, desk: str):
    claim = quoted(ana, desk, CLAIM)
    edit_annotation(actor=world.adi, annotation=claim, version=1, change=AnnotationChange(note="by the admin"))
    answer = ana.post(f"{desk}undo/", headers=HTMX)
    assert answer.status_code == 409
    assert "This was changed since you did it" in answer.text
    assert "by the admin" in answer.text
    claim.refresh_from_db()
    assert claim.note == "by the admin"


def test_an_act_may_be_left_out(ana: Client, desk: str):
    claim = quoted(ana, desk, CLAIM)
    ana.post(f"{desk}undo/", {"skip": str(UndoStep.objects.get().id)})
    claim.refresh_from_db()
    assert claim.state == State.DRAFT
    assert not UndoStep.objects.exists()


def test_undo_survives_leaving_the_article(ana: Client, world: World, desk: str):
    claim = quoted(ana, desk, CLAIM)
    other = make_article(world.ana, world.project, "Another one.")
    there = f"/p/{world.project.slug}/articles/{other.id}/"
    ana.post(f"{there}undo/")
    claim.refresh_from_db()
    assert claim.state == State.DRAFT
    ana.post(f"{desk}undo/")
    claim.refresh_from_db()
    assert claim.state == State.WITHDRAWN


def test_a_viewer_undoes_nothing(world: World, sign_in: SignIn, desk: str):
    assert sign_in(world.vic).post(f"{desk}undo/").status_code == 403
    assert sign_in(world.zoe).post(f"{desk}redo/").status_code == 404


def test_number_of_statements_of_a_write_does_not_grow(
    ana: Client, world: World, desk: str, django_assert_num_queries: DjangoAssertNumQueries
):
    def form(words: str) -> dict[str, str]:
        start = world.article.text.index(words)
        return {"kind": Kind.CLAIM, "segments": f"[[{start}, {start + len(words)}]]", "exact": f'["{words}"]'}

    ana.post(f"{desk}annotations/", form(CLAIM), headers=HTMX)
    with django_assert_num_queries(23):
        ana.post(f"{desk}annotations/", form(HOUSES), headers=HTMX)
    with django_assert_num_queries(23):
        ana.post(f"{desk}annotations/", form("crossed it since dawn"), headers=HTMX)
