"""Sessions of PostgreSQL beside the test's own: what they hold, and when they have let go of it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from django.db import connection

from annotations.queries.export_session import SLOTS, ExportSession


def await_closed_sessions() -> None:
    """Wait until no advisory lock is held: PostgreSQL lets go of a closed session's some moments later."""
    statement = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while True:
            cursor.execute(statement)
            if cursor.fetchall() == [(0,)]:
                return
            assert time.monotonic() < deadline, "an advisory lock is still held"
            time.sleep(0.01)


@contextmanager
def all_slots_taken() -> Iterator[None]:
    """Hold all places for long transfers; afterwards they are free again."""
    with ExitStack() as sessions:
        for _ in range(SLOTS):
            sessions.enter_context(closing(ExportSession()))
        yield
    await_closed_sessions()
