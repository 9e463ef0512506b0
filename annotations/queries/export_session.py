"""A database connection of an export's own: limits of its own, one snapshot, at most four at once on all servers."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import psycopg2
import psycopg2.extensions
from django.db import InterfaceError, OperationalError, connections
from psycopg2.extras import execute_values

from annotations.errors import Unavailable

SLOTS: Final = 4
RETRY_AFTER_SECONDS: Final = 10
# The first key of our advisory locks for long transfers; the second is the slot.
SLOT_LOCK: Final = 0x6E_64_73_6B
APPLICATION_NAME: Final = "newsdesk-export"

# A slow client blocks COPY itself, which no timeout of the server ends; the stream's own clock does.
_SETTINGS: Final = f"""
SET statement_timeout = 0;
SET lock_timeout = '2s';
SET idle_in_transaction_session_timeout = '90s';
SET application_name = '{APPLICATION_NAME}';
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET random_page_cost = 1;
SET enable_seqscan = off;
SET work_mem = '24MB';
"""
# Before the snapshot: what commits after it began at or after this moment. Exports only read.
_OLDEST_TRANSACTION: Final = f"""
SELECT least(clock_timestamp(), min(xact_start)) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    AND application_name <> '{APPLICATION_NAME}'
"""  # noqa: S608 - constants only


class ExportSession:
    """One connection with one snapshot. Not for sharing between threads, but for `cancel`."""

    def __init__(self, prepare: str = "") -> None:
        """Connect, take a slot and a snapshot; `prepare` runs before the snapshot and may make temporary tables.

        Raises: Unavailable when all slots are taken or the database is away.
        """
        self._connection = _connect()
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(_SETTINGS)
                _take_slot(cursor)
                if prepare:
                    cursor.execute(prepare)
                cursor.execute(_OLDEST_TRANSACTION)
                self.began_at = cursor.fetchone()[0]
                cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        except BaseException:
            self._connection.close()
            raise

    def rows(self, statement: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """Run one statement in the snapshot and answer its rows."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def insert(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Fill a temporary table, which a read-only transaction may."""
        with self._connection.cursor() as cursor:
            execute_values(cursor, f"INSERT INTO {table} VALUES %s", rows)  # noqa: S608 - names are constants

    def copy(self, template: str, query: str, parameters: object, sink: Any) -> None:
        """Run COPY … TO STDOUT into `sink.write`."""
        with self._connection.cursor() as cursor:
            chosen = cursor.mogrify(query, parameters).decode()
            cursor.copy_expert(template.replace("{query}", chosen), sink)

    def cancel(self) -> None:
        """Stop what runs; called from another thread when nobody reads any more."""
        with suppress(psycopg2.Error):
            self._connection.cancel()

    def close(self) -> None:
        """Let go of connection, snapshot and slot."""
        self._connection.close()


def _connect() -> Any:
    """Open a plain connection the way Django would, so that an embedded server is started too."""
    wrapper = connections["default"].copy(alias="export")
    parameters = wrapper.get_connection_params()
    parameters.pop("cursor_factory", None)
    try:
        opened = wrapper.get_new_connection(parameters)
    except (psycopg2.OperationalError, OperationalError, InterfaceError) as error:
        raise Unavailable(extras={"retry_after": RETRY_AFTER_SECONDS}) from error
    opened.autocommit = True
    opened.cursor_factory = psycopg2.extensions.cursor
    return opened


def _take_slot(cursor: Any) -> None:
    for slot in range(SLOTS):
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [SLOT_LOCK, slot])
        if cursor.fetchone()[0]:
            return
    detail = "Several exports or imports are running; repeat in a moment."
    raise Unavailable(detail, extras={"retry_after": RETRY_AFTER_SECONDS})
