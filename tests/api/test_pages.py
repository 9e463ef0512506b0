"""Keyset pages: nothing is skipped or doubled, and the number of statements does not grow with the rows."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.rules.kinds import Kind
from tests.api.client import Api, assert_problem
from tests.factories import make_article, make_incident, make_outlet, make_party, tag
from tests.world import World, make_case


def test_pages_follow_each_other_forwards_and_backwards(ana: Api, world: World) -> None:
    made = [str(make_outlet(world.adi, world.project).id) for _ in range(6)]
    every = [str(world.outlet.id), *made]
    first = ana.get("outlets/", page_size="3", project=str(world.project.id)).json()
    second = ana.get(first["next"]).json()
    third = ana.get(second["next"]).json()
    pages = [[row["id"] for row in page["results"]] for page in (first, second, third)]
    assert pages == [every[:3], every[3:6], every[6:]]
    assert (first["previous"], third["next"]) == (None, None)
    assert ana.get(third["previous"]).json()["results"] == second["results"]
    back = ana.get(second["previous"]).json()
    assert (back["results"], back["previous"]) == (first["results"], None)
    assert ana.get(back["next"]).json()["results"] == second["results"]
    assert first["next"].startswith("http://testserver/api/v1/outlets/?")


def test_a_page_that_is_exactly_full_has_no_next(ana: Api, world: World) -> None:
    make_outlet(world.adi, world.project)
    assert ana.get("outlets/", page_size="2").json()["next"] is None
    assert_problem(ana.get("outlets/", page_size="501"), 400, "invalid_parameter", "too_long")


FILL: dict[str, Callable[[World, int], object]] = {
    "outlets/": lambda world, _: make_outlet(world.adi, world.project),
    "incidents/": lambda world, _: make_incident(world.adi, world.project, articles=[world.article.id]),
    "parties/": lambda world, _: make_party(world.adi, world.project, aliases=[{"text": "a", "language": "en"}]),
    "articles/": lambda world, _: make_article(world.adi, world.project),
    "annotations/": lambda world, n: tag(world.ana, world.article, Kind.CUE, world.article.text[: n + 2]),
}


@pytest.mark.parametrize("path", FILL)
def test_the_number_of_statements_of_a_list_is_fixed(ana: Api, world: World, path: str) -> None:
    FILL[path](world, 0)
    ana.get("me/")  # notes the minute in which the token was used
    with CaptureQueriesContext(connection) as few:
        ana.get(path)
    for number in range(1, 6):
        FILL[path](world, number)
    with CaptureQueriesContext(connection) as many:
        rows = ana.get(path).json()["results"]
    assert len(rows) >= 6
    assert len(many) == len(few) <= 4


def test_the_statements_of_links_decisions_and_claims_are_fixed(ana: Api, world: World) -> None:
    make_case(world)
    ana.get("me/")
    for path, limit in (("links/", 3), ("decisions/", 3), ("claims/", 6), ("annotations/?approved=true", 3)):
        with CaptureQueriesContext(connection) as statements:
            assert ana.get(path).status_code == 200
        assert len(statements) <= limit, path


def test_making_an_annotation_takes_few_statements(ana: Api, world: World) -> None:
    text = world.article.text
    body = {"article": str(world.article.id), "kind": "claim", "segments": [[0, 5]], "exact": [text[:5]]}
    with CaptureQueriesContext(connection) as statements:
        assert ana.post("annotations/", body).status_code == 201
    # token; article; membership; savepoint, annotation, version, chain, events; release
    assert len(statements) <= 10, [query["sql"][:80] for query in statements]
