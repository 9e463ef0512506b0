"""Guessing passwords is slowed down, whatever the guesser claims about where they are; sessions cannot be planted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from annotations.models import SignInCount
from annotations.services.sign_in import MOST_PER_ACCOUNT, MOST_PER_ADDRESS, WINDOW
from tests.views.conftest import SignIn
from tests.world import PASSWORD, World, make_world

WRONG = "wrong"
TOO_MANY = "Too many attempts. Wait a little and try again."


@pytest.fixture
def people(db: None) -> World:
    return make_world(with_passwords=True)


def _try(login: str, password: str = WRONG, address: str = "198.51.100.1", **headers: str):
    sent = {"login": login, "password": password}
    return Client(REMOTE_ADDR=address).post("/login/", sent, headers=headers)


def _statuses(attempts: int, login: str = "ana", **options: str) -> list[int]:
    return [_try(login, **options).status_code for _attempt in range(attempts)]


def test_after_some_wrong_passwords_the_right_one_has_to_wait(people: World):
    assert set(_statuses(MOST_PER_ACCOUNT)) == {400}
    refused = _try("ana", PASSWORD)
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= WINDOW.total_seconds()
    assert TOO_MANY in refused.text
    assert "sessionid" not in refused.cookies


def test_after_the_wait_the_right_password_opens(people: World):
    _statuses(MOST_PER_ACCOUNT + 1)
    for counted in SignInCount.objects.all():
        SignInCount.objects.filter(pk=counted.pk).update(started_at=counted.started_at - WINDOW - timedelta(seconds=1))
    assert _try("ana", PASSWORD).status_code == 302


def test_a_name_that_nobody_has_is_limited_alike(people: World):
    assert _statuses(MOST_PER_ACCOUNT + 1, "nobody")[-1] == 429
    assert _try("nobody").text.count(TOO_MANY) == _try("ana").text.count(TOO_MANY) + 1


def test_rotating_forwarded_headers_do_not_help(people: World):
    names = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP")
    claims = [dict.fromkeys(names, f"203.0.113.{number}") for number in range(MOST_PER_ADDRESS + 1)]
    statuses = [_try(f"name{number}", **claim).status_code for number, claim in enumerate(claims)]
    assert statuses == [400] * MOST_PER_ADDRESS + [429]


def test_behind_a_trusted_proxy_only_what_the_proxy_saw_counts(people: World, settings):
    settings.TRUST_PROXY_HEADERS = True
    claimed = [f"203.0.113.{n}, 198.51.100.9" for n in range(MOST_PER_ADDRESS + 1)]
    statuses = [_try(f"name{n}", **{"X-Forwarded-For": path}).status_code for n, path in enumerate(claimed)]
    assert statuses == [400] * MOST_PER_ADDRESS + [429]
    assert _try("another", **{"X-Forwarded-For": "198.51.100.9, 198.51.100.10"}).status_code == 400


def test_one_network_of_ipv6_is_one_address(people: World):
    statuses = [_try(f"name{n}", address=f"2001:db8::{n:x}").status_code for n in range(MOST_PER_ADDRESS + 1)]
    assert statuses[-1] == 429
    assert _try("another", address="2001:db8:0:1::1").status_code == 400


@pytest.mark.parametrize("written", ["ANA", "ａｎａ", "Ana"])
def test_other_ways_to_write_a_name_are_the_same_account(people: World, written: str):
    _statuses(MOST_PER_ACCOUNT, written)
    assert _try("ana", PASSWORD).status_code == 429


def test_the_right_password_forgets_the_wrong_ones(people: World):
    for _round in range(3):
        assert _statuses(MOST_PER_ACCOUNT - 1)[-1] == 400
        assert _try("ana", PASSWORD).status_code == 302
    assert SignInCount.objects.get().count == 3 * (MOST_PER_ACCOUNT - 1)


@pytest.mark.django_db(transaction=True)
def test_attempts_at_once_are_all_counted():
    def attempt(_number: int) -> int:
        try:
            return int(_try("ana").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(attempt, range(MOST_PER_ACCOUNT + 6)))
    assert sorted(statuses) == [400] * MOST_PER_ACCOUNT + [429] * 6


def test_the_table_holds_neither_names_nor_addresses(people: World):
    _try("ana", "a password typed here")
    kept = " ".join(str(counted.__dict__) for counted in SignInCount.objects.all())
    assert "ana" not in kept
    assert "198.51.100" not in kept


def test_a_planted_session_is_not_taken_over(people: World):
    browser = Client()
    browser.cookies["sessionid"] = "plantedplantedplantedplanted1234"
    browser.post("/login/", {"login": "ana", "password": PASSWORD})
    assert browser.cookies["sessionid"].value != "plantedplantedplantedplanted1234"


def test_an_old_session_is_worth_nothing_after_signing_out(world: World, sign_in: SignIn):
    browser = sign_in(world.ana)
    key = browser.cookies["sessionid"].value
    browser.post("/logout/")
    other = Client()
    other.cookies["sessionid"] = key
    assert other.get("/account/").status_code == 302


def test_a_session_ends_with_the_account_and_with_the_password(people: World, sign_in: SignIn):
    browser, another = sign_in(people.ana), sign_in(people.rui)
    people.ana.user.is_active = False
    people.ana.user.save()
    assert browser.get("/account/").status_code == 302
    people.rui.user.set_password("another long password")
    people.rui.user.save()
    assert another.get("/account/").status_code == 302


ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example/",
    "/\\elsewhere.example/",
    "\\\\elsewhere.example/",
    "http:elsewhere.example",
    "https:///elsewhere.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //elsewhere.example/",
    "/\t/elsewhere.example/",
    "/\n/elsewhere.example",
    "//testserver@elsewhere.example/",
    "\x00//elsewhere.example",
]


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize("place", ["form", "address"])
def test_signing_in_never_leads_elsewhere(people: World, client: Client, address: str, place: str):
    form = {"login": "ana", "password": PASSWORD, **({"next": address} if place == "form" else {})}
    query = {"next": address} if place == "address" else {}
    assert client.post("/login/", form, query_params=query).headers["Location"] == "/"
    assert client.get("/login/", {"next": address}).headers["Location"] == "/"
