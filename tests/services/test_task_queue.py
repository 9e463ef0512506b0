from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from annotations.services import task_queue
from annotations.services.task_queue import (
    MOST_ATTEMPTS,
    forget_old_tasks,
    put_back_lost_tasks,
    run_next_task,
)
from annotations.tasks.worker import Worker
from tests.conftest import application_connection
from tests.sessions import await_closed_sessions

pytestmark = pytest.mark.django_db(transaction=True)
ran: list[str] = []


@task()
def note(word: str) -> str:
    """Remember that it ran, and who held its lock meanwhile."""
    ran.append(word)
    ((locks,),) = _rows("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
    return f"{locks} lock"


@task()
def fail(_word: str) -> None:
    """Fail with words that nobody is to keep."""
    raise ValueError("ana@example.org")


@task()
def lose(_word: str) -> None:
    """Lose the database."""
    connection.close()
    raise OperationalError("gone")


@pytest.fixture(autouse=True)
def _nothing_ran() -> Iterator[None]:
    ran.clear()
    yield
    ran.clear()


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def only() -> Any:
    """The one task there is."""
    return DBTaskResult.objects.get()


def advisory_locks() -> int:
    here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
    ((locks,),) = _rows(f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = {here}")
    return int(locks)


def test_tasks_run_in_their_order_and_hold_a_lock_meanwhile():
    note.enqueue(word="first")
    note.enqueue(word="second")
    assert [run_next_task(worker="w") for _ in range(3)] == [True, True, False]
    assert ran == ["first", "second"]
    assert {(found.status, found.return_value) for found in DBTaskResult.objects.all()} == {("SUCCESSFUL", "1 lock")}
    assert advisory_locks() == 0


def test_of_a_failure_the_kind_is_kept_and_not_its_words():
    fail.enqueue("x")
    assert run_next_task(worker="w")
    assert (only().status, only().exception_class_path, only().traceback) == ("FAILED", "builtins.ValueError", "")
    assert advisory_locks() == 0


def test_a_task_that_loses_the_database_is_put_back():
    lose.enqueue("x")
    with pytest.raises(OperationalError):
        run_next_task(worker="w")
    await_closed_sessions()
    assert only().status == "RUNNING"
    assert put_back_lost_tasks() == 1
    assert only().status == "READY"


def test_a_task_whose_worker_lives_stays_with_it():
    note.enqueue(word="x")
    lost = only()
    lost.claim("another")
    with closing(application_connection()) as another, another.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [task_queue._key(lost.id)])
        assert put_back_lost_tasks() == 0
        assert run_next_task(worker="w") is False
    await_closed_sessions()
    assert put_back_lost_tasks() == 1
    assert run_next_task(worker="w")
    assert only().worker_ids == ["another", "w"]


def test_a_task_that_takes_its_workers_down_is_given_up():
    note.enqueue(word="x")
    for number in range(MOST_ATTEMPTS):
        only().claim(f"worker {number}")
    assert put_back_lost_tasks() == 1
    assert only().status == "FAILED"


def test_two_workers_do_not_take_one_task():
    note.enqueue(word="x")
    with closing(application_connection()) as another, another.cursor() as cursor:
        cursor.execute("SELECT id FROM django_tasks_database_dbtaskresult FOR UPDATE")
        assert run_next_task(worker="w") is False
        another.rollback()
    assert run_next_task(worker="w")


def test_what_ended_long_ago_is_forgotten():
    note.enqueue(word="old")
    run_next_task(worker="w")
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(days=31))
    note.enqueue(word="new")
    forget_old_tasks()
    assert only().args_kwargs["kwargs"] == {"word": "new"}


def test_the_command_does_what_is_due(capsys: pytest.CaptureFixture[str]):
    note.enqueue(word="first")
    note.enqueue(word="second")
    only_lost = DBTaskResult.objects.order_by("id").first()
    assert only_lost is not None
    only_lost.claim("lost")
    call_command("worker", "--once")
    assert capsys.readouterr().out == "2 tasks done.\n"
    assert sorted(ran) == ["first", "second"]


def test_a_worker_waits_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch):
    worker = Worker(poll_seconds=0, house_seconds=60, retry_seconds=0)
    note.enqueue(word="x")
    answers = iter([OperationalError("gone"), psycopg2.InterfaceError("gone")])

    def refuse_twice(*, worker: str) -> bool:
        for error in answers:
            raise OperationalError from error
        stopped = run_next_task(worker=worker)
        the_worker._stop.set()
        return stopped

    the_worker = worker
    monkeypatch.setattr("annotations.tasks.worker.run_next_task", refuse_twice)
    worker.run()
    assert ran == ["x"]
