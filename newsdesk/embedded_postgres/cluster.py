"""One private PostgreSQL server: made, started, repaired and stopped by whichever process needs it.

Each process that uses it holds a shared lock on `users`; whoever leaves last stops the server. Starting and
stopping happen under the lock `turn`. Both locks die with their process, so a SIGKILL leaves nothing behind.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db.utils import OperationalError

from newsdesk.embedded_postgres.binaries import Programs, find_programs
from newsdesk.embedded_postgres.places import Home, run_as, settle
from newsdesk.embedded_postgres.processes import is_running
from newsdesk.embedded_postgres.setup import prepare_database

START_SECONDS = 60.0
STOP_SECONDS = 4.0
# Beyond this a socket's name does not fit into the address PostgreSQL binds (104 on macOS).
_LONGEST_SOCKET_FOLDER_BYTES = 80
_LONGEST_LOG_BYTES = 1_000_000
_FIRST_WITH_BUILTIN_LOCALE = 17
_SOCKET = ".s.PGSQL.5432"
_LINE_SOCKET_FOLDER = 4
_LINE_STATUS = 7
_LONGEST_CLUSTER_NAME = 63
# How PostgreSQL is told to stop: after rolling back what runs; or at once, repairing itself at the next start.
_FAST = signal.SIGINT
_IMMEDIATE = signal.SIGQUIT


class Cluster:
    """The server that belongs to one NEWSDESK_VAR, and this process's claim on it."""

    def __init__(self, var: Path, explicit_programs: str) -> None:
        """Name the folder; nothing is made or started yet."""
        self._var = var
        self._explicit_programs = explicit_programs
        self._home: Home | None = None
        self._claim: int | None = None
        self._mutex = threading.RLock()

    @property
    def home(self) -> Home:
        """The folder of the cluster, made when missing."""
        if self._home is None:
            self._home = settle(self._var)
        return self._home

    def use(self) -> str:
        """Claim the server, start it when it does not run, and return the folder of its socket."""
        with self._mutex:
            if self._claim is None or not self.is_ready():
                with self._turn():
                    self._take_claim()
                    if not self.is_ready():
                        self._start()
            return self._status_lines()[_LINE_SOCKET_FOLDER]

    def start_to_stay(self) -> None:
        """Start the server so that it runs on when nobody uses it."""
        with self._mutex:
            self.use()
            self._keep.touch()

    def leave(self) -> None:
        """Give up the claim; stop the server when nobody else holds one."""
        with self._mutex:
            if self._claim is None:
                return
            os.close(self._claim)
            self._claim = None
            with self._turn():
                if not self._keep.exists() and not self.is_used():
                    self._stop()

    def stop(self) -> None:
        """Stop the server now, whoever uses it."""
        with self._mutex, self._turn():
            self._stop()

    def is_used(self) -> bool:
        """Tell whether any process holds a claim, this one included."""
        users = os.open(self.home.folder / "users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(users)

    def is_ready(self) -> bool:
        """Tell whether the server runs and lets people in."""
        lines = self._status_lines()
        return len(lines) > _LINE_STATUS and lines[_LINE_STATUS].strip() == "ready" and self.server_pid() is not None

    def server_pid(self) -> int | None:
        """Name the server's process; None when it does not run. A zombie does not run."""
        lines = self._status_lines()
        number = lines[0].strip() if lines else ""
        pid = int(number) if number.isdigit() else 0
        return pid if is_running(pid, str(self.home.data)) else None

    def programs(self) -> Programs:
        """Find the programs that fit the data."""
        version = self.home.data / "PG_VERSION"
        data_major = int(version.read_text(encoding="ascii")) if version.exists() else None
        return find_programs(self._explicit_programs, self.home.runner, data_major)

    def environment(self) -> dict[str, str]:
        """Give the server and its tools what they need to know, and nothing of the caller's PG… variables."""
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "NEWSDESK_VAR": str(self._var)}

    def forget_claim_after_fork(self) -> None:
        """Let a forked child start without its parent's claim; closing our copy does not release the parent's."""
        self._mutex = threading.RLock()
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None

    @property
    def _keep(self) -> Path:
        return self.home.folder / "keep"

    @contextmanager
    def _turn(self) -> Iterator[None]:
        turn = os.open(self.home.folder / "turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
        finally:
            os.close(turn)

    def _take_claim(self) -> None:
        if self._claim is None:
            claim = os.open(self.home.folder / "users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(claim, fcntl.LOCK_SH)
            self._claim = claim

    def _status_lines(self) -> list[str]:
        try:
            return (self.home.data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").split("\n")
        except (FileNotFoundError, PermissionError):
            return []

    def _start(self) -> None:
        programs = self.programs()
        if not self.home.data.exists():
            self._initialise(programs)
        deadline = time.monotonic() + START_SECONDS
        self._wait_while_stopping(deadline)
        while not self.is_ready():
            if self.server_pid() is None:
                self._clear_traces()
                self._launch(programs)
            self._wait_for_answer(deadline)
        self._keep.unlink(missing_ok=True)
        prepare_database(self._status_lines()[_LINE_SOCKET_FOLDER])

    def _initialise(self, programs: Programs) -> None:
        """Make the data folder under another name first: a half-made one is never taken for a database."""
        fresh = self.home.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        command = [programs.path("initdb"), "-D", str(fresh), "-U", "postgres", "-E", "UTF8", "-A", "trust", "-k"]
        answer = run_as(self.home.runner, command + _locale(programs.major), self.environment())
        if answer.returncode:
            raise OperationalError(f"The database could not be made: {answer.stderr.decode(errors='replace').strip()}")
        fresh.rename(self.home.data)

    def _launch(self, programs: Programs) -> None:
        """Start the server as nobody's child, in a session of its own: no Ctrl-C and no exit of ours reaches it."""
        if self.home.log.exists() and self.home.log.stat().st_size > _LONGEST_LOG_BYTES:
            self.home.log.unlink()
        command = [programs.path("postgres"), "-D", str(self.home.data), *self._options()]
        with self.home.log.open("ab") as log:
            subprocess.run(
                ["/bin/sh", "-c", '"$@" &', "sh", *command],
                env=self.environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                check=True,
                **self.home.runner.as_arguments(),
            )

    def _options(self) -> list[str]:
        """Set what we rely on. Durability is left to PostgreSQL's defaults: all of it on, and /readyz watches."""
        options = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": _quoted_for_list(self._socket_folder()),
            "unix_socket_permissions": "0700",
            "cluster_name": _printable(str(self._var))[-_LONGEST_CLUSTER_NAME:],
            "shared_buffers": "128MB",
            "max_connections": "60",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            # The log must not hold what people wrote: no statements, no rows, no values.
            "log_min_messages": "log",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_checkpoints": "off",
        }
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _socket_folder(self) -> Path:
        folder = self.home.folder / "socket"
        if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER_BYTES:
            folder = Path(tempfile.mkdtemp(prefix="newsdesk-", dir="/tmp"))
        folder.mkdir(mode=0o700, exist_ok=True)
        self.home.runner.own(folder)
        return folder

    def _wait_for_answer(self, deadline: float) -> None:
        """Wait until the server is ready, or gone again."""
        time.sleep(0.05)
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise OperationalError(f"The database did not start within {START_SECONDS:.0f} s. See {self.home.log}.")
            if self.server_pid() is None:
                # Processes of a killed server hold its memory for a moment: try again until the deadline.
                time.sleep(0.1)
                return
            time.sleep(0.01)

    def _wait_while_stopping(self, deadline: float) -> None:
        while self.server_pid() is not None and self._is_stopping() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _is_stopping(self) -> bool:
        lines = self._status_lines()
        return len(lines) > _LINE_STATUS and lines[_LINE_STATUS].strip() == "stopping"

    def _clear_traces(self) -> None:
        """Remove what a killed server left: where nothing reaps zombies, PostgreSQL would take it for alive."""
        lines = self._status_lines()
        if len(lines) > _LINE_SOCKET_FOLDER and lines[_LINE_SOCKET_FOLDER]:
            folder = Path(lines[_LINE_SOCKET_FOLDER])
            for name in (_SOCKET, f"{_SOCKET}.lock"):
                (folder / name).unlink(missing_ok=True)
            self._remove_short_folder(folder)
        (self.home.data / "postmaster.pid").unlink(missing_ok=True)

    def _remove_short_folder(self, folder: Path) -> None:
        if folder.parent != self.home.folder and folder.name.startswith("newsdesk-") and folder.exists():
            folder.rmdir()

    def _stop(self) -> None:
        pid = self.server_pid()
        lines = self._status_lines()
        self._keep.unlink(missing_ok=True)
        if pid is None:
            return
        os.kill(pid, _FAST)
        deadline = time.monotonic() + STOP_SECONDS
        while self.server_pid() is not None:
            if time.monotonic() > deadline:
                # Nothing is lost: the next start replays the log.
                os.kill(pid, _IMMEDIATE)
                deadline += STOP_SECONDS
            time.sleep(0.01)
        if len(lines) > _LINE_SOCKET_FOLDER:
            self._remove_short_folder(Path(lines[_LINE_SOCKET_FOLDER]))


def _locale(major: int) -> list[str]:
    """Sort by code point, yet know the letters of every script: with plain C, trigrams of Arabic are empty."""
    letters = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    if major >= _FIRST_WITH_BUILTIN_LOCALE:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", f"--lc-ctype={letters}"]
    return ["--lc-collate=C", f"--lc-ctype={letters}"]


def _printable(text: str) -> str:
    """Replace what PostgreSQL does not take in a cluster's name, which shows in the list of processes."""
    return "".join(sign if sign.isascii() and sign.isprintable() else "?" for sign in text)


def _quoted_for_list(folder: Path) -> str:
    """Quote one name for a setting that takes a list of names."""
    return '"{}"'.format(str(folder).replace('"', '""'))
