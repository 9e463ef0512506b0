"""`POST projects/{id}/imports/`: a form with a file in, a report out."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from annotations.api import imports
from annotations.models import Annotation, Import
from annotations.rules.permissions import Scope
from tests.api.client import BASE, a_key, assert_problem
from tests.factories import token_for
from tests.services.import_lines import GOOD, QUOTE, content

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def path(world):
    return f"{BASE}projects/{world.project.id}/imports/"


def send(actor, path, raw, scope=Scope.REVIEW, headers=None, **fields):
    file = SimpleUploadedFile("../../etc/passwd", raw)
    token = {"Authorization": f"Bearer {token_for(actor, scope)}"}
    return Client().post(path, {"file": file, **fields}, headers={**token, **(headers or {})})


def test_file_is_taken_in_and_reported(world, ana, path):
    response = send(world.ana, path, content(*GOOD), format="newsdesk-jsonl")

    report = response.json()
    assert response.status_code == 201
    assert (report["status"], report["format"], report["errors"]) == ("done", "newsdesk-jsonl", [])
    assert (report["counts"]["annotation"], report["counts"]["link"]) == (4, 2)
    assert set(report["mapping"]) == {line["id"] for line in GOOD}
    assert response["Location"] == f"{BASE}imports/{report['id']}/"
    assert ana.get(response["Location"]).json() == report


def test_large_file_goes_through_a_temporary_one(world, path, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10

    assert send(world.ana, path, content(*GOOD)).status_code == 201


def test_bad_lines_are_listed_and_nothing_is_stored(world, path):
    bad = content(*GOOD, QUOTE | {"id": "q2", "exact": ["no"]}, QUOTE | {"id": "q3", "article": "nowhere"})

    problem = assert_problem(send(world.ana, path, bad), 422, "unprocessable", "text_mismatch", "not_found")

    assert [error["line"] for error in problem["errors"]] == [len(GOOD) + 2, len(GOOD) + 3]
    assert not Annotation.objects.exists()


def test_skip_keeps_the_good_lines(world, path):
    response = send(world.ana, path, content(*GOOD, QUOTE | {"id": "q2", "exact": ["no"]}), on_error="skip")

    assert response.status_code == 201
    assert [(found["line"], found["code"]) for found in response.json()["errors"]] == [(len(GOOD) + 2, "text_mismatch")]
    assert Annotation.objects.count() == 4


def test_cut_file_is_incomplete(world, path):
    assert_problem(send(world.ana, path, content(*GOOD)[:-30], on_error="skip"), 422, "incomplete_file")
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"format": "word"}, "invalid_choice"), ({"on_error": "cry"}, "invalid_choice"), ({"x": "1"}, "unknown_field")],
)
def test_unknown_fields_are_refused(world, path, fields, code):
    assert_problem(send(world.ana, path, content(*GOOD), **fields), 400, code)


def test_form_without_a_file_is_refused(world, path):
    headers = {"Authorization": f"Bearer {token_for(world.ana)}"}

    assert_problem(Client().post(path, {"format": "newsdesk-jsonl"}, headers=headers), 400, "required")


def test_other_content_is_refused(ana, world, path):
    assert_problem(ana.post(path, {"file": "x"}), 415, "unsupported_media_type")


def test_form_that_is_cut_is_malformed(ana, world, path):
    for raw, media_type in ((b"--x\r\nnonsense", "multipart/form-data; boundary=x"), (b"x", "multipart/form-data")):
        response = ana.send("POST", path, raw, Content_Type=media_type)
        assert response.status_code == 400, response.content


def test_file_beyond_the_limit_is_refused_before_it_is_read(world, path, monkeypatch):
    monkeypatch.setattr(imports, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(imports, "_REST_OF_FORM_BYTES", 0)

    assert_problem(send(world.ana, path, content(*GOOD)), 413, "too_large")


def test_same_key_answers_the_same_report(world, path):
    headers = {"Idempotency-Key": a_key()}

    first = send(world.ana, path, content(*GOOD), headers=headers)
    second = send(world.ana, path, content(*GOOD), headers=headers)

    assert second.status_code == 201
    assert second["Idempotent-Replay"] == "true"
    assert json.loads(second.content) == json.loads(first.content)
    assert_problem(send(world.ana, path, content(*GOOD[:2]), headers=headers), 422, "idempotency_conflict")


def test_who_may_not_write_may_not_import(world, path):
    assert_problem(send(world.vic, path, b"x"), 403, "not_allowed")
    assert_problem(send(world.ana, path, b"x", Scope.READ), 403, "insufficient_scope")
    assert_problem(send(world.zoe, path, b"x"), 404, "not_found")


def test_outsider_cannot_read_a_report(world, zoe, path):
    report = send(world.ana, path, content(*GOOD)).json()

    assert_problem(zoe.get(f"imports/{report['id']}/"), 404, "not_found")


def test_parameters_in_the_address_are_refused(world, path):
    assert_problem(send(world.ana, f"{path}?format=newsdesk-jsonl", content(*GOOD)), 400, "invalid_parameter")


def test_dry_run_reports_and_stores_nothing(world, path):
    response = send(world.ana, path, content(*GOOD), dry_run="true")

    assert response.status_code == 200
    assert (response.json()["id"], response.json()["counts"]["annotation"]) == (None, 4)
    assert not Annotation.objects.exists()
    assert not Import.objects.exists()


def test_names_of_a_foreign_file_are_mapped(world, path):
    line = {"text": "the army came", "label": [[0, 8, "PER"]], "Comments": []}
    raw = json.dumps(line).encode() + b"\n"

    told = send(world.ana, path, raw, format="doccano", dry_run="true", on_error="skip").json()
    taken = send(world.ana, path, raw, format="doccano", labels='{"PER": "party"}')

    assert told["unknown"] == {"labels": {"PER": 1}, "relations": {}}
    assert (taken.status_code, taken.json()["counts"]["annotation"]) == (201, 1)


@pytest.mark.parametrize("labels", ["{", "[]", '{"PER": 1}', '{"PER": "person"}', '{"a": "party", "a": "cue"}'])
def test_a_mapping_that_is_none_is_refused(world, path, labels):
    response = send(world.ana, path, content(*GOOD), labels=labels)

    assert response.status_code == 400
    assert {error["field"] for error in response.json()["errors"]} == {"labels"}
