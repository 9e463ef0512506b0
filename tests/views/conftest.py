"""The cast behind browsers."""

from collections.abc import Callable

import pytest
from django.test import Client

from annotations.queries.access import Actor
from tests.world import Case, World, make_case, make_world

SignIn = Callable[[Actor], Client]


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
        browser = Client()
        browser.force_login(actor.user)
        return browser

    return open_browser
