from django.template.loader import render_to_string
from django.test import Client

from tests.views.conftest import SignIn
from tests.world import World

HTMX = {"HX-Request": "true"}


def test_unknown_address_answers_a_page_with_404(world: World, client: Client):
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is nothing at this address that you may see." in answer.text


def test_htmx_gets_the_alert_alone(world: World, sign_in: SignIn):
    answer = sign_in(world.zoe).get("/p/northern-bridge/articles/", headers=HTMX)
    assert answer.status_code == 404
    assert answer.text.startswith('<div class="alert bad">')


def test_signed_out_htmx_request_is_told_to_sign_in(world: World, client: Client):
    answer = client.get("/p/northern-bridge/articles/", headers=HTMX)
    assert answer.status_code == 401
    assert 'href="/login/"' in answer.text


def test_pages_are_never_kept_by_caches(world: World, sign_in: SignIn):
    assert "no-store" in sign_in(world.ana).get("/p/northern-bridge/articles/").headers["Cache-Control"]


def test_pages_hold_no_inline_script_or_style(world: World, sign_in: SignIn):
    for path in ("/", "/account/", "/projects/", "/p/northern-bridge/articles/new/", "/p/northern-bridge/review/"):
        page = sign_in(world.rui).get(path, follow=True)
        assert "style=" not in page.text
        assert "<style" not in page.text
        assert page.text.count("<script") == page.text.count("<script src=") + page.text.count(
            '<script type="module" src='
        )
        assert "style-src 'self'" in page.headers["Content-Security-Policy"]


def test_failure_page_needs_nothing_of_the_request():
    assert "Something went wrong on our side" in render_to_string("500.html")
