"""Run queued tasks. A running one is marked by a session's advisory lock: whose lock nobody holds was lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

# A task that took so many workers down with it is not tried again.
MOST_ATTEMPTS: Final = 5
KEPT_FOR: Final = timedelta(days=30)

_log = structlog.get_logger("annotations.tasks")


def run_next_task(*, worker: str) -> bool:
    """Run the next task that is due, and note how it ended; False when there is none.

    Raises: OperationalError, InterfaceError when the database is away; the task is put back later.
    """
    with transaction.atomic():
        task = DBTaskResult.objects.ready().get_locked()
        if task is None:
            return False
        if not _try_lock(task.id):
            return False
        task.claim(worker)
    with _held(task.id), _Noted(task):
        queued = task.task_result
        task.set_successful(task.task.call(*queued.args, **queued.kwargs))
        _log.info("task done", task=task.task_path, id=str(task.id))
    return True


def put_back_lost_tasks() -> int:
    """Make tasks ready again that are called running and whose lock nobody holds; answer how many."""
    found = 0
    for task in DBTaskResult.objects.running().only("id", "worker_ids", "task_path"):
        if not _try_lock(task.id):
            continue
        with _held(task.id):
            is_lost = len(task.worker_ids) < MOST_ATTEMPTS
            status = TaskResultStatus.READY if is_lost else TaskResultStatus.FAILED
            running = DBTaskResult.objects.filter(pk=task.id, status=TaskResultStatus.RUNNING)
            found += running.update(status=status, finished_at=None if is_lost else timezone.now())
            _log.warning("task lost", task=task.task_path, id=str(task.id), again=is_lost)
    return found


def forget_old_tasks() -> None:
    """Delete what ended long ago."""
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEPT_FOR).delete()


class _Noted:
    """Note a task's failure and go on: a worker outlives what it runs. Only the kind of failure is kept.

    Words of an exception may hold names or addresses. A lost database, and what stops the process, go through.
    """

    def __init__(self, task: DBTaskResult[..., object]) -> None:
        self._task = task

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if kind is None or not issubclass(kind, Exception) or not connection.is_usable():
            return False
        name = f"{kind.__module__}.{kind.__qualname__}"
        DBTaskResult.objects.filter(pk=self._task.id).update(
            status=TaskResultStatus.FAILED, finished_at=timezone.now(), exception_class_path=name, traceback=""
        )
        _log.error("task failed", task=self._task.task_path, id=str(self._task.id), kind=name)
        return True


@contextmanager
def _held(task: UUID) -> Iterator[None]:
    """Let go of the task's lock at the end; a session that ends lets go by itself."""
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_key(task)])


def _try_lock(task: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_key(task)])
        ((is_ours,),) = cursor.fetchall()
    return bool(is_ours)


def _key(task: UUID) -> int:
    """Give the 64 bits, signed, that PostgreSQL takes as the name of a lock."""
    return (task.int & (2**64 - 1)) - 2**63
