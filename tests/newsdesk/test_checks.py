"""What would break silently is refused at the start."""

import importlib.util

import pytest
from django.db import connection

from newsdesk import checks


def test_psycopg_3_is_not_importable():
    assert importlib.util.find_spec("psycopg") is None
    assert checks.psycopg_3_is_absent() == []


def test_psycopg_3_would_be_refused(monkeypatch, tmp_path):
    (tmp_path / "psycopg.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert [error.id for error in checks.psycopg_3_is_absent()] == ["newsdesk.E001"]


@pytest.mark.django_db
def test_postgresql_is_new_enough():
    assert connection.get_database_version() >= (15,)
