"""Signing in at another site (OpenID Connect), tried against a small provider on the loopback."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from annotations.models import User
from tests.views.conftest import SignIn
from tests.world import World

LOGIN, BACK = "/login/provider/oidc/", "/login/provider/oidc/back/"


class Provider(BaseHTTPRequestHandler):
    """Knows one person: subject 42."""

    def do_GET(self) -> None:
        """Answer discovery and who the person is."""
        base = f"http://127.0.0.1:{cast(ThreadingHTTPServer, self.server).server_port}"
        discovery = {
            "issuer": base,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/userinfo",
            "jwks_uri": f"{base}/keys",
        }
        person = {"sub": "42", "email": "ana@example.org", "email_verified": True, "preferred_username": "ana"}
        self._say(person if self.path == "/userinfo" else discovery)

    def do_POST(self) -> None:
        """Answer any code with a token."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say({"access_token": "x", "token_type": "Bearer"})

    def log_message(self, *_words: object) -> None:
        """Keep quiet."""

    def _say(self, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def provider(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The provider's address, which the site knows."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{server.server_address[1]}"
        app = {"provider_id": "oidc", "name": "Campus", "client_id": "newsdesk", "secret": "s"}
        settings.OIDC_SERVER_URL, settings.OIDC_NAME = base, "Campus"
        app["settings"] = {"server_url": base, "oauth_pkce_enabled": True}  # type: ignore[assignment]
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        yield base
        server.shutdown()
        thread.join(5)


@pytest.fixture
def come_back(provider: str) -> Callable[..., str]:
    """Go to the provider and come back with a code; give where that leads."""

    def travel(browser: Client, query: str = "") -> str:
        sent = urlsplit(browser.post(f"{LOGIN}{query}").headers["Location"])
        asked = parse_qs(sent.query)
        assert f"{sent.scheme}://{sent.netloc}{sent.path}" == f"{provider}/authorize"
        assert asked["redirect_uri"] == [f"http://testserver{BACK}"]
        assert asked["code_challenge_method"] == ["S256"]
        answer = browser.get(BACK, {"code": "c", "state": asked["state"][0]})
        return str(answer.headers.get("Location", answer.status_code))

    return travel


def test_an_account_that_was_joined_signs_in(world: World, sign_in: SignIn, come_back: Callable[..., str]) -> None:
    assert come_back(sign_in(world.ana), "?process=connect") == "/account/providers/"
    browser = Client()
    assert come_back(browser, "?next=/account/") == "/account/"
    assert "ana" in browser.get("/account/").text


def test_a_stranger_gets_no_account_not_even_with_a_known_address(world: World, come_back: Callable[..., str]) -> None:
    User.objects.filter(username="ana").update(email="ana@example.org")
    before = User.objects.count()
    browser = Client()
    assert come_back(browser) == "200"
    assert browser.get("/account/").status_code == 302
    assert User.objects.count() == before


def test_the_second_factor_is_asked_for_all_the_same(
    world: World, sign_in: SignIn, come_back: Callable[..., str]
) -> None:
    come_back(sign_in(world.ana), "?process=connect")
    Authenticator.objects.create(user=world.ana.user, type="totp", data={"secret": "x"})
    assert come_back(Client()) == "/login/code/"


def test_a_closed_account_stays_closed(world: World, sign_in: SignIn, come_back: Callable[..., str]) -> None:
    come_back(sign_in(world.ana), "?process=connect")
    User.objects.filter(username="ana").update(is_active=False)
    assert come_back(Client()) == "/login/closed/"


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_coming_back_never_leads_elsewhere(
    world: World, sign_in: SignIn, come_back: Callable[..., str], address: str
) -> None:
    come_back(sign_in(world.ana), "?process=connect")
    assert come_back(Client(), f"?next={address}") == "/"


def test_an_answer_that_nobody_asked_for_is_refused(world: World, provider: str) -> None:
    answer = Client().get(BACK, {"code": "c", "state": "made up"})
    assert answer.status_code == 401
    assert "did not confirm" in answer.text


def test_the_two_are_separated_again(world: World, sign_in: SignIn, come_back: Callable[..., str]) -> None:
    world.ana.user.set_password("an entirely new secret")
    world.ana.user.save()
    browser = sign_in(world.ana)
    assert come_back(browser, "?process=connect").startswith("/account/confirm/")
    browser.post("/account/confirm/", {"password": "an entirely new secret"})
    (number,) = re.findall(r'name="account" value="(\d+)"', browser.get("/account/providers/").text)
    assert browser.post("/account/providers/", {"account": number}).status_code == 302
    assert come_back(Client()) == "200"


def test_the_button_stands_on_the_page_only_where_there_is_a_provider(provider: str, db: None, settings) -> None:
    assert "Sign in with Campus" in Client().get("/login/").text
    settings.OIDC_SERVER_URL = ""
    assert "Sign in with Campus" not in Client().get("/login/").text
    assert Client().get(LOGIN).status_code == 404
