"""Fixtures for the doctor's tests: an approved case, and an owner who plants faults."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import TransactionTestCase

from tests.factories import approve, submit
from tests.queries.planting import Owner
from tests.world import Case, World, make_case, make_world


@dataclass(slots=True)
class Site:
    """A project whose one case is approved."""

    world: World
    case: Case


@pytest.fixture
def site(transactional_db: None) -> Site:
    """An approved case: quote, speaker, claim, denial, denier and their links."""
    world = make_world()
    case = make_case(world)
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    return Site(world, case)


@pytest.fixture
def owner(site: Site, as_owner: Callable[..., list[tuple[Any, ...]]]) -> Iterator[Owner]:
    """The tables' owner; what was taken away comes back when the rows are gone."""
    owner = Owner(as_owner)
    yield owner
    TransactionTestCase._fixture_teardown(None)  # type: ignore[attr-defined]
    owner.put_back()


@pytest.fixture
def unguarded(owner: Owner) -> Owner:
    """The owner when every trigger, CHECK and foreign key of the records is away, and no column is needed."""
    owner.drop_guards()
    return owner
