"""The page of one's keys."""

import pytest
from django.test import Client

from annotations.models import KeySettings
from annotations.rules.keys import REMAPPABLE
from tests.views.conftest import SignIn
from tests.world import World

OURS = {command.name: command.key for command in REMAPPABLE}


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.ana)


def test_every_command_is_listed_with_its_key(ana: Client):
    page = ana.get("/account/keys/").text
    assert all(f'name="{name}"' in page for name in OURS)
    assert "Command palette" in page


def test_changed_keys_are_kept_and_handed_to_the_workbench(ana: Client, world: World):
    answer = ana.post("/account/keys/", OURS | {"note": "q", "has_single_keys": "on"})
    assert answer.status_code == 302
    stored = KeySettings.objects.get(user=world.ana.user)
    assert (stored.keys, stored.has_single_keys) == ({"note": "q"}, True)
    page = ana.get(f"/p/{world.project.slug}/articles/{world.article.id}/")
    assert '"note":["q"]' in page.context["keys"]


def test_single_keys_are_switched_off(ana: Client, world: World):
    ana.post("/account/keys/", OURS)
    page = ana.get(f"/p/{world.project.slug}/articles/{world.article.id}/")
    assert page.context["single_keys"] is False


@pytest.mark.parametrize(("key", "words"), [("j", "j already means: Next tag."), ("3", "3 already means")])
def test_a_conflict_is_told_beside_the_command(ana: Client, key: str, words: str):
    answer = ana.post("/account/keys/", OURS | {"note": key})
    assert answer.status_code == 400
    assert words in answer.text
    assert not KeySettings.objects.exists()


def test_our_keys_come_back(ana: Client):
    ana.post("/account/keys/", OURS | {"note": "q"})
    ana.post("/account/keys/", {"reset": "yes"})
    stored = KeySettings.objects.get()
    assert (stored.keys, stored.has_single_keys) == ({}, True)


def test_keys_are_ones_own(ana: Client, world: World, sign_in: SignIn):
    ana.post("/account/keys/", OURS | {"note": "q"})
    assert 'name="note" value="n"' in sign_in(world.rui).get("/account/keys/").text


def test_nobody_is_sent_to_sign_in(db: None):
    assert Client().get("/account/keys/")["Location"].startswith("/login/")
