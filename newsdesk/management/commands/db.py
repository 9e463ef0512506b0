"""Look after the embedded database: start, stop, look, save, bring back."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from shutil import which
from typing import Any

import psycopg2
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from psycopg2 import sql
from psycopg2.extensions import connection

from newsdesk.embedded_postgres.base import cluster_of
from newsdesk.embedded_postgres.cluster import Cluster
from newsdesk.embedded_postgres.connecting import connect_patiently
from newsdesk.embedded_postgres.places import is_settled
from newsdesk.embedded_postgres.setup import APPLICATION, DATABASE, OWNER, SUPERUSER

_FRESH = f"{DATABASE}_restored"
_OLD = f"{DATABASE}_replaced"


class Command(BaseCommand):
    """One subcommand per deed."""

    help = "Start, stop, inspect, save or restore the embedded database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the deed and, for dump and restore, the file."""
        deeds = parser.add_subparsers(dest="deed", required=True)
        deeds.add_parser("start", help="start it, to run until db stop")
        stop = deeds.add_parser("stop", help="stop it")
        stop.add_argument("--force", action="store_true", help="even while processes use it")
        deeds.add_parser("status", help="say whether it runs, where, which version")
        shell = deeds.add_parser("shell", help="open psql as the application")
        shell.add_argument("--owner", action="store_true", help="as the owner of the tables instead")
        dump = deeds.add_parser("dump", help="save the database to a file")
        dump.add_argument("file", type=Path)
        restore = deeds.add_parser("restore", help="bring a saved database back")
        restore.add_argument("file", type=Path)
        restore.add_argument("--force", action="store_true", help="even if that replaces data")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do the deed."""
        entry = settings.DATABASES["default"]
        if entry["ENGINE"] != "newsdesk.embedded_postgres":
            raise CommandError("The database is the one named by DATABASE_URL: use PostgreSQL's own tools for it.")
        cluster = cluster_of(entry)
        match options["deed"]:
            case "start":
                cluster.start_to_stay()
                self.stdout.write("The database runs until: python manage.py db stop")
            case "stop":
                self._stop(cluster, force=options["force"])
            case "status":
                self._status(cluster)
            case "shell":
                self._shell(cluster, OWNER if options["owner"] else APPLICATION)
            case "dump":
                self._dump(cluster, options["file"])
            case "restore":
                self._restore(cluster, options["file"], force=options["force"])

    def _stop(self, cluster: Cluster, *, force: bool) -> None:
        if cluster.is_used() and not force:
            raise CommandError("A process of the site uses the database. Stop that first, or say db stop --force.")
        cluster.stop()
        self.stdout.write("The database is stopped.")

    def _status(self, cluster: Cluster) -> None:
        if not is_settled(settings.NEWSDESK_VAR):
            self.stdout.write("No database was made yet.")
            return
        self.stdout.write(f"data: {cluster.home.data}")
        self.stdout.write(f"programs: PostgreSQL {cluster.programs().major} in {cluster.programs().folder}")
        pid = cluster.server_pid()
        used = "in use" if cluster.is_used() else "used by nobody"
        self.stdout.write(f"server: process {pid}, {used}" if pid else "server: not running")

    def _shell(self, cluster: Cluster, user: str) -> None:
        socket_folder = cluster.use()
        program = _tool(cluster, "psql")
        sys.stdout.flush()
        subprocess.run([program, *_as(user, socket_folder), DATABASE], env={**os.environ, **_QUIET}, check=False)

    def _dump(self, cluster: Cluster, file: Path) -> None:
        """Write beside the file first: what bears its name is always whole."""
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as target:
                self._run(cluster, "pg_dump", ["--format=custom", DATABASE], stdout=target)
                os.fsync(target.fileno())
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
        self.stdout.write(f"Saved to {file} ({file.stat().st_size:,} bytes).")

    def _restore(self, cluster: Cluster, file: Path, *, force: bool) -> None:
        """Restore beside the present database and swap at the end: a broken file changes nothing."""
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        if _has_users(cluster) and not force:
            raise CommandError("This site holds data. Restore into an empty one, or say --force to replace it.")
        _execute(cluster, _DROP.format(_name(_FRESH)), _CREATE.format(_name(_FRESH), _name(OWNER)))
        try:
            arguments = ["--no-owner", f"--role={OWNER}", "--exit-on-error", "--single-transaction", "-d", _FRESH]
            with file.open("rb") as source:
                self._run(cluster, "pg_restore", arguments, stdin=source)
        except CommandError:
            _execute(cluster, _DROP.format(_name(_FRESH)))
            raise
        _swap(cluster)
        self.stdout.write("Restored. Bring it up to date if it is older: python manage.py migrate")

    def _run(self, cluster: Cluster, tool: str, arguments: list[str], **streams: Any) -> None:
        command = [_tool(cluster, tool), *_as(SUPERUSER, cluster.use()), *arguments]
        answer = subprocess.run(command, env={**os.environ, **_QUIET}, stderr=subprocess.PIPE, check=False, **streams)
        if answer.returncode:
            raise CommandError(f"{tool} failed: {answer.stderr.decode(errors='replace').strip()}")


_QUIET = {"LC_ALL": "C", "PGOPTIONS": ""}
_DROP = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
_CREATE = sql.SQL("CREATE DATABASE {} OWNER {}")
_RENAME = sql.SQL("ALTER DATABASE {} RENAME TO {}")
_END_SESSIONS = sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def _as(user: str, socket_folder: str) -> list[str]:
    return ["-h", socket_folder, "-p", "5432", "-U", user]


def _tool(cluster: Cluster, name: str) -> str:
    beside = cluster.programs().folder / name
    found = str(beside) if beside.exists() else which(name)
    if found is None:
        raise CommandError(f"{name} was not found. Install the package postgresql-client of your system.")
    return found


def _execute(cluster: Cluster, *statements: sql.Composable) -> None:
    with closing(_connect(cluster, "postgres")) as opened:
        opened.autocommit = True
        with opened.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def _connect(cluster: Cluster, database: str) -> connection:
    def connect_there(socket_folder: str) -> connection:
        return psycopg2.connect(host=socket_folder, port=5432, user=SUPERUSER, dbname=database)

    return connect_patiently(cluster, connect_there)


def _swap(cluster: Cluster) -> None:
    _execute(
        cluster,
        _DROP.format(_name(_OLD)),
        _END_SESSIONS.format(sql.Literal(DATABASE)),
        _RENAME.format(_name(DATABASE), _name(_OLD)),
        _RENAME.format(_name(_FRESH), _name(DATABASE)),
        _DROP.format(_name(_OLD)),
    )


def _has_users(cluster: Cluster) -> bool:
    table = _name(get_user_model()._meta.db_table)
    with closing(_connect(cluster, DATABASE)) as opened, opened.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table.as_string(cursor)])
        if cursor.fetchone() != (True,):
            return False
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(table))
        return bool(cursor.fetchone() == (True,))
