"""Authenticator apps and recovery codes: a stolen password is not enough, and no code works twice."""

import json
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from annotations.services.people import remove_second_factors
from annotations.services.sign_in import MOST_PER_ACCOUNT
from tests.views.codes import FACTORS, code_of, key_on, set_up_app
from tests.views.conftest import SignIn
from tests.world import PASSWORD, World, make_world

WRONG = "000000"
# What no device sends.
_DEVICE = {"id": "AA", "rawId": "AA", "type": "public-key"}
BROKEN = [
    "",
    "{}",
    "[]",
    "7",
    '{"id": 1}',
    '{"response": {"userHandle": 7}}',
    "not JSON",
    json.dumps({**_DEVICE, "response": {}}),
    json.dumps({**_DEVICE, "response": dict.fromkeys(("clientDataJSON", "authenticatorData", "signature"), "AA")}),
    json.dumps({**_DEVICE, "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}),
]


@pytest.fixture
def people(db: None) -> World:
    return make_world(with_passwords=True)


@pytest.fixture
def give_password() -> Callable[[], Client]:
    """Give a browser that has just given ana's password and waits for the second step."""

    def open_browser() -> Client:
        browser = Client()
        answer = browser.post("/login/", {"login": "ana", "password": PASSWORD, "next": "/account/"})
        assert answer.headers["Location"] == "/login/code/"
        return browser

    return open_browser


@pytest.fixture
def app(people: World) -> tuple[str, list[str]]:
    """Ana's app: its secret and her recovery codes."""
    browser = Client()
    browser.post("/login/", {"login": "ana", "password": PASSWORD})
    browser.post("/account/confirm/", {"password": PASSWORD})
    secret, codes = set_up_app(browser)
    assert len(codes) == 10
    return secret, codes


def test_password_alone_opens_nothing(app: tuple[str, list[str]], give_password: Callable[[], Client]) -> None:
    browser = give_password()
    assert browser.get("/account/").headers["Location"] == "/login/?next=%2Faccount%2F"
    assert browser.get("/login/code/").status_code == 200


def test_code_of_the_app_signs_in_under_a_new_session_key(
    app: tuple[str, list[str]], give_password: Callable[[], Client]
) -> None:
    browser = give_password()
    before = browser.session.session_key
    answer = browser.post("/login/code/", {"code": code_of(app[0], later=1)})
    assert answer.headers["Location"] == "/account/"
    assert browser.session.session_key != before
    assert browser.get("/account/").status_code == 200


def test_wrong_code_is_refused(app: tuple[str, list[str]], give_password: Callable[[], Client]) -> None:
    browser = give_password()
    assert browser.post("/login/code/", {"code": WRONG}).status_code == 400
    assert browser.get("/account/").status_code == 302


def test_a_code_works_once_in_every_process(
    app: tuple[str, list[str]], give_password: Callable[[], Client], settings
) -> None:
    # A process of its own has a cache of its own.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    code = code_of(app[0], later=1)
    assert give_password().post("/login/code/", {"code": code}).status_code == 302
    again = give_password()
    assert again.post("/login/code/", {"code": code}).status_code == 400
    assert again.get("/account/").status_code == 302


def test_a_recovery_code_works_once(app: tuple[str, list[str]], give_password: Callable[[], Client]) -> None:
    first, second = app[1][:2]
    assert give_password().post("/login/code/", {"code": first}).status_code == 302
    assert give_password().post("/login/code/", {"code": first}).status_code == 400
    assert give_password().post("/login/code/", {"code": f"{second[:4]} {second[4:]}"}).status_code == 302


def test_guessing_codes_is_slowed_down(app: tuple[str, list[str]], give_password: Callable[[], Client]) -> None:
    browser = give_password()
    forged = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(MOST_PER_ACCOUNT)]
    statuses = [browser.post("/login/code/", {"code": WRONG}, headers=headers).status_code for headers in forged]
    assert set(statuses) == {400}
    refused = give_password().post("/login/code/", {"code": code_of(app[0], later=1)})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "Too many attempts" in refused.text


def test_recovery_codes_are_shown_once(app: tuple[str, list[str]], give_password: Callable[[], Client]) -> None:
    browser = give_password()
    browser.post("/login/code/", {"code": app[1][0]})
    asked = browser.get(f"{FACTORS}recovery-codes/")
    assert asked.headers["Location"].startswith("/account/confirm/")
    browser.post("/account/confirm/", {"password": PASSWORD})
    page = browser.get(f"{FACTORS}recovery-codes/")
    assert "9 codes are left" in page.text
    assert app[1][1] not in page.text


def test_new_recovery_codes_end_the_old_ones(app: tuple[str, list[str]], give_password: Callable[[], Client]) -> None:
    browser = give_password()
    browser.post("/login/code/", {"code": app[1][0]})
    browser.post("/account/confirm/", {"password": PASSWORD})
    assert browser.post(f"{FACTORS}recovery-codes/new/").headers["Location"] == f"{FACTORS}recovery-codes/"
    assert give_password().post("/login/code/", {"code": app[1][1]}).status_code == 400


def test_setting_up_asks_for_the_password_first(people: World) -> None:
    browser = Client()
    browser.post("/login/", {"login": "ana", "password": PASSWORD})
    asked = browser.get(f"{FACTORS}app/")
    assert asked.headers["Location"] == "/account/confirm/?next=%2Faccount%2Fsecond-factor%2Fapp%2F"
    assert browser.post("/account/confirm/", {"password": "wrong"}).status_code == 400
    assert browser.get(f"{FACTORS}app/").status_code == 302
    done = browser.post("/account/confirm/?next=/account/second-factor/app/", {"password": PASSWORD})
    assert done.headers["Location"] == f"{FACTORS}app/"


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/"])
def test_confirming_never_leads_elsewhere(people: World, address: str) -> None:
    browser = Client()
    browser.post("/login/", {"login": "ana", "password": PASSWORD})
    answer = browser.post("/account/confirm/", {"password": PASSWORD, "next": address})
    assert answer.headers["Location"] == "/"


def test_guessing_the_password_again_is_slowed_down(people: World) -> None:
    browser = Client()
    browser.post("/login/", {"login": "ana", "password": PASSWORD})
    for _attempt in range(MOST_PER_ACCOUNT):
        browser.post("/account/confirm/", {"password": "wrong"})
    assert browser.post("/account/confirm/", {"password": PASSWORD}).status_code == 429


def test_secrets_are_not_readable_in_the_database(app: tuple[str, list[str]]) -> None:
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert app[0] not in stored
    assert stored.count("gAAAA") == 2


def test_under_another_key_of_the_site_no_code_fits(
    app: tuple[str, list[str]], give_password: Callable[[], Client], settings
) -> None:
    settings.SECRET_KEY = "another key of the site, long enough for everything"
    browser = give_password()
    assert browser.post("/login/code/", {"code": code_of(app[0], later=1)}).status_code == 400
    assert browser.post("/login/code/", {"code": app[1][0]}).status_code == 400


def test_who_lost_everything_is_let_in_by_whoever_runs_the_site(app: tuple[str, list[str]], people: World) -> None:
    assert remove_second_factors(user=people.ana.user) == 2
    answer = Client().post("/login/", {"login": "ana", "password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_nobody_touches_the_passkey_of_somebody_else(world: World, sign_in: SignIn) -> None:
    theirs = Authenticator.objects.create(user=world.rui.user, type="webauthn", data={"name": "Key", "credential": {}})
    browser = sign_in(world.ana)
    for ending in ("", "removal/"):
        assert browser.get(f"{FACTORS}passkeys/{theirs.pk}/{ending}").status_code == 404
        assert browser.post(f"{FACTORS}passkeys/{theirs.pk}/{ending}", {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Key"


@pytest.mark.parametrize("credential", BROKEN)
def test_a_broken_passkey_is_refused(people: World, credential: str) -> None:
    browser = Client()
    browser.get("/login/passkey/", headers={"Accept": "application/json"})
    answer = browser.post("/login/passkey/", {"credential": credential})
    assert answer.headers["Location"] == "/login/"
    assert browser.get("/account/").status_code == 302


@pytest.mark.parametrize("credential", BROKEN)
def test_a_broken_passkey_is_refused_as_second_step_and_when_it_is_added(
    app: tuple[str, list[str]], give_password: Callable[[], Client], credential: str
) -> None:
    browser = give_password()
    assert browser.get("/login/code/").status_code == 200
    assert browser.post("/login/code/", {"credential": credential}).status_code in {200, 400}
    assert browser.get("/account/").status_code == 302
    browser.post("/login/code/", {"code": app[1][0]})
    browser.post("/account/confirm/", {"password": PASSWORD})
    browser.get(f"{FACTORS}passkeys/new/")
    added = browser.post(f"{FACTORS}passkeys/new/", {"name": "Key", "credential": credential})
    assert added.status_code == 400
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_setting_up_without_a_password_shows_the_codes_at_once(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ana)
    key_on(browser.get(f"{FACTORS}app/"))
    _secret, codes = set_up_app(browser)
    assert len(codes) == 10
