"""Writes the batches of an import while the next is being checked: one thread, one connection, one transaction."""

import io
import sys
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from django.db import connection

_WAITING: Final = 2
# How long the thread that checks keeps the interpreter from the one that writes, which asks for it a few times a
# statement. Each time the first lets go for a moment, to read or to search, the other's wait begins anew, so that a
# longer turn is never over: with 0.2 ms the database stood idle for a sixth of an import, with the usual 5 ms for half.
_TURN_SECONDS: Final = 0.00001
_USUAL_TURN_SECONDS: Final = sys.getswitchinterval()
# Keys that refer to rows still to come are checked with each batch, not all of them at the end.
_CHECK: Final = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a batch: COPY with its lines, or any other with its parameters."""

    sql: str
    lines: bytes | None = None
    parameters: Any = None


class BatchWriter:
    """Hands batches to PostgreSQL in order. Whoever asks the database anything meanwhile calls `wait` first."""

    def __init__(self) -> None:
        """Use the connection of the calling thread, which is in a transaction."""
        connection.ensure_connection()
        self._raw = connection.connection
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
        self._running: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        sys.setswitchinterval(_TURN_SECONDS)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
        sys.setswitchinterval(_USUAL_TURN_SECONDS)

    def write(self, batch: Sequence[Statement]) -> None:
        """Take a batch, and wait while too many are under way. Raises: what the database refuses."""
        while len(self._running) >= _WAITING:
            self._finish_one()
        self._running.append(self._thread.submit(self._run, batch))

    def wait(self) -> None:
        """Wait until everything is written. Raises: what the database refuses."""
        while self._running:
            self._finish_one()

    def _finish_one(self) -> None:
        with connection.wrap_database_errors:
            self._running.popleft().result()

    def _run(self, batch: Sequence[Statement]) -> None:
        with self._raw.cursor() as cursor:
            for statement in batch:
                if statement.lines is None:
                    cursor.execute(statement.sql, statement.parameters)
                else:
                    # In one piece: every piece more would wait for the interpreter once more.
                    cursor.copy_expert(statement.sql, io.BytesIO(statement.lines), len(statement.lines) + 1)
            cursor.execute(_CHECK)
