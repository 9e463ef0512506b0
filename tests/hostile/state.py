"""What is stored, as counts and digests of every table, to tell whether a request changed anything."""

from typing import Any

from django.db import connection

# Sessions, tokens and what was read are marked by being used.
_DIGEST = """SELECT string_agg(format(
    $$SELECT %L AS name, count(*), md5(coalesce(string_agg(row, '' ORDER BY row), ''))
      FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS row FROM %I AS t) AS rows$$,
    tablename, tablename), ' UNION ALL ') FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('django_session', 'django_migrations', 'record_seen')"""


def stored() -> set[tuple[Any, ...]]:
    """Count and digest the rows of every table, events included."""
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST)
        cursor.execute(cursor.fetchone()[0])
        return set(cursor.fetchall())
