"""The cast behind browsers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from annotations.queries.access import Actor
from tests.world import Case, World, make_case, make_world

SignIn = Callable[[Actor], Client]


class WholeAnswer(StreamingHttpResponse):
    """An answer in parts that was read to its end."""

    text = ""  # type: ignore[assignment]  # Django lets nobody set it


class Browser(Client):
    """Read answers to their end, those too that come in parts."""

    def request(self, **request: Any) -> Any:
        """Send a request and give the whole answer; `text` is all of it."""
        response: Any = super().request(**request)
        if response.streaming:
            response.__class__ = WholeAnswer
            response.text = b"".join(response.streaming_content).decode()
        return response


@pytest.fixture
def world(db: None) -> World:
    """The cast, their project and its article."""
    return make_world()


@pytest.fixture
def case(world: World) -> Case:
    """Ana's linked case, in draft."""
    return make_case(world)


@pytest.fixture
def sign_in() -> SignIn:
    """Give somebody a browser of their own; it checks CSRF only where a test asks for it."""

    def open_browser(actor: Actor) -> Client:
        browser = Browser()
        browser.force_login(actor.user)
        return browser

    return open_browser
