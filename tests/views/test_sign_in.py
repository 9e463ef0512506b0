import pytest
from django.test import Client

from annotations.models import SignInLink, User
from annotations.services.accounts import create_sign_in_link
from tests.views.conftest import SignIn
from tests.world import PASSWORD, World, make_world

FAILED = "User name and password do not match. Please try again."


@pytest.fixture
def people(db: None) -> World:
    return make_world(with_passwords=True)


def _sign_in(browser: Client, login: str, password: str, **fields: str):
    return browser.post("/login/", {"login": login, "password": password, **fields})


def test_right_password_opens_the_start_page(people: World, client: Client):
    assert _sign_in(client, "ana", PASSWORD).headers["Location"] == "/"
    assert client.get("/account/").status_code == 200


def test_signing_in_changes_the_session_key(people: World, client: Client):
    client.get("/login/")
    client.session.save()
    before = client.session.session_key
    _sign_in(client, "ana", PASSWORD)
    assert client.session.session_key != before


def test_wrong_password_and_unknown_name_look_the_same(people: World, client: Client):
    wrong = _sign_in(client, "ana", "not the password")
    unknown = _sign_in(client, "nobody", "not the password")
    assert wrong.status_code == unknown.status_code == 400
    assert FAILED in wrong.text
    assert FAILED in unknown.text
    assert "sessionid" not in client.cookies


def test_inactive_person_cannot_sign_in(people: World, client: Client):
    User.objects.filter(username="ana").update(is_active=False)
    assert FAILED in _sign_in(client, "ana", PASSWORD).text


def test_password_is_not_trimmed(people: World, client: Client):
    assert FAILED in _sign_in(client, "ana", f"{PASSWORD} ").text


def test_next_leads_to_the_page_that_was_asked_for(people: World, client: Client):
    asked = client.get("/p/northern-bridge/review/?view=all")
    assert asked.headers["Location"] == "/login/?next=%2Fp%2Fnorthern-bridge%2Freview%2F%3Fview%3Dall"
    done = _sign_in(client, "ana", PASSWORD, next="/p/northern-bridge/review/?view=all")
    assert done.headers["Location"] == "/p/northern-bridge/review/?view=all"


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_next_never_leads_elsewhere(people: World, client: Client, address: str):
    assert _sign_in(client, "ana", PASSWORD, next=address).headers["Location"] == "/"


def test_form_without_token_is_refused(people: World):
    assert _sign_in(Client(enforce_csrf_checks=True), "ana", PASSWORD).status_code == 403


def test_link_signs_in_once(world: World, client: Client):
    path = create_sign_in_link(user=world.ana.user)
    assert client.get(path).headers["Location"] == "/"
    assert client.get("/account/").status_code == 200
    again = Client().get(path)
    assert again.status_code == 410
    assert "does not work any more" in again.text


def test_expired_and_unknown_links_say_the_same(world: World, client: Client):
    path = create_sign_in_link(user=world.ana.user)
    SignInLink.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert client.get(path).status_code == 410
    assert client.get("/login/link/unknown/").status_code == 410
    assert "sessionid" not in client.cookies


def test_signing_out_ends_the_session(world: World, sign_in: SignIn):
    browser = sign_in(world.ana)
    assert browser.get("/logout/").status_code == 405
    assert browser.post("/logout/").headers["Location"] == "/login/"
    assert browser.get("/account/").headers["Location"] == "/login/?next=%2Faccount%2F"


def test_colours_are_kept_in_this_browser(world: World, sign_in: SignIn):
    browser = sign_in(world.ana)
    browser.post("/account/", {"theme": "dark", "language": "en"})
    assert 'data-theme="dark"' in browser.get("/account/").text
    browser.post("/account/", {"theme": "system", "language": "en"})
    assert "data-theme" not in browser.get("/account/").text


def test_arabic_turns_the_page_around(world: World, sign_in: SignIn):
    browser = sign_in(world.ana)
    assert '<html lang="en" dir="ltr">' in browser.get("/account/").text
    browser.post("/account/", {"theme": "system", "language": "ar"})
    assert '<html lang="ar" dir="rtl">' in browser.get("/account/").text
