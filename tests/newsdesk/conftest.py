"""A site of its own for tests that start and kill things."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newsdesk.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "var")
    yield site
    site.remove()
