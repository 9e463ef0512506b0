"""A change that came too late: both sides stand on the card, and one's own can be kept."""

import pytest
from django.test import Client

from annotations.models import Annotation
from annotations.rules.kinds import Kind
from tests.factories import make_party, tag
from tests.views.conftest import SignIn
from tests.world import ARMY, CLAIM, DENIAL, World

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(world: World) -> str:
    return f"/p/{world.project.slug}/articles/{world.article.id}/annotations/"


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.ana)


def saw(found: Annotation, **wanted: str) -> dict[str, str]:
    return {"annotation": str(found.id), "version": str(found.version), **wanted}


@pytest.mark.parametrize(
    ("route", "first", "second", "theirs", "mine"),
    [
        ("note/", {"note": "from the radio"}, {"note": "from the press"}, "from the radio", "from the press"),
        ("kind/", {"kind": "quote"}, {"kind": "counterclaim"}, "Quote", "Counterclaim"),
        (
            "attributes/",
            {"name": "act", "value": "accuse"},
            {"name": "act", "value": "pledge"},
            "accuse",
            "pledge",
        ),
        (
            "attributes/",
            {"name": "quantity", "low": "2", "high": "3", "unit": "houses"},
            {"name": "quantity", "low": "5", "unit": "houses"},
            "2–3 houses",
            "5 houses",
        ),
        ("span/", {"words": DENIAL}, {"words": "The mayor"}, DENIAL, "The mayor"),
        ("withdrawals/", {}, {}, "", "removed"),
    ],
)
def test_both_sides_of_a_late_change_are_shown(
    ana: Client,
    world: World,
    desk: str,
    route: str,
    first: dict[str, str],
    second: dict[str, str],
    theirs: str,
    mine: str,
):
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    other = ("note/", {"note": "seen"}) if route == "withdrawals/" else (route, first)
    assert ana.post(f"{desk}{other[0]}", saw(claim, **other[1]), headers=HTMX).status_code == 200
    answer = ana.post(f"{desk}{route}", saw(claim, **second), headers=HTMX)
    assert answer.status_code == 412
    assert f">{theirs}</dd>" in answer.text or not theirs
    assert f">{mine}</dd>" in answer.text
    assert 'name="version" value="2"' in answer.text
    assert 'class="alert bad"' in answer.text


def test_ones_own_side_is_kept_by_sending_it_again(ana: Client, world: World, desk: str):
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    ana.post(f"{desk}note/", saw(claim, note="theirs"), headers=HTMX)
    assert ana.post(f"{desk}note/", saw(claim, note="mine"), headers=HTMX).status_code == 412
    assert ana.post(f"{desk}note/", {**saw(claim, note="mine"), "version": "2"}, headers=HTMX).status_code == 200
    claim.refresh_from_db()
    assert (claim.note, claim.version) == ("mine", 3)


def test_parties_of_both_sides_are_named(ana: Client, world: World, desk: str):
    rebels = make_party(world.ana, world.project, "Rebels")
    mention = tag(world.ana, world.article, Kind.PARTY, ARMY)
    ana.post(f"{desk}parties/", saw(mention, add=str(world.army.id)), headers=HTMX)
    answer = ana.post(f"{desk}parties/", saw(mention, add=str(rebels.id)), headers=HTMX)
    assert answer.status_code == 412
    assert f">{world.army.name}</dd>" in answer.text
    assert ">Rebels</dd>" in answer.text


def test_without_scripts_a_late_change_is_told_on_a_page(ana: Client, world: World, desk: str):
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    ana.post(f"{desk}note/", saw(claim, note="theirs"))
    answer = ana.post(f"{desk}note/", saw(claim, note="mine"))
    assert answer.status_code == 412
    assert "<html" in answer.text
