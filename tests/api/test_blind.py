"""In a blind project everybody below reviewer sees own work, viewers the approved set; the rest is not there."""

import pytest

from annotations.rules.kinds import Kind
from annotations.rules.permissions import Role
from tests.api.client import Api, api_for, assert_problem
from tests.factories import approve, make_member, submit, tag
from tests.world import ARMY, CLAIM, World, make_case, make_world


@pytest.fixture
def world(db: None) -> World:
    world = make_world(visibility="blind")
    make_member(world.adi, world.project, world.zoe, Role.ANALYST)
    return world


def test_others_work_is_not_there(zoe: Api, rui: Api, world: World) -> None:
    case = make_case(world)
    own = tag(world.zoe, world.article, Kind.CLAIM, CLAIM)
    assert [row["id"] for row in zoe.get("annotations/").json()["results"]] == [str(own.id)]
    assert [row["id"] for row in zoe.get("claims/").json()["results"]] == [str(own.id)]
    assert zoe.get("links/").json()["results"] == []
    assert_problem(zoe.get(f"annotations/{case.quote.id}/"), 404, "not_found")
    assert_problem(zoe.get(f"links/{case.links[0].id}/"), 404, "not_found")
    assert_problem(zoe.patch(f"annotations/{case.quote.id}/", {"note": "x"}, 1), 404, "not_found")
    link = {"type": "same_as", "source": str(own.id), "target": str(case.claim.id)}
    assert_problem(zoe.post("links/", link), 400, "not_found")
    assert len(rui.get("annotations/").json()["results"]) == 6


def test_a_viewer_sees_the_approved_set(world: World) -> None:
    mention = tag(world.ana, world.article, Kind.PARTY, ARMY)
    tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    vic = api_for(world.vic)
    assert vic.get("annotations/").json()["results"] == []
    submit(world.ana, mention)
    approve(world.rui, mention)
    assert [row["id"] for row in vic.get("annotations/").json()["results"]] == [str(mention.id)]
    assert vic.get("claims/").json()["results"] == []


def test_a_viewer_sees_nothing_of_the_versions_before_the_approved_one(ana: Api, world: World) -> None:
    mention = tag(world.ana, world.article, Kind.PARTY, ARMY, note="a guess")
    ana.patch(f"annotations/{mention.id}/", {"note": "sure"}, 1)
    submit(world.ana, mention)
    approve(world.rui, mention)
    shown = api_for(world.vic).get(f"annotations/{mention.id}/history/").json()["results"]
    assert [(item["type"], item["version"]) for item in shown] == [("version", 2), ("decision", 2)]
    assert len(ana.get(f"annotations/{mention.id}/history/").json()["results"]) == 3
