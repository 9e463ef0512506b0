"""gunicorn in this process: threads, persistent connections, two workers; what users get, always."""

import errno
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

# Loaded before the workers are forked: they share its numbers.
from newsdesk import metrics  # noqa: F401

GRACEFUL_SECONDS = 10
KEEP_ALIVE_SECONDS = 15
_log = structlog.get_logger("newsdesk.server")
_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - gunicorn makes its own unnamed files there
# How long a task under way may go on after the web processes have ended.
_TASK_SECONDS = 2.0
# A page makes a few thousand objects that die with it. Python looks for cycles among every 700 new ones, and through
# all that Django has loaded now and then: a seventh of a request's time.
_COLLECTED_AFTER = (20_000, 20, 50)
# The workers of a killed server let go of the port within a second.
_PATIENCE_SECONDS = 4.0


class PortTaken(Exception):
    """Somebody else listens there, or we may not."""


class PlainLogger(Logger):  # type: ignore[misc]
    """Hand gunicorn's lines to the site's own log."""

    def setup(self, cfg: Any) -> None:
        """Drop gunicorn's handlers and let the root logger write."""
        super().setup(cfg)
        self.error_log.handlers = []
        self.error_log.propagate = True


class _Master(Arbiter):  # type: ignore[misc]
    """gunicorn's master process, which also keeps one worker for background tasks alive."""

    def __init__(self, app: BaseApplication, task_worker: Callable[[int], None]) -> None:
        super().__init__(app)
        self._task_worker, self._task_pid = task_worker, 0

    def manage_workers(self) -> None:
        """Look after the web processes as ever, and start the task worker where it is missing."""
        super().manage_workers()
        if not _is_child(self._task_pid):
            self._task_pid = self._fork_task_worker()

    def stop(self, graceful: bool = True) -> None:
        """End all processes; the task worker finishes what it is at while the others do."""
        _end(self._task_pid, signal.SIGTERM)
        super().stop(graceful)
        deadline = time.monotonic() + _TASK_SECONDS
        while _is_child(self._task_pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        _end(self._task_pid, signal.SIGKILL)

    def _fork_task_worker(self) -> int:
        master = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        # A child: it must not keep the port open when the master is gone, nor hear the master's signals.
        for listener in self.LISTENERS:
            listener.close()
        for number in (*self.SIGNALS, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        connections.close_all()
        try:
            self._task_worker(master)
        finally:
            error = sys.exception()
            if error is not None:
                _log.error("task worker ended", kind=type(error).__name__)
            # Out through the caller, as gunicorn's workers go: whoever leaves last stops the database.
            sys.exit(0 if error is None else 1)


def _is_child(pid: int) -> bool:
    """Say whether a child runs; one that has ended is cleared away."""
    try:
        return bool(pid) and os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def _end(pid: int, number: signal.Signals) -> None:
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


class Server(BaseApplication):  # type: ignore[misc]
    """The site behind gunicorn."""

    def __init__(
        self,
        bind: str,
        options: dict[str, Any],
        when_ready: Callable[[], None],
        task_worker: Callable[[int], None] | None = None,
    ) -> None:
        """Take the address; `when_ready` is called once, as soon as the port answers.

        `task_worker` is run in a process of its own, again whenever it ends, and gets the server's process id.
        """
        self._task_worker = task_worker
        self._options = {
            **options,
            "bind": bind,
            "worker_class": "newsdesk.worker.PatientWorker",
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": KEEP_ALIVE_SECONDS,
            "accesslog": None,
            "loglevel": "warning",
            "logger_class": PlainLogger,
            "control_socket_disable": True,
            "worker_tmp_dir": str(_MEMORY_FOLDER) if os.access(_MEMORY_FOLDER, os.W_OK) else None,
            "post_worker_init": _calm_collector,
            "when_ready": lambda _arbiter: when_ready(),
        }
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults; its environment variables and files are not read."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        """Make the application in each worker."""
        return WSGIHandler()

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; no connection is carried over into the workers."""
        connections.close_all()
        if self._task_worker is None:
            super().run()
        else:
            _Master(self, self._task_worker).run()


def _calm_collector(_worker: Any) -> None:
    """Let Python look for cycles less often, and never among what was loaded before the first request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)


def address(host: str, port: int) -> str:
    """Write host and port the way an URL does."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def require_free_port(host: str, port: int) -> None:
    """Make sure that we can listen there. Raises: PortTaken with a sentence."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            _listen_once(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise PortTaken(_sentence(host, port, error)) from error
            time.sleep(0.2)
        else:
            return


def _listen_once(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()


def _sentence(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program. Choose another: make run PORT={port + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} needs rights that this user does not have. Choose one above 1023."
    return f"Cannot listen on {address(host, port)}: {error.strerror or error}."
