"""How long the database lets a connection work, wait and idle."""

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from tests.conftest import owner_connection
from tests.newsdesk.site import Site

pytestmark = pytest.mark.django_db
LIMITS = """SELECT string_agg(setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN
    ('idle_in_transaction_session_timeout', 'lock_timeout', 'statement_timeout')"""


def test_web_requests_have_short_limits():
    with connection.cursor() as cursor:
        cursor.execute(LIMITS)
        assert cursor.fetchone() == ("15000 2000 5000",)


def test_the_owner_has_no_limits():
    opened = owner_connection()
    with opened.cursor() as cursor:
        cursor.execute(LIMITS)
        assert cursor.fetchone() == ("0 0 0",)
    opened.close()


def test_a_statement_that_takes_too_long_is_ended():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 10")
        with pytest.raises(OperationalError):
            cursor.execute("SELECT pg_sleep(1)")


def test_commands_have_no_limits(site: Site):
    answer = site.manage("diffsettings", "--all")
    assert "DB_STATEMENT_TIMEOUT_SECONDS = 0" in answer.stdout
    assert settings.DB_STATEMENT_TIMEOUT_SECONDS == 5
