"""The page of one's API tokens."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from annotations.models import ApiToken
from annotations.rules.permissions import Scope
from annotations.services.accounts import issue_token
from tests.views.conftest import SignIn
from tests.world import World

FORM = {"name": "Nightly export", "scope": "read", "days": "30"}
_TOKEN = re.compile(r"nd_[\w-]{40,}")


def _asks(token: str) -> int:
    return Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_made_shown_once_and_works(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ana)
    (token,) = _TOKEN.findall(browser.post("/account/tokens/", FORM).text)
    assert _asks(token) == 200
    page = browser.get("/account/tokens/").text
    assert token not in page
    assert "Nightly export" in page
    stored = ApiToken.objects.get(user=world.ana.user)
    assert token[:11] == stored.prefix
    assert stored.scope == "read"
    assert stored.expires_at
    assert (stored.expires_at - timezone.now()).days in {29, 30}
    assert "last used" in page


def test_a_token_that_never_ends_says_so(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ana)
    assert "never ends" in browser.post("/account/tokens/", {**FORM, "days": ""}).text


@pytest.mark.parametrize("spoiled", [{"name": ""}, {"name": "a\x07b"}, {"scope": "all"}, {"days": "9999"}])
def test_a_bad_form_makes_none(world: World, sign_in: SignIn, spoiled: dict[str, str]) -> None:
    answer = sign_in(world.ana).post("/account/tokens/", {**FORM, **spoiled})
    assert answer.status_code == 400
    assert not ApiToken.objects.filter(user=world.ana.user).exists()


def test_a_revoked_token_is_out_at_once(world: World, sign_in: SignIn) -> None:
    token = issue_token(user=world.ana.user, scope=Scope.READ)
    browser = sign_in(world.ana)
    assert browser.post(f"/account/tokens/{token[:11]}/").headers["Location"] == "/account/tokens/"
    assert _asks(token) == 401
    assert "revoked" in browser.get("/account/tokens/").text
    assert browser.post(f"/account/tokens/{token[:11]}/").status_code == 404


def test_nobody_sees_or_revokes_the_token_of_somebody_else(world: World, sign_in: SignIn) -> None:
    token = issue_token(user=world.rui.user, scope=Scope.READ, name="Of rui")
    browser = sign_in(world.ana)
    assert "Of rui" not in browser.get("/account/tokens/").text
    assert browser.post(f"/account/tokens/{token[:11]}/").status_code == 404
    assert _asks(token) == 200
