"""What the doctor reads through: one read-only snapshot on a connection of its own; and what a finding is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import psycopg2
import psycopg2.extensions
from django.db import InterfaceError, OperationalError, connections
from django.utils.functional import Promise

from annotations.errors import Unavailable

_ROWS_AT_ONCE: Final = 2_000
# A long look must not be cut short; cursors are planned for all of their rows.
_SETTINGS: Final = """
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET lock_timeout = '10s';
SET application_name = 'newsdesk-doctor';
SET TimeZone = 'UTC';
SET cursor_tuple_fraction = 1.0;
SET jit = off;
SET work_mem = '32MB';
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: a stable code, the kind and id of the record, and a sentence without any article text."""

    code: str
    record: str
    id: str
    project: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Check:
    """A fault that one SELECT finds: it answers id, project, and the values for `{0}` and so on in the sentence."""

    code: str
    record: str
    sentence: str | Promise
    statement: str


class Snapshot:
    """All reads see the same moment; nothing can be written. Rows come as streams, so memory stays flat."""

    def __init__(self) -> None:
        """Connect and begin. Raises: Unavailable when the database is away."""
        self._connection = _connect()
        self._numbers = count(1)
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(_SETTINGS)
            self._connection.commit()
            self._connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        except BaseException:
            self._connection.close()
            raise

    def rows(self, statement: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """Answer all rows of a statement that has few."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def stream(self, statement: str, *, rows_at_once: int = _ROWS_AT_ONCE) -> Iterator[tuple[Any, ...]]:
        """Answer rows one by one; the database keeps the rest."""
        with self._connection.cursor(name=f"doctor_{next(self._numbers)}") as cursor:
            cursor.itersize = rows_at_once
            cursor.execute(statement)
            yield from cursor

    def run(self, checks: Iterable[Check]) -> Iterator[Finding]:
        """Answer what the checks find."""
        for check in checks:
            for identifier, project, *values in self.stream(check.statement):
                detail = str(check.sentence).format(*values)
                yield finding(check.code, check.record, identifier, project, detail)

    def close(self) -> None:
        """Let go of the snapshot and the connection."""
        self._connection.close()


def finding(code: str, record: str, identifier: object, project: object, detail: str) -> Finding:
    """Make a finding of ids as the driver answers them."""
    return Finding(code, record, str(identifier), None if project is None else str(project), detail)


def columns_of(names: Sequence[str], table: str = "") -> str:
    """Write quoted column names, each with the table's short name where one is given."""
    start = f"{table}." if table else ""
    return ", ".join(f'{start}"{name}"' for name in names)


def _connect() -> Any:
    """Open a plain connection the way Django would, so that an embedded server is started too."""
    wrapper = connections["default"].copy(alias="doctor")
    parameters = wrapper.get_connection_params()
    parameters.pop("cursor_factory", None)
    try:
        opened = wrapper.get_new_connection(parameters)
    except (psycopg2.OperationalError, OperationalError, InterfaceError) as error:
        raise Unavailable from error
    opened.cursor_factory = psycopg2.extensions.cursor
    return opened
