"""The cast and its linked case, as drafts and approved."""

import pytest

from tests.factories import approve, submit
from tests.world import Case, World, make_case, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def case(world: World) -> Case:
    return make_case(world)


@pytest.fixture
def approved(world: World, case: Case) -> Case:
    """The case, approved by Rui; the records are read again."""
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    for record in case.records:
        record.refresh_from_db()
    return case
