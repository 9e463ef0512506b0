"""Changing and resetting passwords: sessions end, links work once, and nobody learns who has an account."""

import re
from collections.abc import Callable
from smtplib import SMTPConnectError

import pytest
from django.core import mail
from django.test import Client

from annotations.models import User
from annotations.services.accounts import create_sign_in_link, set_email
from annotations.services.sign_in import MOST_PER_ACCOUNT
from tests.views.conftest import SignIn
from tests.world import PASSWORD, World, make_world

NEW = {"password1": "an entirely new secret", "password2": "an entirely new secret"}
_NEW_EACH_TIME = {"X-Request-Id", "Expires"}
_VARIES = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"')


@pytest.fixture
def people(db: None, settings) -> World:
    """The cast with passwords, on a site that sends mail."""
    settings.EMAIL_HOST = "mail.example"
    found = make_world(with_passwords=True)
    set_email(user=found.ana.user, email="ana@example.org")
    return found


@pytest.fixture
def link(people: World) -> str:
    """The path of the link in ana's mail."""
    Client().post("/login/reset/", {"email": "ana@example.org"})
    found = re.search(r"http://testserver(/login/reset/[0-9a-f]+-[\w-]+/)", str(mail.outbox[0].body))
    assert found
    return found[1]


@pytest.fixture
def signed_in() -> Callable[[str], Client]:
    """Sign somebody in by password."""

    def open_browser(name: str) -> Client:
        browser = Client()
        assert browser.post("/login/", {"login": name, "password": PASSWORD}).status_code == 302
        return browser

    return open_browser


def test_changing_the_password_ends_every_session(people: World, signed_in: Callable[[str], Client]) -> None:
    here, there, other = signed_in("ana"), signed_in("ana"), signed_in("rui")
    waiting = create_sign_in_link(user=people.ana.user)
    done = here.post("/account/password/", {"oldpassword": PASSWORD, **NEW})
    assert done.headers["Location"] == "/login/"
    assert here.get("/account/").status_code == there.get("/account/").status_code == 302
    assert other.get("/account/").status_code == 200
    assert Client().get(waiting).status_code == 410
    assert Client().post("/login/", {"login": "ana", "password": PASSWORD}).status_code == 400
    assert Client().post("/login/", {"login": "ana", "password": NEW["password1"]}).status_code == 302


def test_the_present_password_is_asked_for_and_cannot_be_guessed(
    people: World, signed_in: Callable[[str], Client]
) -> None:
    browser = signed_in("ana")
    for _attempt in range(MOST_PER_ACCOUNT):
        assert browser.post("/account/password/", {"oldpassword": "wrong", **NEW}).status_code == 400
    assert browser.post("/account/password/", {"oldpassword": PASSWORD, **NEW}).status_code == 429


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password1234", "ana@example.org"])
def test_a_weak_password_is_refused(people: World, signed_in: Callable[[str], Client], weak: str) -> None:
    answer = signed_in("ana").post(
        "/account/password/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )
    assert answer.status_code == 400


def test_who_came_by_a_link_chooses_a_first_password(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ana)
    assert browser.get("/account/password/").headers["Location"] == "/account/password/first/"
    assert browser.post("/account/password/first/", NEW).headers["Location"] == "/login/"
    assert browser.get("/account/").status_code == 302
    assert Client().post("/login/", {"login": "ana", "password": NEW["password1"]}).status_code == 302


@pytest.fixture
def there(signed_in: Callable[[str], Client]) -> Client:
    """Ana, signed in before she asks for a link: signing in later would spend it."""
    return signed_in("ana")


def test_asking_for_a_reset_answers_the_same_byte_for_byte(people: World) -> None:
    answers = {}
    for email in ("ana@example.org", "nobody@example.org", "ANA@EXAMPLE.ORG"):
        browser = Client()
        sent = browser.post("/login/reset/", {"email": email})
        shown = browser.get(sent.headers["Location"])
        headers = {name: value for name, value in sent.headers.items() if name not in _NEW_EACH_TIME}
        answers[email] = (sent.status_code, headers, sent.content, _VARIES.sub("", shown.text), sorted(browser.cookies))
    assert answers["ana@example.org"] == answers["nobody@example.org"] == answers["ANA@EXAMPLE.ORG"]
    # One mail in each case, so that the time is the same too.
    assert len(mail.outbox) == 3
    assert "/login/reset/" not in str(mail.outbox[1].body)


def test_a_mail_server_that_is_away_tells_nothing(people: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> int:
        raise SMTPConnectError(421, "away")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    for email in ("ana@example.org", "nobody@example.org"):
        assert Client().post("/login/reset/", {"email": email}).headers["Location"] == "/login/reset/sent/"


def test_resets_are_limited_for_known_and_unknown_alike(people: World) -> None:
    for email in ("ana@example.org", "nobody@example.org"):
        statuses = [Client().post("/login/reset/", {"email": email}).status_code for _ in range(MOST_PER_ACCOUNT + 1)]
        assert statuses == [302] * MOST_PER_ACCOUNT + [429]


def test_the_link_sets_a_password_once_and_ends_every_session(people: World, there: Client, link: str) -> None:
    browser = Client()
    form = browser.get(link).headers["Location"]
    assert form.endswith("-set-password/")
    assert browser.get(form).status_code == 200
    assert browser.post(form, {**NEW, "password2": "something else"}).status_code == 400
    assert browser.post(form, NEW).headers["Location"] == "/login/reset/done/"
    assert there.get("/account/").status_code == 302
    assert Client().post("/login/", {"login": "ana", "password": NEW["password1"]}).status_code == 302
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize("spoil", [lambda link: link[:-3] + "xx/", lambda link: link.replace("-", "0-", 1)])
def test_a_spoiled_link_says_so(people: World, link: str, spoil: Callable[[str], str]) -> None:
    assert Client().get(spoil(link)).status_code == 410


def test_closed_accounts_get_no_link(people: World) -> None:
    User.objects.filter(username="ana").update(is_active=False)
    Client().post("/login/reset/", {"email": "ana@example.org"})
    assert "/login/reset/" not in str(mail.outbox[0].body)


def test_without_a_mail_server_nothing_is_offered(db: None) -> None:
    assert Client().get("/login/reset/").status_code == 404
    assert "forgot" not in Client().get("/login/").text


def test_the_address_is_changed_after_the_password_was_given_again(
    people: World, signed_in: Callable[[str], Client]
) -> None:
    browser = signed_in("ana")
    assert browser.post("/account/email/", {"email": "new@example.org"}).status_code == 302
    people.ana.user.refresh_from_db()
    assert people.ana.user.email == "ana@example.org"
    browser.post("/account/confirm/", {"password": PASSWORD})
    browser.post("/account/email/", {"email": "new@example.org"})
    people.ana.user.refresh_from_db()
    assert people.ana.user.email == "new@example.org"
    assert browser.post("/account/email/", {"email": "nonsense"}).status_code == 400
