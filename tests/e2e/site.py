"""A site of its own for browser tests: a real `manage.py serve` on a temporary folder, its people and their tokens."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a long enough password"
PEOPLE = {"adi": "admin", "ana": "analyst", "rui": "reviewer"}
PATIENCE_SECONDS = 180

# Runs one statement as the application's role and prints what the database says to it.
_AS_APPLICATION = """
import json, sys, django
django.setup()
from django.db import DatabaseError, connection
statement, parameters = json.load(sys.stdin)
try:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        print(cursor.fetchone()[0])
        cursor.execute(statement, parameters)
        print("done", cursor.rowcount)
except DatabaseError as refusal:
    print("refused", str(refusal).splitlines()[0])
"""

# Makes people with the same password by the commands that an admin types, in one process; prints a token of each.
_PEOPLE = """
import io, json, sys, django
django.setup()
from django.core.management import call_command
password, *names = json.load(sys.stdin)
for name in names:
    sys.stdin = io.StringIO(password + chr(10))
    call_command("user", name, "--password-stdin", stdout=io.StringIO())
    call_command("token", name, "--scope", "review")
"""


@dataclass(slots=True)
class Site:
    """The running site; `tokens` are by user name."""

    var: Path
    port: int
    tokens: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it is ready."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port), "--no-demo"]
        with (self.var / "serve.log").open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment(), stdout=log, stderr=log, text=True, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urlopen(f"{self.base}/readyz", timeout=2):  # noqa: S310 - our own address
                    return
            except (URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError((self.var / "serve.log").read_text())

    def stop(self) -> None:
        """Stop the server as a person would."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE_SECONDS)

    def populate(self) -> None:
        """Make the people and a project in which each has the role of PEOPLE."""
        made = self._run([sys.executable, "-c", _PEOPLE], json.dumps([PASSWORD, *PEOPLE]))
        self.tokens = dict(zip(PEOPLE, made.split(), strict=True))

    def make_project(self, name: str) -> dict[str, Any]:
        """Make a project of adi's with everybody in it."""
        project: dict[str, Any] = self.send("adi", "POST", "projects/", {"name": name})
        for user in ("ana", "rui"):
            member = {"user": user, "role": PEOPLE[user]}
            self.send("adi", "POST", f"projects/{project['id']}/members/", member)
        return project

    def make_article(self, project: dict[str, Any], text: str, language: str = "en") -> dict[str, Any]:
        """Add an article through the API."""
        article = {"project": project["id"], "title": "An article", "text": text, "language": language}
        stored: dict[str, Any] = self.send("adi", "POST", "articles/", article)
        return stored

    def annotations(self, article: dict[str, Any]) -> list[dict[str, Any]]:
        """Read the annotations of an article as ana sees them, in the order of making."""
        path = f"annotations/?article={article['id']}&page_size=200"
        found: list[dict[str, Any]] = self.send("ana", "GET", path)["results"]
        return found

    def export(self, project: dict[str, Any], state: str = "approved") -> list[dict[str, Any]]:
        """Export the records of a project in a state."""
        lines = self._open("rui", "GET", f"projects/{project['id']}/export/?state={state}", None).splitlines()
        return [json.loads(line) for line in lines]

    def send(self, name: str, method: str, path: str, body: object = None) -> Any:
        """Send JSON to the API with somebody's token. Raises: HTTPError."""
        return json.loads(self._open(name, method, path, body))

    def change(self, name: str, path: str, version: int, body: object) -> Any:
        """Change a record as it was read. Raises: HTTPError."""
        return json.loads(self._open(name, "PATCH", path, body, {"If-Match": f'"{version}"'}))

    def refusal(self, name: str, method: str, path: str, body: object) -> tuple[int, str]:
        """Send what is to be refused; give status and code."""
        try:
            self._open(name, method, path, body)
        except HTTPError as error:
            return error.code, json.loads(error.read())["code"]
        raise AssertionError("this was not refused")

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """Run a command of manage.py and give its output."""
        return self._run([sys.executable, "manage.py", *arguments], stdin)

    def sql(self, statement: str, *parameters: object) -> list[str]:
        """Run SQL in the application's role; give the role's name and what the database answered."""
        return self._run([sys.executable, "-c", _AS_APPLICATION], json.dumps([statement, parameters])).splitlines()

    def _run(self, command: list[str], stdin: str) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(), input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _open(self, name: str, method: str, path: str, body: object, more: dict[str, str] | None = None) -> str:
        sent = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.tokens[name]}", "Content-Type": "application/json", **(more or {})}
        address = f"{self.base}/api/v1/{path}"
        request = Request(address, data=sent, headers=headers, method=method)  # noqa: S310 - our own address
        with urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - likewise
            text: str = answer.read().decode()
        return text

    def environment(self) -> dict[str, str]:
        """What the site's own commands run with: its own database, whichever the tests were given."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "PYTEST_"))}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "newsdesk.settings",
            "NEWSDESK_VAR": str(self.var),
            # What a site writes: tests/e2e/test_log.py reads it.
            "LOG_LEVEL": "INFO",
            "PYTHONPATH": str(ROOT),
        }


def free_port() -> int:
    """Find a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
