from typing import Any

import pytest

from annotations.models import Outlet
from tests.api.client import Api, a_key, assert_problem
from tests.factories import an_id, make_outlet
from tests.world import World

NOUNS: dict[str, dict[str, Any]] = {
    "outlets/": {
        "name": "The Valley Post",
        "domain": "valley.example",
        "country": "Nowhere",
        "kind": "traditional",
        "scale": "national",
        "party": None,
    },
    "incidents/": {
        "title": "Fire at the mill",
        "place": "Mill Road",
        "date_from": "2021-09-01",
        "date_to": None,
        "articles": [],
    },
    "parties/": {
        "name": "Mill workers",
        "entity_type": "group",
        "actor_type": "civilians",
        "parent": None,
        "aliases": [{"text": "the workers", "language": "en"}],
        "external_ids": {"wikidata": "Q1"},
    },
}
CHANGES = {"outlets/": {"name": "Post"}, "incidents/": {"title": "Fire"}, "parties/": {"name": "Workers"}}
each_noun = pytest.mark.parametrize("path", NOUNS)


@each_noun
def test_a_record_is_added_read_changed_and_deleted(ana: Api, rui: Api, world: World, path: str) -> None:
    project = str(world.project.id)
    response = ana.post(path, {"project": project, **NOUNS[path]})
    assert response.status_code == 201, response.content
    made = response.json()
    assert {name: made[name] for name in NOUNS[path]} == NOUNS[path]
    assert (made["project"], made["version"], response["ETag"]) == (project, 1, '"1"')
    address = f"{path}{made['id']}/"
    assert ana.get(address).json() == made
    assert made in ana.get(path, project=project).json()["results"]
    changed = ana.patch(address, CHANGES[path], 1)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert_problem(ana.delete(address, 2), 403, "not_allowed")
    assert rui.delete(address, 2).status_code == 204
    assert_problem(ana.get(address), 404, "not_found")


@each_noun
def test_viewers_and_outsiders_are_refused(vic: Api, zoe: Api, ana: Api, world: World, path: str) -> None:
    body = {"project": str(world.project.id), **NOUNS[path]}
    address = f"{path}{ana.post(path, body).json()['id']}/"
    assert_problem(vic.post(path, body), 403, "not_allowed")
    assert_problem(zoe.post(path, body), 400, "not_found")
    assert_problem(vic.patch(address, CHANGES[path]), 403, "not_allowed")
    assert_problem(zoe.patch(address, CHANGES[path]), 404, "not_found")
    assert_problem(zoe.delete(address), 404, "not_found")
    assert_problem(zoe.get(address), 404, "not_found")
    assert zoe.get(path, project=str(world.project.id)).json()["results"] == []


@each_noun
def test_changes_need_the_version_and_known_fields(ana: Api, world: World, path: str) -> None:
    address = f"{path}{ana.post(path, {'project': str(world.project.id), **NOUNS[path]}).json()['id']}/"
    assert_problem(ana.patch(address, CHANGES[path]), 428, "precondition_required")
    stale = assert_problem(ana.patch(address, CHANGES[path], 9), 412, "stale_version")
    assert stale["current"] == ana.get(address).json()
    assert_problem(ana.patch(address, {"project": str(world.project.id)}, 1), 400, "read_only_field")
    assert_problem(ana.patch(address, {"shape": "round"}, 1), 400, "unknown_field")


@pytest.mark.parametrize(
    ("path", "code", "fields"),
    [
        ("outlets/", "required", {"name"}),
        ("incidents/", "required", {"title"}),
        ("parties/", "invalid", {"name", "entity_type"}),
    ],
)
def test_missing_fields_are_named(ana: Api, world: World, path: str, code: str, fields: set[str]) -> None:
    refused = assert_problem(ana.post(path, {"project": str(world.project.id)}), 400, code, "required")
    assert {error["field"] for error in refused["errors"]} == fields


def test_empty_choices_are_null(ana: Api, world: World) -> None:
    made = ana.post("outlets/", {"project": str(world.project.id), "name": "Bare"}).json()
    assert (made["kind"], made["scale"], made["party"], made["domain"]) == (None, None, None, "")
    path = f"outlets/{made['id']}/"
    assert ana.patch(path, {"kind": "report"}, 1).json()["kind"] == "report"
    assert ana.patch(path, {"kind": None}, 2).json()["kind"] is None
    assert_problem(ana.patch(path, {"kind": "tabloid"}, 3), 400, "invalid_choice")


def test_references_must_be_of_the_project(ana: Api, world: World) -> None:
    project = str(world.project.id)
    foreign = str(an_id())
    assert_problem(ana.post("outlets/", {"project": project, "name": "x", "party": foreign}), 400, "not_found")
    assert_problem(ana.post("incidents/", {"project": project, "title": "x", "articles": [foreign]}), 400, "not_found")
    body = {"project": project, "name": "x", "entity_type": "group", "parent": foreign}
    assert_problem(ana.post("parties/", body), 400, "not_found")


def test_what_is_in_use_is_not_deleted(rui: Api, world: World) -> None:
    assert_problem(rui.delete(f"outlets/{world.outlet.id}/", 1), 409, "in_use")


def test_a_repeated_deletion_is_answered_again(rui: Api, zoe: Api, world: World) -> None:
    outlet = make_outlet(world.adi, world.project)
    key, path = a_key(), f"outlets/{outlet.id}/"
    first = rui.delete(path, 1, Idempotency_Key=key)
    again = rui.delete(path, 1, Idempotency_Key=key)
    assert (first.status_code, again.status_code, again["Idempotent-Replay"]) == (204, 204, "true")
    assert "X-Project" not in first
    assert "X-Project" not in again
    assert_problem(zoe.delete(path, 1, Idempotency_Key=key), 404, "not_found")
    assert_problem(rui.delete(path, 1), 404, "not_found")
    assert not Outlet.objects.filter(pk=outlet.id).exists()


def test_dates_are_real_days_in_order(ana: Api, world: World) -> None:
    body = {"project": str(world.project.id), "title": "x"}
    assert_problem(ana.post("incidents/", {**body, "date_from": "2021-02-30"}), 400, "invalid")
    assert_problem(ana.post("incidents/", {**body, "date_from": "20210203"}), 400, "invalid")
    assert_problem(ana.post("incidents/", {**body, "date_from": "2021-02-03", "date_to": "2021-02-01"}), 400, "invalid")
