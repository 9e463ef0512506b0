from annotations.models import Project
from annotations.rules.permissions import Scope
from tests.api.client import Api, a_key, api_for, assert_problem
from tests.world import World


def test_me_tells_who_asks_and_what_they_may_do_where(ana: Api, nobody: Api, world: World) -> None:
    assert ana.get("me/").json() == {
        "user": "ana",
        "memberships": [{"project": str(world.project.id), "slug": "northern-bridge", "role": "analyst"}],
        "scope": "review",
    }
    refused = nobody.get("me/")
    assert_problem(refused, 401, "not_authenticated")
    assert refused["WWW-Authenticate"] == "Bearer"


def test_whoever_makes_a_project_becomes_its_admin(zoe: Api, world: World) -> None:
    response = zoe.post("projects/", {"name": "Northern bridge"})
    assert response.status_code == 201
    made = response.json()
    assert (made["slug"], made["role"], made["version"]) == ("northern-bridge-2", "admin", 1)
    assert zoe.get(f"projects/{made['id']}/").json() == made
    assert zoe.get("projects/").json()["results"] == [made]
    assert zoe.get("projects/", slug="northern-bridge").json()["results"] == []


def test_a_token_for_writing_makes_no_projects(world: World) -> None:
    narrow = api_for(world.zoe, Scope.WRITE)
    assert_problem(narrow.post("projects/", {"name": "x"}), 403, "insufficient_scope")
    assert Project.objects.count() == 1


def test_wrong_fields_of_a_project_are_refused(zoe: Api) -> None:
    refused = assert_problem(zoe.post("projects/", {"name": "", "role": "admin", "settings": []}), 400, "invalid")
    assert {(error["field"], error["code"]) for error in refused["errors"]} == {
        ("name", "blank"),
        ("role", "read_only_field"),
        ("settings", "invalid_type"),
    }
    assert_problem(zoe.post("projects/", {"name": "x", "slug": "Not A Slug"}), 400, "invalid")


def test_only_an_admin_changes_a_project(adi: Api, rui: Api, zoe: Api, world: World) -> None:
    path = f"projects/{world.project.id}/"
    changed = adi.patch(path, {"description": "Who holds it?"}, 1)
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert_problem(rui.patch(path, {"description": "x"}), 403, "not_allowed")
    assert_problem(zoe.patch(path, {"description": "x"}), 404, "not_found")
    stale = assert_problem(adi.patch(path, {"description": "x"}, 1), 412, "stale_version")
    assert (stale["current"]["version"], stale["current"]["role"]) == (2, "admin")


def test_an_admin_adds_changes_and_removes_members(adi: Api, zoe: Api, world: World) -> None:
    members = f"projects/{world.project.id}/members/"
    added = adi.post(members, {"user": "zoe", "role": "viewer"})
    assert added.status_code == 201
    assert added["Location"] == f"/api/v1/{members}zoe/"
    assert (added.json()["user"], added.json()["role"]) == ("zoe", "viewer")
    assert adi.patch(f"{members}zoe/", {"role": "analyst"}).json()["role"] == "analyst"
    assert {row["user"]: row["role"] for row in adi.get(members).json()["results"]} == {
        "adi": "admin",
        "ana": "analyst",
        "rui": "reviewer",
        "vic": "viewer",
        "zoe": "analyst",
    }
    key = a_key()
    assert adi.delete(f"{members}zoe/", Idempotency_Key=key).status_code == 204
    assert adi.delete(f"{members}zoe/", Idempotency_Key=key)["Idempotent-Replay"] == "true"
    assert_problem(adi.delete(f"{members}zoe/"), 404, "not_found")
    assert_problem(zoe.get(f"projects/{world.project.id}/"), 404, "not_found")


def test_a_project_keeps_an_admin(adi: Api, world: World) -> None:
    path = f"projects/{world.project.id}/members/adi/"
    assert_problem(adi.patch(path, {"role": "viewer"}), 409, "last_admin")
    assert_problem(adi.delete(path), 409, "last_admin")


def test_members_are_the_admins_business(adi: Api, rui: Api, zoe: Api, world: World) -> None:
    members = f"projects/{world.project.id}/members/"
    assert_problem(rui.get(members), 403, "not_allowed")
    assert_problem(rui.post(members, {"user": "zoe", "role": "admin"}), 403, "not_allowed")
    assert_problem(zoe.get(members), 404, "not_found")
    assert_problem(adi.post(members, {"user": "unknown", "role": "viewer"}), 400, "not_found")
    assert_problem(adi.post(members, {"user": "zoe", "role": "owner"}), 400, "invalid_choice")
    assert_problem(adi.patch(f"{members}zoe/", {"role": "viewer"}), 404, "not_found")
    assert_problem(adi.patch(f"{members}%00/", {"role": "viewer"}), 404, "not_found")
    assert_problem(adi.delete(f"{members}%00/"), 404, "not_found")
