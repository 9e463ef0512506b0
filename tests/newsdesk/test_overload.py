"""A server with one thread: who waits too long is told to come back, and slow senders are cut off."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.newsdesk.site import Site
from tests.newsdesk.test_serve import free_port, status, wait_for

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
ASKED = b"GET /api/v1/me/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF_A_HEAD = b"GET /livez HTTP/1.1\r\nHost: local"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve with one thread, one second of patience in the queue and three for a request to arrive."""
    site = Site(tmp_path_factory.mktemp("overload") / "var")
    narrow = {"WEB_WORKERS": "1", "WEB_THREADS": "1", "WEB_QUEUE_SECONDS": "1", "WEB_ARRIVAL_SECONDS": "3"}
    found = free_port()
    site = replace(site, settings=narrow)
    process = site.start("manage.py", "serve", "--port", str(found), "--no-demo")
    assert wait_for(found, 200) == 200
    yield found
    process.terminate()
    process.wait(30)
    _close(process)
    site.remove()


def test_who_waited_too_long_is_told_to_come_back(port: int):
    with _opened(port, HALF_A_HEAD) as slow, _opened(port, ASKED) as waiting:
        time.sleep(1.5)
        slow.sendall(b"host\r\n\r\n")
        head, _, body = _everything(waiting).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503")
        assert b"Retry-After: 2" in head
        assert json.loads(body)["code"] == "unavailable"
    assert status(port, "/api/v1/me/") == 401


def test_health_is_answered_however_long_it_waited(port: int):
    with _opened(port, HALF_A_HEAD) as slow, _opened(port, ASKED.replace(b"/api/v1/me/", b"/livez")) as waiting:
        time.sleep(1.5)
        slow.sendall(b"host\r\n\r\n")
        assert waiting.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "slow", [HALF_A_HEAD, b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nlogin=a"]
)
def test_a_slow_sender_is_cut_off_and_the_next_is_answered(port: int, slow: bytes):
    with _opened(port, slow) as held:
        started = time.monotonic()
        assert b"HTTP/1.1 5" not in _everything(held)
        assert 2 < time.monotonic() - started < 8
    assert status(port, "/livez") == 200


def test_silent_connections_hold_no_thread(port: int):
    with _opened(port, b""), _opened(port, b""):
        started = time.monotonic()
        assert status(port, "/livez") == 200
        assert time.monotonic() - started < 1


def _opened(port: int, sent: bytes) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), 20)
    opened.sendall(sent)
    # The one thread takes the connections in the order in which they speak.
    time.sleep(0.2)
    return opened


def _everything(opened: socket.socket) -> bytes:
    found = b""
    while piece := opened.recv(65_536):
        found += piece
    return found


def _close(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        assert pipe is not None
        pipe.close()
