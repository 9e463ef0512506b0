"""Two requests with one Idempotency-Key at the same time, on committed data."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from django.db import connections
from uuid_utils.compat import uuid7

from annotations.models import Annotation
from tests.api.client import Api, a_key, api_for, assert_problem
from tests.conftest import application_connection
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def other_connection() -> Iterator[Any]:
    with closing(application_connection()) as connection:
        yield connection


def cue(world: World) -> dict[str, Any]:
    return {"article": str(world.article.id), "kind": "cue", "segments": [[0, 8]], "exact": [world.article.text[:8]]}


def post(token_holder: Api, body: dict[str, Any], key: str) -> tuple[int, Any, str | None]:
    try:
        response = token_holder.post("annotations/", body, Idempotency_Key=key)
        return response.status_code, response.json(), response.headers.get("Idempotent-Replay")
    finally:
        connections.close_all()


def test_twins_make_one_record_and_get_one_answer(committed: World) -> None:
    clients = [api_for(committed.ana) for _ in range(4)]
    body, key = cue(committed), a_key()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: post(client, body, key), clients))
    assert [status for status, _content, _replay in answers] == [201] * 4
    assert len({content["id"] for _status, content, _replay in answers}) == 1
    assert sorted(replay or "" for _status, _content, replay in answers) == ["", "true", "true", "true"]
    assert Annotation.objects.count() == 1


def test_a_twin_that_runs_too_long_is_in_progress(committed: World, other_connection: Any) -> None:
    key, ana = a_key(), api_for(committed.ana)
    with other_connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO idempotent_answer (id, user_id, key, method, path, body_digest, headers, body, created_at)"
            " VALUES (%s, %s, %s, 'POST', '/', '', '{}', '', now())",
            [str(uuid7()), str(committed.ana.user.pk), key],
        )
    assert_problem(ana.post("annotations/", cue(committed), Idempotency_Key=key), 409, "in_progress")
    other_connection.rollback()
    assert ana.post("annotations/", cue(committed), Idempotency_Key=key).status_code == 201


def test_a_key_is_free_again_after_seven_days(committed: World, as_owner: Any) -> None:
    key, ana = a_key(), api_for(committed.ana)
    first = ana.post("annotations/", cue(committed), Idempotency_Key=key).json()
    as_owner("UPDATE idempotent_answer SET created_at = created_at - interval '8 days'")
    refused = assert_problem(ana.post("annotations/", cue(committed), Idempotency_Key=key), 409, "duplicate_annotation")
    assert refused["existing"] == first["id"]
