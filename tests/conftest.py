"""Fixtures that every test may use: the database, its owner, and the real material beside the checkout."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connections
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases

from newsdesk.embedded_postgres.processes import is_running

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
BROWSER_TESTS = Path(__file__).resolve().parent / "e2e"
# What migrations filled stays when a test's records are cleared away.
_KEPT_TABLES = ("django_migrations", "django_content_type", "auth_permission")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser tests last: Playwright leaves an event loop in the thread, where Django refuses queries."""
    items.sort(key=lambda item: item.path.is_relative_to(BROWSER_TESTS))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real articles; tests that need it are skipped where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is not here")
    return SHARED_DATA


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    request: pytest.FixtureRequest,
) -> Iterator[None]:
    """Let the owner make and migrate the test database.

    pytest-django would set up only the aliases that tests name: then `default`, which mirrors `owner`,
    would stay on the site's own database.
    """
    keep = django_db_keepdb and not django_db_createdb
    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        _drop_left_databases()
        databases = setup_databases(
            verbosity=verbosity, interactive=False, aliases=None, serialized_aliases=[], keepdb=keep
        )
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        if not keep:
            teardown_databases(databases, verbosity=verbosity)
        connections.close_all()


@pytest.fixture
def as_owner(django_db_setup: None) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Run SQL as the owner of the tables, at once and outside the test's transaction.

    Only for tests marked `django_db(transaction=True)`: what others wrote is not committed, so not seen.
    """
    with closing(owner_connection()) as connection:
        connection.autocommit = True

        def run(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []

        yield run


def _drop_left_databases() -> None:
    """Drop the test databases of runs that were killed: their process is gone and nobody is connected."""
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT datname, substring(datname FROM '[0-9]+$')::int FROM pg_database "
            "WHERE datname ~ '^test_newsdesk_[0-9]+$' AND datdba = current_user::regrole "
            "AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)"
        )
        for name, pid in cursor.fetchall():
            if not is_running(pid, ""):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def owner_connection() -> Any:
    """Open a plain connection to the test database as the owner."""
    return _plain_connection("owner")


def application_connection() -> Any:
    """Open a second plain connection to the test database as the application, for races and refusals in SQL."""
    return _plain_connection("default")


def _plain_connection(alias: str) -> Any:
    wrapper = connections[alias].copy(alias=f"{alias}_plain")
    parameters = wrapper.get_connection_params()
    parameters.pop("cursor_factory", None)
    opened = wrapper.get_new_connection(parameters)
    opened.cursor_factory = psycopg2.extensions.cursor
    return opened


def clear_tables() -> None:
    """Clear what was committed.

    Django would truncate as the application, which may not, and against triggers that refuse it: the owner
    switches those of the filled tables off for the length of one transaction. One statement deletes from all,
    so that foreign keys are checked when nothing is left; it is ten times faster than truncating every table.
    """
    connections["default"].close()
    with closing(owner_connection()) as connection, connection, connection.cursor() as cursor:
        tables = _filled_tables(cursor)
        if not tables:
            return
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgrelid = ANY(%s::regclass[]) AND tgenabled <> 'D'",
            [[f'"{table}"' for table in tables]],
        )
        guards = cursor.fetchall()
        for table, trigger, _mode in guards:
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')
        parts = ", ".join(f'd{number} AS (DELETE FROM "{table}")' for number, table in enumerate(tables))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"WITH {parts} SELECT")
        for table, trigger, mode in guards:
            always = "ALWAYS " if mode == "A" else ""
            cursor.execute(f'ALTER TABLE {table} ENABLE {always}TRIGGER "{trigger}"')


def _filled_tables(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)", [list(_KEPT_TABLES)]
    )
    names = [name for (name,) in cursor.fetchall()]
    cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names))
    return [name for (name,) in cursor.fetchall()]


def _clear_tables_after(_case: TransactionTestCase) -> None:
    clear_tables()


TransactionTestCase._fixture_teardown = _clear_tables_after  # type: ignore[attr-defined]
