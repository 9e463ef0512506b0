"""The loop of a worker: tasks and messages as they come, and every minute what is due and what was lost."""

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from annotations.queries.away import is_away
from annotations.services.delivering import deliver_due, forget_old_messages
from annotations.services.task_queue import forget_old_tasks, put_back_lost_tasks, run_next_task
from annotations.tasks.digests import queue_digests

# Tasks may take their time, and hold a transaction while a mail server answers.
_UNHURRIED: Final = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"
_log = structlog.get_logger("annotations.tasks")


class Worker:
    """Runs until it is stopped, or until the process that started it is gone."""

    def __init__(
        self,
        *,
        parent: int | None = None,
        poll_seconds: float = 1.0,
        house_seconds: float = 60.0,
        retry_seconds: float = 2.0,
    ) -> None:
        """Choose with which process to end, and how often to look for tasks, for what is due, for the database."""
        self._poll, self._house, self._retry = poll_seconds, house_seconds, retry_seconds
        self._stop = threading.Event()
        # The parent may be gone by the time this is asked: whoever started us knows it better.
        self._parent = os.getppid() if parent is None else parent
        self._name = f"{os.uname().nodename[:40]}-{os.getpid()}"

    def stop_on_signals(self) -> None:
        """Finish the task at hand and end on SIGTERM and SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_about: self._stop.set())

    def run(self) -> None:
        """Work until stopped."""
        next_house = 0.0
        while not self._is_over():
            if time.monotonic() >= next_house and self._try(self._keep_house):
                next_house = time.monotonic() + self._house
            if not self._try(self._work):
                self._stop.wait(self._poll)
        connection.close()

    def run_all(self) -> int:
        """Do what is due now, and answer how many tasks were run."""
        self._keep_house()
        count = 0
        while self._work():
            count += 1
        return count

    def _is_over(self) -> bool:
        return self._stop.is_set() or os.getppid() != self._parent

    def _try(self, act: Callable[[], bool]) -> bool:
        """Act; wait a little and begin with a new connection when the database is away."""
        try:
            self._prepare()
            return act()
        except (DatabaseError, InterfaceError) as error:
            if not is_away(error):
                raise
            _log.warning("database away", kind=type(error).__name__)
            connection.close()
            self._stop.wait(self._retry)
            return False

    def _prepare(self) -> None:
        if connection.connection is None:
            with connection.cursor() as cursor:
                cursor.execute(_UNHURRIED)

    def _work(self) -> bool:
        # Tasks first: a message may have to wait for whoever it is sent to.
        return run_next_task(worker=self._name) or deliver_due(at_most=1) > 0

    def _keep_house(self) -> bool:
        put_back_lost_tasks()
        forget_old_tasks()
        forget_old_messages()
        queue_digests(timezone.now())
        return True
