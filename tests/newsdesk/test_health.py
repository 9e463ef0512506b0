"""Alive and ready."""

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import RequestFactory

from newsdesk.health import livez
from newsdesk.middleware import DatabaseAwayMiddleware

pytestmark = pytest.mark.django_db


def test_livez_needs_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/livez")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_says_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True})
    assert "no-store" in answer["Cache-Control"]


def test_readyz_refuses_a_server_that_may_lose_writes(client):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "reasons": ["durability"]})
    assert answer["Retry-After"]


def test_readyz_refuses_a_database_that_lacks_migrations(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "reasons": ["migrations"]})


@pytest.mark.parametrize("failure", [OperationalError("gone"), InterfaceError("closed")])
def test_a_lost_database_is_503_and_says_when_to_come_back(failure):
    answer = DatabaseAwayMiddleware(livez).process_exception(RequestFactory().get("/"), failure)
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "gone" not in answer.content.decode()


def test_other_failures_are_left_alone():
    middleware = DatabaseAwayMiddleware(livez)
    assert middleware.process_exception(RequestFactory().get("/"), ValueError("bug")) is None
