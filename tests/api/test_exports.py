"""`GET projects/{id}/export/`: a stream with a name and an ETag; HEAD; what is left out."""

import json
from uuid import uuid4

import pytest

from annotations.rules.kinds import Kind
from annotations.rules.permissions import Scope
from tests.api.client import api_for, assert_problem
from tests.factories import approve, submit, tag
from tests.sessions import all_slots_taken
from tests.world import HOUSES, make_case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def path(world):
    return f"projects/{world.project.id}/export/"


def content(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def lines(response):
    return [json.loads(line) for line in content(response).splitlines()]


def types(found):
    return {line["type"] for line in found}


def test_export_streams_the_approved_set_by_default(world, ana, path):
    case = make_case(world)
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    tag(world.ana, world.article, Kind.CLAIM, HOUSES)

    response = ana.get(path)

    found = lines(response)
    assert response["Content-Type"] == "application/x-ndjson"
    assert response["Content-Disposition"].startswith('attachment; filename="northern-bridge-newsdesk-jsonl-20')
    assert response["Cache-Control"] == "no-store"
    assert found[0]["state"] == "approved"
    assert found[-1]["counts"] == {
        "outlet": 1,
        "incident": 0,
        "party": 2,
        "article": 1,
        "annotation": 5,
        "link": 5,
        "decision": 10,
    }


def test_parameters_reach_the_export(world, ana, path):
    case = make_case(world)

    found = lines(ana.get(path, state="all", kind="claim,quote", text="omit", format="newsdesk-jsonl"))

    annotations = [line for line in found if line["type"] == "annotation"]
    assert {line["id"] for line in annotations} == {str(case.quote.id), str(case.claim.id)}
    assert not [line for line in annotations if "exact" in line]


def test_everything_before_the_end_line_is_digested(world, ana, path, settings):
    make_case(world)

    assert types(lines(ana.get(path, state="all"))) == {
        "newsdesk",
        "outlet",
        "party",
        "article",
        "annotation",
        "link",
        "end",
    }


def test_head_answers_the_etag_of_the_export(world, ana, path):
    make_case(world)

    head = ana.send("HEAD", f"{path}?state=all")

    got = ana.get(path, state="all")
    content(got)
    assert head.status_code == 200
    assert head["ETag"] == got["ETag"]
    tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    assert ana.send("HEAD", f"{path}?state=all")["ETag"] != head["ETag"]


def test_losses_name_the_links_that_stay_behind(world, ana, path):
    case = make_case(world)

    response = ana.get(f"{path}losses/", state="all", kind="quote,claim")

    [loss] = response.json()["losses"]
    assert response.json()["format"] == "newsdesk-jsonl"
    assert (loss["what"], loss["count"]) == ("link_end_missing", 4)
    assert set(loss["ids"]) == {str(link.pk) for link in case.links} - {str(case.links[1].pk)}


@pytest.mark.parametrize(
    "query",
    [
        {"format": "word"},
        {"state": "done"},
        {"state": ""},
        {"kind": "opinion"},
        {"article": "x"},
        {"updated_since": "yesterday"},
        {"text": "maybe"},
        {"people": "all"},
        {"other": "1"},
        {"page_size": "1"},
    ],
)
def test_unknown_or_malformed_parameters_are_refused(ana, path, query):
    assert_problem(ana.get(path, **query), 400, "invalid_parameter")
    assert_problem(ana.get(f"{path}losses/", **query), 400, "invalid_parameter")


def test_only_admins_get_names(world, rui, adi, path):
    assert_problem(rui.get(path, people="names"), 403, "not_allowed")
    assert_problem(rui.get(path, people="names", state="bad"), 403, "not_allowed")
    assert rui.send("HEAD", f"{path}?people=names").status_code == 403
    assert content(adi.get(path, people="names"))


def test_viewer_may_export(vic, path):
    assert content(vic.get(path))


def test_outsider_and_nobody_are_refused(zoe, nobody, path):
    assert_problem(zoe.get(path, state="nonsense"), 404, "not_found")
    assert_problem(zoe.get(f"{path}losses/"), 404, "not_found")
    assert_problem(nobody.get(path), 401, "not_authenticated")
    assert_problem(zoe.get(f"projects/{uuid4()}/export/"), 404, "not_found")


def test_export_by_slug_is_no_path(ana, world):
    assert_problem(ana.get(f"projects/{world.project.slug}/export/"), 404, "not_found")


def test_fifth_export_is_told_to_come_back(ana, path):
    with all_slots_taken():
        response = ana.get(path)
    assert_problem(response, 503, "unavailable")
    assert int(response["Retry-After"]) > 0


def test_read_token_is_enough(world, path):
    assert content(api_for(world.ana, Scope.READ).get(path))
