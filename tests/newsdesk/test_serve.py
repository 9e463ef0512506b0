"""`manage.py serve` and `manage.py db`, driven as people do."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsdesk import server
from tests.newsdesk.site import Site

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def status(port: int, path: str = "/readyz") -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except (urllib.error.URLError, OSError):
        return 0


def wait_for(port: int, expected: int, seconds: float = 60) -> int:
    deadline = time.monotonic() + seconds
    found = status(port)
    while found != expected and time.monotonic() < deadline:
        time.sleep(0.1)
        found = status(port)
    return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for the whole module: making a database anew each time would cost most of the time."""
    site = Site(tmp_path_factory.mktemp("served") / "var")
    assert site.manage("migrate", "--verbosity", "0").returncode == 0
    yield site
    site.remove()


def serve(site: Site, port: int) -> subprocess.Popen[str]:
    return site.start("manage.py", "serve", "--port", str(port), "--no-demo")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_serve_survives_a_killed_database_and_leaves_nothing(served: Site, ending: signal.Signals):
    port = free_port()
    serving = serve(served, port)
    try:
        assert wait_for(port, 200) == 200
        served.kill_server()
        assert wait_for(port, 200, 10) == 200
        assert serving.pid in served.processes()
    finally:
        serving.send_signal(ending)
        output, errors = serving.communicate(timeout=15)
    assert f"newsdesk is ready at http://127.0.0.1:{port}/" in output
    assert "sign in" not in output
    assert "Traceback" not in errors
    assert served.wait_until_quiet(2) == []
    assert serving.returncode == 0


@pytest.mark.parametrize("last", range(3))
def test_a_killed_serve_takes_its_workers_and_its_database_along(served: Site, last: int):
    port = free_port()
    serving = serve(served, port)
    assert wait_for(port, 200) == 200
    # Two for requests and one for tasks: whichever of them sees last that the master is gone.
    deadline = time.monotonic() + 30
    while len(workers := served.children(serving.pid)) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(workers) == 3
    os.kill(workers[last], signal.SIGSTOP)
    os.kill(serving.pid, signal.SIGKILL)
    others = {pid for pid in workers if pid != workers[last]}
    deadline = time.monotonic() + 30
    while others & set(served.processes()) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(workers[last], signal.SIGCONT)
    serving.communicate()
    assert served.wait_until_quiet() == []


def test_a_taken_port_is_named_in_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "_PATIENCE_SECONDS", 0)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(server.PortTaken, match=f"Port {port} is in use by another program"):
            server.require_free_port("127.0.0.1", port)


def test_database_is_saved_and_brought_back(served: Site, tmp_path: Path):
    saved = str(tmp_path / "saved")
    assert served.manage("db", "dump", saved).returncode == 0
    restored = served.manage("db", "restore", saved)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert served.manage("db", "restore", __file__).returncode == 1
    assert served.manage("migrate", "--check").returncode == 0


def test_a_started_database_runs_until_it_is_stopped(served: Site):
    assert served.manage("db", "start").returncode == 0
    assert "used by nobody" in served.manage("db", "status").stdout
    assert served.manage("db", "stop").returncode == 0
    assert served.servers() == []
