"""What tests of the API share: the world, and one client a person."""

import pytest

from tests.api.client import Api, api_for
from tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def ana(world: World) -> Api:
    return api_for(world.ana)


@pytest.fixture
def rui(world: World) -> Api:
    return api_for(world.rui)


@pytest.fixture
def adi(world: World) -> Api:
    return api_for(world.adi)


@pytest.fixture
def vic(world: World) -> Api:
    return api_for(world.vic)


@pytest.fixture
def zoe(world: World) -> Api:
    return api_for(world.zoe)


@pytest.fixture
def nobody(db: None) -> Api:
    return Api(None)
