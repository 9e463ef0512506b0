"""Dump and restore the site's database with PostgreSQL's own programs, embedded or not."""

import os
import subprocess
from pathlib import Path
from shutil import which
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connections

from newsdesk.embedded_postgres.base import cluster_of

_EMBEDDED: Final = "newsdesk.embedded_postgres"


class DumpFailed(Exception):
    """PostgreSQL's program is missing, or said no."""


def dump_database(file: Path) -> None:
    """Write one consistent picture of the database, while it is used. Raises: DumpFailed."""
    if _is_embedded():
        _call_db("dump", str(file))
    else:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={file}")


def restore_database(file: Path) -> None:
    """Replace the database by a dump, whole or not at all. Raises: DumpFailed."""
    connections.close_all()
    if _is_embedded():
        _call_db("restore", str(file), "--force")
    else:
        name = settings.DATABASES["owner"]["NAME"]
        options = ("--clean", "--if-exists", "--no-owner", "--no-acl", "--single-transaction", "--exit-on-error")
        _run("pg_restore", *options, f"--dbname={name}", str(file))


def check_dump(file: Path) -> None:
    """Let pg_restore read a dump to its end. Raises: DumpFailed."""
    _run_program([_program("pg_restore"), "--file=/dev/null", str(file)], {})


def holds_data() -> bool:
    """Say whether somebody uses this site already."""
    try:
        table = get_user_model()._meta.db_table
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f'"{table}"'])
            if cursor.fetchone() != (True,):
                return False
        return get_user_model()._default_manager.exists()
    except DatabaseError as failure:
        raise DumpFailed(f"The database cannot be used: {failure}") from failure


def _is_embedded() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"] == _EMBEDDED)


def _call_db(*arguments: str) -> None:
    with Path(os.devnull).open("w") as quiet:
        try:
            call_command("db", *arguments, stdout=quiet)
        except CommandError as failure:
            raise DumpFailed(str(failure)) from failure


def _program(name: str) -> str:
    found: Path | str | None = None
    if _is_embedded():
        beside = cluster_of(settings.DATABASES["default"]).programs().folder / name
        found = beside if beside.exists() else None
    found = found or which(name)
    if found is None:
        raise DumpFailed(f"{name} was not found. Install the package postgresql-client of your system.")
    return str(found)


def _run(program: str, *arguments: str) -> None:
    """Run a program as the owner of the tables; the password goes by the environment, not the command line."""
    entry: dict[str, Any] = settings.DATABASES["owner"]
    place = {"PGHOST": entry["HOST"], "PGPORT": entry["PORT"], "PGUSER": entry["USER"], "PGPASSWORD": entry["PASSWORD"]}
    known = {name: str(value) for name, value in place.items() if value}
    _run_program([_program(program), *arguments], {**known, "PGDATABASE": str(entry["NAME"])})


def _run_program(command: list[str], environment: dict[str, str]) -> None:
    inherited = {**os.environ, "LC_ALL": "C", "PGOPTIONS": ""}
    done = subprocess.run(command, env={**inherited, **environment}, capture_output=True, check=False)
    if done.returncode:
        raise DumpFailed(f"{Path(command[0]).name}: {done.stderr.decode(errors='replace').strip()}")
