"""Releases through the API: made, read, downloaded in every format, compared; and what is refused."""

import io
import zipfile

import pytest

from annotations.rules.permissions import Scope
from tests.api.client import a_key, api_for, assert_problem
from tests.factories import an_id, approve, submit
from tests.world import make_case

pytestmark = pytest.mark.django_db
# An export reads on a connection of its own, so what is released has to be committed.
COMMITTED = pytest.mark.django_db(transaction=True)


def make(client, world, name="First", **fields):
    return client.post("releases/", {"project": str(world.project.id), "name": name, **fields})


def content(response):
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


@pytest.fixture
def case(world):
    case = make_case(world)
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    return case


@COMMITTED
def test_a_release_is_made_read_and_listed(world, case, rui, vic):
    made = make(rui, world, filters={"state": "approved", "kind": "claim,counterclaim"})

    assert made.status_code == 201
    release = made.json()
    assert (release["number"], release["name"], release["made_by"]) == (1, "First", "rui")
    assert release["filters"] == {"state": "approved", "kind": "claim,counterclaim"}
    assert release["manifest"]["counts"]["annotation"] == 2
    assert vic.get(made["Location"]).json() == release
    assert vic.get("releases/", project=str(world.project.id)).json()["results"] == [release]
    assert vic.get("releases/", project=str(an_id())).json()["results"] == []


@COMMITTED
def test_the_download_is_the_same_whenever_and_in_any_format(world, case, rui, vic):
    release = make(rui, world).json()
    path = f"releases/{release['id']}/download/"

    first = vic.get(path)

    whole = content(first)
    assert first["Content-Disposition"] == 'attachment; filename="northern-bridge-release-1.zip"'
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.namelist() == ["manifest.json", "CITATION.cff", "DATASHEET.md", "records.jsonl"]
        records = archive.read("records.jsonl")
    again = vic.get(path)
    assert (content(again), again["ETag"]) == (whole, first["ETag"])
    assert content(vic.get(path, format="newsdesk-jsonl")) == records
    table = vic.get(path, format="csv", flavour="raw")
    assert table["Content-Disposition"] == 'attachment; filename="northern-bridge-release-1-csv.zip"'
    assert zipfile.is_zipfile(io.BytesIO(content(table)))
    assert vic.send("HEAD", path)["ETag"] == first["ETag"]


@COMMITTED
def test_changes_between_two_releases(world, case, rui, vic):
    first = make(rui, world).json()
    rui.post("decisions/", {"link": str(case.links[4].id), "version": 1, "verdict": "reject", "reason": "link"})
    second = make(rui, world, "Second").json()

    found = vic.get(f"releases/{second['id']}/changes/", since=first["id"]).json()

    assert found["counts"]["link"] == {"added": 0, "changed": 0, "withdrawn": 1}
    withdrawn = {"what": "withdrawn", "type": "link", "id": str(case.links[4].id), "label": "disputes", "fields": []}
    assert withdrawn in found["changes"]


@COMMITTED
def test_a_repeat_under_one_key_makes_one_release(world, case, rui):
    key = a_key()
    body = {"project": str(world.project.id), "name": "First"}

    first = rui.post("releases/", body, Idempotency_Key=key)
    again = rui.post("releases/", body, Idempotency_Key=key)

    assert (again.status_code, again.json(), again["Idempotent-Replay"]) == (201, first.json(), "true")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"filters": {"format": "csv"}}, "unknown_field"),
        ({"filters": {"people": "names"}}, "unknown_field"),
        ({"filters": {"state": "done"}}, "invalid"),
        ({"filters": {"kind": ["claim"]}}, "invalid_type"),
        ({"filters": "approved"}, "invalid_type"),
        ({"name": ""}, "blank"),
        ({"name": "a\nb"}, "invalid"),
        ({"number": 7}, "read_only_field"),
        ({"project": str(an_id())}, "not_found"),
    ],
)
def test_a_release_with_wrong_fields_is_refused(world, rui, fields, code):
    assert_problem(make(rui, world, **fields), 400, code)


@COMMITTED
def test_a_name_that_is_taken_is_refused_with_the_release_that_has_it(world, rui):
    first = make(rui, world).json()

    assert assert_problem(make(rui, world), 409, "duplicate_release")["existing"] == first["id"]


def test_who_may_not_release_is_refused(world, ana, zoe, nobody):
    assert_problem(make(ana, world), 403, "not_allowed")
    assert_problem(make(api_for(world.rui, Scope.WRITE), world), 403, "insufficient_scope")
    assert_problem(make(zoe, world), 400, "not_found")
    assert_problem(make(nobody, world), 401, "not_authenticated")


@COMMITTED
def test_a_foreign_release_is_as_good_as_none(world, rui, zoe):
    release = make(rui, world).json()

    for path in (f"releases/{release['id']}/", f"releases/{release['id']}/download/"):
        assert_problem(zoe.get(path), 404, "not_found")


@COMMITTED
def test_a_download_in_no_known_way_is_refused(world, rui):
    path = f"releases/{make(rui, world).json()['id']}/download/"

    for query in ({"format": "docx"}, {"flavour": "jam"}, {"format": "brat", "flavour": "raw"}):
        assert_problem(rui.get(path, **query), 400, "invalid_parameter")


@COMMITTED
def test_changes_need_a_release_of_the_same_project(world, rui):
    release = make(rui, world).json()
    path = f"releases/{release['id']}/changes/"

    assert_problem(rui.get(path), 400, "invalid_parameter")
    assert_problem(rui.get(path, since=str(an_id())), 404, "not_found")
    assert_problem(rui.get(path, since="1"), 400, "invalid_parameter")
