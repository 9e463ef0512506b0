"""A site of its own in a folder of its own, driven from outside as people do: by processes and signals."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newsdesk.embedded_postgres.processes import is_running

ROOT = Path(__file__).resolve().parents[2]
# A process that uses the database until its standard input ends.
USE_UNTIL_INPUT_ENDS = """
import sys
from pathlib import Path
from newsdesk.embedded_postgres.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]), "")
cluster.use()
print("in use", flush=True)
sys.stdin.read()
cluster.leave()
"""


@dataclass(frozen=True, slots=True)
class Site:
    """One NEWSDESK_VAR, and what else its processes find in their environment."""

    var: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
        return {
            **inherited,
            "NEWSDESK_VAR": str(self.var),
            "DJANGO_SETTINGS_MODULE": "newsdesk.settings",
            "PYTHONWARNINGS": "default",
            "LOG_LEVEL": "ERROR",
            **self.settings,
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def user(self) -> subprocess.Popen[str]:
        return self.start("-c", USE_UNTIL_INPUT_ENDS, str(self.var))

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            text=True,
            capture_output=True,
            check=False,
            timeout=60,
        )

    def processes(self) -> list[int]:
        """Every living process that names this folder, the way an operator would look."""
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if self._names_var(entry)]

    def servers(self) -> list[int]:
        """The server of PostgreSQL among them, and its children: those show only the end of a long name."""
        servers = [pid for pid in self.processes() if b"postgres" in _read(Path(f"/proc/{pid}/cmdline"))]
        return servers + [pid for pid, parent in _parents() if parent in servers and pid not in servers]

    def children(self, pid: int) -> list[int]:
        """The living children of a process, the oldest first."""
        return sorted(child for child, parent in _parents() if parent == pid)

    def wait_until_quiet(self, seconds: float = 45) -> list[int]:
        deadline = time.monotonic() + seconds
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.processes()

    def kill_server(self) -> None:
        """End every process of the server at once, and return when all are gone."""
        servers = self.servers()
        for pid in servers:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + 5
        while any(is_running(pid, "") for pid in servers) and time.monotonic() < deadline:
            time.sleep(0.01)

    def remove(self) -> None:
        self.kill_server()
        self.wait_until_quiet(5)
        home = self.var / "pg"
        if home.is_symlink():
            shutil.rmtree(home.readlink(), ignore_errors=True)
        shutil.rmtree(self.var, ignore_errors=True)

    def _names_var(self, entry: Path) -> bool:
        state = _read(entry / "stat").rpartition(b")")[2].split()
        if not state or state[0] == b"Z" or int(entry.name) == os.getpid():
            return False
        named = _read(entry / "cmdline").split(b"\0") + _read(entry / "environ").split(b"\0")
        var = os.fsencode(self.var)
        return any(part.endswith(var) or b"%s/" % var in part or b"%s:" % var in part for part in named)


def _parents() -> list[tuple[int, int]]:
    stats = [(int(entry.name), _read(entry / "stat")) for entry in Path("/proc").glob("[0-9]*")]
    return [(pid, int(stat.rpartition(b")")[2].split()[1])) for pid, stat in stats if stat]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
