"""Where one is signed in, and ending it there: what is ended is out at once."""

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests.views.conftest import SignIn
from tests.world import PASSWORD, World, make_world

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
_END = re.compile(r'action="(/account/sessions/\d+/)"')


@pytest.fixture
def people(db: None) -> World:
    return make_world(with_passwords=True)


@pytest.fixture
def open_session(people: World) -> Callable[..., Client]:
    """Sign somebody in with a browser of some kind, at some address."""

    def open_browser(name: str, agent: str = FIREFOX, address: str = "198.51.100.1") -> Client:
        browser = Client(REMOTE_ADDR=address, headers={"User-Agent": agent})
        assert browser.post("/login/", {"login": name, "password": PASSWORD}).status_code == 302
        return browser

    return open_browser


def test_the_list_names_browsers_and_addresses_of_oneself_alone(open_session: Callable[..., Client]) -> None:
    here = open_session("ana")
    open_session("ana", PHONE, "2001:db8::7")
    open_session("rui", address="203.0.113.9")
    page = here.get("/account/sessions/").text
    assert "Firefox on Linux" in page
    assert "Chrome on Android" in page
    assert "2001:db8::7" in page
    assert "203.0.113.9" not in page
    assert page.count("this one") == 1


def test_an_ended_session_is_out_at_once(open_session: Callable[..., Client]) -> None:
    here, there = open_session("ana"), open_session("ana", PHONE)
    (path,) = _END.findall(here.get("/account/sessions/").text)
    assert here.post(path).headers["Location"] == "/account/sessions/"
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert here.post(path).status_code == 404


def test_nobody_ends_a_session_of_somebody_else(open_session: Callable[..., Client]) -> None:
    ana, _there, rui = open_session("ana"), open_session("ana", PHONE), open_session("rui")
    (path,) = _END.findall(ana.get("/account/sessions/").text)
    assert rui.post(path).status_code == 404
    assert ana.get("/account/").status_code == 200


def test_all_others_end_at_once_also_those_begun_before_there_was_a_list(
    people: World, open_session: Callable[..., Client], sign_in: SignIn
) -> None:
    here, there, unlisted, rui = open_session("ana"), open_session("ana"), sign_in(people.ana), open_session("rui")
    assert here.post("/account/sessions/others/").status_code == 302
    assert [browser.get("/account/").status_code for browser in (here, there, unlisted, rui)] == [200, 302, 302, 200]


def test_a_session_that_was_not_listed_lists_itself(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.ana).get("/account/sessions/").text.count("this one") == 1


def test_who_waits_for_the_second_step_waits_in_vain_after_all_sessions_ended(
    people: World, open_session: Callable[..., Client]
) -> None:
    here = open_session("ana")
    waiting = Client()
    waiting.get("/login/")
    session = waiting.session
    session["account_login"] = {"user_pk": people.ana.user.pk.hex}
    session.save()
    here.post("/account/sessions/others/")
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_only_a_post_ends_something(open_session: Callable[..., Client]) -> None:
    browser = open_session("ana")
    assert browser.get("/account/sessions/others/").status_code == 405
    assert browser.get("/account/sessions/1/").status_code == 405
