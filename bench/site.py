"""A newsdesk of the bench's own: a folder, processes and (with DATABASE_URL) a database that go away again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from bench.client import Client
from tests.newsdesk.site import Site

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = "newsdesk.settings"
BARE = "bench.bare.settings"
_START_SECONDS = 60.0
_STOP_SECONDS = 15.0


class BenchSite:
    """One NEWSDESK_VAR; leaving the block stops what was started and removes it."""

    def __init__(self, *, may_use_stock_database: bool = True) -> None:
        """Make the folder; the embedded server starts with the first command."""
        self._folder = Path(tempfile.mkdtemp(prefix="newsdesk-bench-"))
        self.var = self._folder / "var"
        self.log = self._folder / "server.log"
        self._looker = Site(self.var)
        self._served: list[subprocess.Popen[bytes]] = []
        self._database = f"newsdesk_bench_{os.getpid()}"
        self._addresses = _stock_addresses() if may_use_stock_database else {}

    def __enter__(self) -> Self:
        if self._addresses:
            self._on_stock_server(f'CREATE DATABASE "{self._database}"')
        return self

    def __exit__(self, error: object, *_more: object) -> None:
        if error is not None and self.log.exists():
            print(self.last_log_lines(), file=sys.stderr)
        for process in self._served:
            self.stop(process)
        if self._addresses:
            self._on_stock_server(f'DROP DATABASE "{self._database}" WITH (FORCE)')
        self._looker.remove()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """What every process of the site gets: the caller's, but for the site's own variables."""
        kept = {name: value for name, value in os.environ.items() if name not in _OF_A_SITE}
        addresses = {name: _with_database(url, self._database) for name, url in self._addresses.items()}
        return {**kept, **addresses, "NEWSDESK_VAR": str(self.var)}

    def manage(self, *arguments: str, settings: str = PRODUCT) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": settings, "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)

    def must_manage(self, *arguments: str, settings: str = PRODUCT) -> str:
        """Run a command that must succeed, and answer its output."""
        answer = self.manage(*arguments, settings=settings)
        if answer.returncode:
            raise RuntimeError(f"manage.py {arguments[0]} failed:\n{answer.stdout}{answer.stderr}")
        return answer.stdout

    def serve(self, port: int, *arguments: str, settings: str = PRODUCT) -> subprocess.Popen[bytes]:
        """Start `manage.py serve` as users do; `await_ready` tells when it answers."""
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": settings}
        command = [sys.executable, "manage.py", "serve", "--port", str(port), *arguments]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._served.append(process)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """End a server as Ctrl-C does."""
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(_STOP_SECONDS)

    def web_processes(self) -> list[int]:
        """Name all processes of the site but the embedded server's."""
        servers = set(self._looker.servers())
        return [pid for pid in self._looker.processes() if pid not in servers]

    def database_processes(self) -> list[int]:
        """Name the processes of the embedded server."""
        return self._looker.servers()

    def last_log_lines(self, count: int = 20) -> str:
        """Read what the servers wrote last."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def _on_stock_server(self, statement: str) -> None:
        address = self._addresses.get("DATABASE_OWNER_URL") or self._addresses["DATABASE_URL"]
        with closing(psycopg2.connect(address)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def await_ready(port: int, process: subprocess.Popen[bytes], path: str = "/readyz") -> None:
    """Wait until a server answers 200. Raises: RuntimeError when it ends or takes too long."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with Client(port, timeout_seconds=10) as client:
                if client.get(path).status == 200:
                    return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError("the server did not start")


_OF_A_SITE = frozenset({"NEWSDESK_VAR", "DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE"})


def _stock_addresses() -> dict[str, str]:
    names = ("DATABASE_URL", "DATABASE_OWNER_URL")
    return {name: os.environ[name] for name in names if os.environ.get(name)} if os.environ.get(names[0]) else {}


def _with_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
