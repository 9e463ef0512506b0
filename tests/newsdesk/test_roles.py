"""The application reads and writes rows; it cannot touch what guards them."""

import psycopg2
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        settings.DATABASES["owner"]["USER"] == settings.DATABASES["default"]["USER"],
        reason="DATABASE_OWNER_URL is not set, so one role owns and uses the tables",
    ),
]


def test_application_is_not_the_owner_of_the_database():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user = pg_get_userbyid(datdba), rolsuper, rolcreaterole, rolcreatedb "
            "FROM pg_database, pg_roles WHERE datname = current_database() AND rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE django_session DISABLE TRIGGER ALL",
        "TRUNCATE django_session",
        "DROP TABLE django_session",
        "ALTER TABLE django_session ADD COLUMN extra int",
        "CREATE TABLE another (id int)",
        "SET session_replication_role = replica",
        "SET ROLE newsdesk_owner",
    ],
)
def test_application_may_not_change_or_empty_tables(statement):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError) as refusal:
        cursor.execute(statement)
    assert isinstance(refusal.value.__cause__, psycopg2.errors.InsufficientPrivilege)


def test_application_may_read_and_write_rows():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('k', 'd', now())")
        cursor.execute("UPDATE django_session SET session_data = 'e' WHERE session_key = 'k'")
        cursor.execute("DELETE FROM django_session WHERE session_key = 'k'")
        assert cursor.rowcount == 1
