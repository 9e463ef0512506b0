"""Two projects for the corpus, committed: the requests commit too, so what is checked at the end is checked."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from annotations.rules.permissions import Scope
from tests.conftest import clear_tables
from tests.hostile.corpus import Range
from tests.rights.places import Places, make_places


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Places]:
    with django_db_blocker.unblock():
        yield make_places()
        clear_tables()


@pytest.fixture(scope="module")
def world(places: Places) -> Range:
    return Range(
        words=places.home.words("ana"),
        foreign=places.abroad.words("zoe"),
        versions=places.home.versions,
        tokens={name: places.tokens[name, Scope.REVIEW] for name in ("adi", "ana")},
    )
