"""Faults for the doctor: planted by the tables' owner, who alone can take a guard away; and what the doctor says."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.management import call_command

Run = Callable[..., list[tuple[Any, ...]]]


@dataclass(slots=True)
class Report:
    """What `doctor --json` printed."""

    ok: bool
    findings: list[dict[str, Any]]
    checked: dict[str, int]

    @property
    def codes(self) -> set[str]:
        """The codes of what is wrong with records."""
        return {found["code"] for found in self.findings if found["record"] != "guard"}

    @property
    def guards(self) -> set[tuple[str, str]]:
        """Code and name of what is wrong with guards."""
        return {(found["code"], found["id"]) for found in self.findings if found["record"] == "guard"}

    def ids(self, code: str) -> set[str]:
        """The records that have a fault."""
        return {found["id"] for found in self.findings if found["code"] == code}


def examine(capsys: pytest.CaptureFixture[str], *options: str) -> Report:
    """Run the command on a site with faults: it ends with 1."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ending:
        call_command("doctor", "--json", *options)
    assert ending.value.code == 1
    return Report(**json.loads(capsys.readouterr().out))


# Two scripts: one takes all guards away, the other makes them again.
_GUARDS = """
WITH ours AS (
    SELECT oid, oid::regclass::text AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname !~ '^(django|auth)_'
), guards AS (
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', name, conname) AS drop,
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', name, conname, pg_get_constraintdef(c.oid)) AS restore
    FROM pg_constraint c JOIN ours ON ours.oid = conrelid WHERE contype IN ('c', 'f')
    UNION ALL
    SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', name, tgname),
        format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', name, tgname)
    FROM pg_trigger JOIN ours ON ours.oid = tgrelid WHERE NOT tgisinternal
    UNION ALL
    SELECT format('ALTER TABLE %s ALTER %I DROP NOT NULL', name, attname),
        format('ALTER TABLE %s ALTER %I SET NOT NULL', name, attname)
    FROM pg_attribute a JOIN ours ON ours.oid = attrelid
    WHERE attnum > 0 AND attnotnull AND NOT EXISTS (SELECT FROM pg_index x
        WHERE x.indrelid = ours.oid AND x.indisprimary AND a.attnum = ANY (x.indkey))
)
SELECT string_agg(drop, '; '), string_agg(restore, '; ') FROM guards
"""


@dataclass(slots=True)
class Owner:
    """Plants faults. Triggers come back at once; constraints and indexes when the tables are empty again."""

    run: Run
    _missing: list[str] = field(default_factory=list)

    @contextmanager
    def without_triggers(self, *tables: str) -> Iterator[None]:
        """Switch off all guards of some tables, and put them back."""
        for table in tables:
            self.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            yield
        finally:
            named = self.run(
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'"
            )
            for table, name in named:
                self.run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")

    def drop_constraint(self, table: str, name: str) -> None:
        """Take a constraint away until the test is over."""
        ((definition,),) = self.run(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s",
            [table, name],
        )
        self.run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        self._missing.append(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        self._missing.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")

    def drop_index(self, name: str) -> None:
        """Take an index away until the test is over."""
        ((definition,),) = self.run("SELECT pg_get_indexdef(%s::regclass)", [name])
        self.run(f"DROP INDEX {name}")
        self._missing.append(f"DROP INDEX IF EXISTS {name}")
        self._missing.append(definition)

    def afterwards(self, statement: str) -> None:
        """Put something back by SQL when the test is over."""
        self._missing.append(statement)

    def drop_guards(self) -> None:
        """Take away every trigger, CHECK, foreign key and NOT NULL of the records until the test is over."""
        ((drop, restore),) = self.run(_GUARDS)
        self.run(drop)
        self._missing.append(restore)

    def put_back(self) -> None:
        """Make again what was dropped; the tables must be empty."""
        for statement in self._missing:
            self.run(statement)


def copy_of(table: str, **changes: str) -> str:
    """Write SQL that adds a row like the one with the parameter `id`; each change is an SQL expression."""
    changed = ", ".join(f"'{column}', {expression}" for column, expression in changes.items())
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(r, jsonb_build_object({changed}))).* "
        f"FROM {table} r WHERE r.id = %(id)s"
    )
