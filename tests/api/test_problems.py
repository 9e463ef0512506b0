"""Every refusal has one shape (see `assert_problem`), whatever it comes from, and the first in order wins.

The order: 401, 404, 403, 415, 413, 400 malformed, 428, 412, 400 invalid, 409.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.test import Client

from annotations.api import me
from annotations.models import Annotation
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Scope
from annotations.services.accounts import revoke_token
from tests.api.client import BASE, Api, api_for, assert_problem
from tests.factories import an_id, tag, token_for
from tests.world import ARMY, QUOTE, World, make_world


@pytest.fixture
def mention(world: World) -> Annotation:
    return tag(world.ana, world.article, Kind.PARTY, ARMY)


# --- who asks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["me/", "annotations/", f"articles/{an_id()}/", "nothing/here/"])
def test_without_a_token_everything_is_401(nobody: Api, path: str) -> None:
    response = nobody.get(path)
    assert_problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["nd_00000000nonsense", "", "nd_", "nd_ünicode", "x" * 10_000])
def test_a_wrong_token_is_401(db: None, token: str) -> None:
    assert_problem(Api(token or " ").get("me/"), 401, "not_authenticated")


def test_a_revoked_token_is_401(world: World) -> None:
    token = token_for(world.ana)
    revoke_token(prefix=token[:11])
    assert_problem(Api(token).get("me/"), 401, "not_authenticated")


def test_a_session_may_read_and_writes_with_its_csrf_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.ana.user)
    assert client.get(f"{BASE}me/").json()["scope"] is None
    body = {"project": str(world.project.id), "name": "Bare"}
    assert_problem(client.post(f"{BASE}outlets/", body, "application/json"), 403, "not_allowed")
    client.cookies["csrftoken"] = "a" * 32
    headers = {"X-CSRFToken": "a" * 32}
    assert client.post(f"{BASE}outlets/", body, "application/json", headers=headers).status_code == 201


# --- what is asked ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "nothing/", "annotations", "annotations/1/", f"articles/{an_id()}/nothing/"])
def test_unknown_paths_are_404(ana: Api, path: str) -> None:
    assert_problem(ana.get(path), 404, "not_found")
    assert_problem(ana.post(path, {}), 404, "not_found")


def test_a_missing_object_and_a_foreign_one_answer_alike(zoe: Api, world: World) -> None:
    foreign = zoe.get(f"articles/{world.article.id}/")
    missing = zoe.get(f"articles/{an_id()}/")
    assert assert_problem(foreign, 404, "not_found") == assert_problem(missing, 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "annotations/"), ("POST", "me/"), ("PUT", "me/"), ("OPTIONS", "me/")]
)
def test_a_wrong_method_is_405(ana: Api, method: str, path: str) -> None:
    response = ana.send(method, path)
    assert_problem(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]


def test_whatever_is_accepted_json_is_answered(world: World) -> None:
    client = Client(headers={"Authorization": f"Bearer {token_for(world.ana)}", "Accept": "text/html"})
    assert client.get(f"{BASE}me/")["Content-Type"] == "application/json"


# --- bodies -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "application/jsonp", ""],
)
def test_other_media_types_are_415(ana: Api, media_type: str) -> None:
    assert_problem(ana.post("annotations/", b"{}", Content_Type=media_type), 415, "unsupported_media_type")


@pytest.mark.parametrize("media_type", ["application/json", 'application/json; charset="UTF-8"', "Application/JSON"])
def test_json_in_utf_8_is_taken(ana: Api, media_type: str) -> None:
    assert_problem(ana.post("annotations/", b"{}", Content_Type=media_type), 400, "invalid", "required")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{}{}",
        b"\xff",
        b'{"note": "\xc3"}',
        b'{"note": "\\ud800"}',
        b'{"note": "a\\u0000b"}',
        b'{"a\\u0000": 1}',
        b'{"attributes": {"deep": "\\u0000"}}',
        b'{"version": 1e3}',
        b'{"version": 1.0E0}',
        b'{"version": NaN}',
        b'{"version": Infinity}',
        b'{"version": 9223372036854775808}',
        b'{"version": ' + b"9" * 5000 + b"}",
        b'{"version": ' + b"9" * 400 + b".0}",
        b"[" * 33 + b"]" * 33,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        '{"version": ٧}'.encode(),
        "\ufeff{}".encode(),
    ],
)
def test_bodies_that_are_not_strict_json_are_malformed(ana: Api, body: bytes) -> None:
    assert_problem(ana.post("annotations/", body), 400, "malformed")


def test_32_levels_are_read(ana: Api) -> None:
    assert_problem(ana.post("outlets/", b"[" * 32 + b"]" * 32), 400, "invalid_type")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null", b"true"])
def test_a_body_must_be_an_object(ana: Api, body: bytes) -> None:
    assert_problem(ana.post("outlets/", body), 400, "invalid_type")


def test_a_key_that_stands_twice_is_refused_with_the_other_errors(ana: Api, mention: Annotation) -> None:
    path = f"annotations/{mention.id}/"
    twice = b'{"note": "a", "note": "b"}'
    assert_problem(ana.send("PATCH", path, twice), 428, "precondition_required")
    refused = assert_problem(ana.send("PATCH", path, twice, If_Match='"1"'), 400, "duplicate_key")
    assert refused["errors"][0]["field"] == "note"
    deep = b'{"attributes": {"mention_form": "name", "mention_form": "name"}}'
    assert_problem(ana.send("PATCH", path, deep, If_Match='"1"'), 400, "duplicate_key")
    state = b'{"state": "submitted", "state": "submitted"}'
    assert_problem(ana.send("PATCH", path, state, If_Match='"1"'), 400, "duplicate_key")


def test_bodies_over_the_limit_are_413(ana: Api, rui: Api) -> None:
    assert_problem(ana.post("outlets/", b"[" + b" " * 1024 * 1024), 413, "too_large")
    assert_problem(rui.post("decisions/", b"{" + b" " * 1024 * 1024), 413, "too_large")
    assert_problem(rui.post("decisions/", b"[" + b" " * 1024 * 1024 + b"]"), 422, "required")
    assert_problem(rui.post("decisions/", b"[" + b" " * 8 * 1024 * 1024), 413, "too_large")


def test_strings_are_never_trimmed(ana: Api, world: World) -> None:
    made = ana.post("outlets/", {"project": str(world.project.id), "name": " spaced "}).json()
    assert made["name"] == " spaced "


@pytest.mark.parametrize("name", ["two\nlines", "a\u202eb", "a\u2028b", "\x07", "\x9f"])
def test_one_line_fields_hold_no_controls(ana: Api, world: World, name: str) -> None:
    assert_problem(ana.post("outlets/", {"project": str(world.project.id), "name": name}), 400, "invalid")


# --- parameters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "colour=red",
        "kind=rumour",
        "kind=claim,",
        "kind=claim&kind=quote",
        "project=1",
        "project=",
        "article={00000000-0000-7000-8000-000000000001}",
        "updated_since=yesterday",
        "updated_since=2021-09-03T14:05:00",
        "updated_since=2021-02-30",
        "updated_since=0001-01-01T00:00:00%2B14:00",
        "approved=yes",
        "author=%00",
        "page_size=0",
        "page_size=501",
        "page_size=-1",
        "page_size=1.0",
        "page_size=%D9%A7",
        "cursor=nonsense",
        "cursor=",
        "cursor=%C3%A9",
        "format=json",
    ],
)
def test_wrong_parameters_are_refused(ana: Api, query: str) -> None:
    assert_problem(ana.get(f"annotations/?{query}"), 400, "invalid_parameter")


def test_parameters_are_strict_everywhere(ana: Api, world: World) -> None:
    for path in ("me/", "claims/", "projects/", "decisions/", f"articles/{world.article.id}/text/"):
        assert_problem(ana.get(path, colour="red"), 400, "invalid_parameter")
    assert_problem(ana.post("outlets/?dry=1", {}), 400, "invalid_parameter")


# --- the order of refusals ----------------------------------------------------------------------


def test_of_several_refusals_the_first_in_order_wins(world: World, mention: Annotation) -> None:
    path = f"annotations/{mention.id}/"
    huge, broken = b"{" + b" " * 2 * 1024 * 1024, b"{"
    wrong = {"note": 5}
    nobody, zoe, rui, ana = Api(None), api_for(world.zoe), api_for(world.rui), api_for(world.ana)
    assert_problem(nobody.send("PATCH", path, huge, Content_Type="text/plain"), 401, "not_authenticated")
    assert_problem(zoe.send("PATCH", path, huge, Content_Type="text/plain"), 404, "not_found")
    assert_problem(rui.send("PATCH", path, huge, Content_Type="text/plain"), 403, "not_yours")
    assert_problem(ana.send("PATCH", path, huge, Content_Type="text/plain"), 415, "unsupported_media_type")
    assert_problem(ana.send("PATCH", path, huge), 413, "too_large")
    assert_problem(ana.send("PATCH", path, broken), 400, "malformed")
    assert_problem(ana.patch(path, wrong), 428, "precondition_required")
    assert_problem(ana.patch(path, wrong, 9), 412, "stale_version")
    assert_problem(ana.patch(path, wrong, 1), 400, "invalid_type")
    assert_problem(ana.patch(path, {"segments": [[0, 1]], "exact": ["x"]}, 1), 409, "text_mismatch")


def test_a_scope_that_is_too_narrow_comes_after_404_and_before_the_body(world: World, mention: Annotation) -> None:
    path = f"annotations/{mention.id}/"
    assert_problem(api_for(world.ana, Scope.READ).send("PATCH", path, b"{"), 403, "insufficient_scope")
    assert_problem(api_for(world.zoe, Scope.READ).send("PATCH", path, b"{"), 404, "not_found")
    assert_problem(api_for(world.ana, Scope.READ).send("POST", "annotations/", b"{"), 403, "insufficient_scope")
    assert_problem(api_for(world.adi, Scope.WRITE).send("POST", "decisions/", b"{"), 403, "insufficient_scope")


# --- failures of the database -------------------------------------------------------------------


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_arguments: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OperationalError("away"), 503, "unavailable"),
        (InterfaceError("closed"), 503, "unavailable"),
        (IntegrityError("a race"), 409, "conflict"),
        (DataError("out of range"), 400, "invalid"),
    ],
)
def test_failures_of_the_database_have_the_shape_too(
    ana: Api, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    monkeypatch.setattr(me, "memberships_of", raising(error))
    response = ana.get("me/")
    assert_problem(response, status, code)
    assert response.has_header("Retry-After") is (status == 503)


def test_the_words_of_the_cast_stand_in_the_text(db: None) -> None:
    assert QUOTE[0] in make_world().article.text
