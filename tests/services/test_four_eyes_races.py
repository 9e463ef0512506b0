"""Two hundred times a reviewer approves while the author changes: never is approved what was not on the screen."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from annotations.errors import NewsdeskError
from annotations.models import Annotation, AnnotationVersion, Decision
from annotations.queries.access import Actor
from annotations.queries.doctor import Examination
from annotations.rules.kinds import Kind
from annotations.rules.review import State, Verdict
from annotations.services.annotations import AnnotationChange, edit_annotation
from annotations.services.review import DecisionDraft, decide_one
from tests.factories import submit, tag
from tests.world import MAYOR, World, make_world

ROUNDS = 200


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def fresh(record: Any) -> Any:
    return type(record).objects.get(pk=record.pk)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_in_two_hundred_races_only_what_the_reviewer_saw_is_approved(world: World) -> None:
    mayor = tag(world.ana, world.article, Kind.PARTY, MAYOR)
    submit(world.ana, mayor)
    outcomes = [_race(world, mayor, number) for number in range(ROUNDS)]
    won = sum(outcomes)
    print(f"\nraces: {ROUNDS}, approval first {won}, edit first {ROUNDS - won}")
    seen = {(d.annotation_id, d.version): d for d in Decision.objects.filter(verdict=Verdict.APPROVE)}
    assert all(d.reviewer_id == world.rui.user.id for d in seen.values())
    assert not AnnotationVersion.objects.filter(editor=world.rui.user).exists()
    assert list(Examination().findings()) == []


def _race(world: World, mention: Annotation, number: int) -> bool:
    """Approve what is on the screen while the author changes it; say whether the approval was stored."""
    current = fresh(mention)
    saw = current.version
    barrier = threading.Barrier(2)
    told: dict[str, Exception | None] = {}
    change = AnnotationChange(note=f"round {number}")
    draft = DecisionDraft(annotation=current.pk, link=None, version=saw, verdict=Verdict.APPROVE)
    acts = {
        "approve": lambda: decide_one(actor=Actor(world.rui.user), draft=draft),
        "edit": lambda: edit_annotation(actor=Actor(world.ana.user), annotation=current, version=saw, change=change),
    }
    threads = [threading.Thread(target=_run, args=(name, act, barrier, told)) for name, act in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = fresh(mention)
    assert told["edit"] is None
    assert told["approve"] is None or isinstance(told["approve"], NewsdeskError)
    assert (after.version, after.state) == (saw + 1, State.DRAFT)
    # In force is at most the version that was on the screen, never the one that came meanwhile.
    assert after.approved_version is None or after.approved_version <= saw
    was_approved = told["approve"] is None
    assert was_approved is (after.approved_version == saw)
    submit(world.ana, mention)
    return bool(was_approved)


def _run(name: str, act: Callable[[], object], barrier: threading.Barrier, told: dict[str, Exception | None]) -> None:
    try:
        barrier.wait()
        act()
        told[name] = None
    except Exception as refusal:  # noqa: BLE001 - judged by the test
        told[name] = refusal
    finally:
        connection.close()
