"""Every route × method × person: who is let through, who is refused, and how. A route that is missing here fails.

Bodies are empty, so that whoever is let through is told what is missing, and nothing is changed.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern

from annotations.api import urls
from annotations.models import Import
from annotations.rules.permissions import Role
from tests.api.client import Api, api_for
from tests.factories import make_actor, make_member
from tests.world import World, make_case

MEMBERS = frozenset({"ana", "rui", "adi", "vic"})
ANALYSTS = frozenset({"ana", "rui", "adi"})
REVIEWERS = frozenset({"rui", "adi"})
ADMINS = frozenset({"adi"})
# The record is Ana's; an admin may change and withdraw it too.
OWNERS = frozenset({"ana", "adi"})
EVERYBODY = MEMBERS | {"zoe"}

# A foreign object is 404; where the body names it, or a list is empty of it, there is nothing to refuse yet.
TABLE: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "me/"): EVERYBODY,
    ("GET", "projects/"): EVERYBODY,
    ("POST", "projects/"): EVERYBODY,
    ("GET", "projects/<project>/"): MEMBERS,
    ("PATCH", "projects/<project>/"): ADMINS,
    ("GET", "projects/<project>/members/"): ADMINS,
    ("POST", "projects/<project>/members/"): ADMINS,
    ("PATCH", "projects/<project>/members/<user>/"): ADMINS,
    ("DELETE", "projects/<project>/members/<user>/"): ADMINS,
    ("GET", "projects/<project>/export/"): MEMBERS,
    ("GET", "projects/<project>/export/losses/"): MEMBERS,
    ("POST", "projects/<project>/imports/"): ANALYSTS,
    ("GET", "imports/<import>/"): MEMBERS,
    ("GET", "outlets/"): EVERYBODY,
    ("POST", "outlets/"): EVERYBODY,
    ("GET", "outlets/<outlet>/"): MEMBERS,
    ("PATCH", "outlets/<outlet>/"): ANALYSTS,
    ("DELETE", "outlets/<outlet>/"): REVIEWERS,
    ("GET", "incidents/"): EVERYBODY,
    ("POST", "incidents/"): EVERYBODY,
    ("GET", "incidents/<incident>/"): MEMBERS,
    ("PATCH", "incidents/<incident>/"): ANALYSTS,
    ("DELETE", "incidents/<incident>/"): REVIEWERS,
    ("GET", "parties/"): EVERYBODY,
    ("POST", "parties/"): EVERYBODY,
    ("GET", "parties/<party>/"): MEMBERS,
    ("PATCH", "parties/<party>/"): ANALYSTS,
    ("DELETE", "parties/<party>/"): REVIEWERS,
    ("GET", "articles/"): EVERYBODY,
    ("POST", "articles/"): EVERYBODY,
    ("GET", "articles/<article>/"): MEMBERS,
    ("PATCH", "articles/<article>/"): ANALYSTS,
    ("GET", "articles/<article>/text/"): MEMBERS,
    ("POST", "articles/<article>/submit/"): ANALYSTS,
    ("GET", "annotations/"): EVERYBODY,
    ("POST", "annotations/"): EVERYBODY,
    ("GET", "annotations/<annotation>/"): MEMBERS,
    ("PATCH", "annotations/<annotation>/"): OWNERS,
    ("DELETE", "annotations/<annotation>/"): OWNERS,
    ("GET", "annotations/<annotation>/history/"): MEMBERS,
    ("GET", "links/"): EVERYBODY,
    ("POST", "links/"): EVERYBODY,
    ("GET", "links/<link>/"): MEMBERS,
    ("PATCH", "links/<link>/"): OWNERS,
    ("DELETE", "links/<link>/"): OWNERS,
    ("GET", "links/<link>/history/"): MEMBERS,
    ("GET", "decisions/"): EVERYBODY,
    ("POST", "decisions/"): EVERYBODY,
    ("GET", "claims/"): EVERYBODY,
}
# Rights of routes whose body names the project: an admin's body with each person's token.
BY_BODY: dict[str, frozenset[str]] = {
    "outlets/": ANALYSTS,
    "incidents/": ANALYSTS,
    "parties/": ANALYSTS,
    "articles/": ANALYSTS,
    "annotations/": ANALYSTS,
    "links/": ANALYSTS,
    "decisions/": REVIEWERS,
}
REFUSED = {401, 403, 404}


@pytest.fixture
def ids(world: World) -> dict[str, str]:
    case = make_case(world)
    eve = make_actor("eve")
    make_member(world.adi, world.project, eve, Role.VIEWER)
    incident = world.project.incidents.create(title="Fire")
    report = Import.objects.create(project=world.project, actor=world.adi.user, format="newsdesk-jsonl", status="done")
    return {
        "<project>": str(world.project.id),
        "<user>": eve.user.username,
        "<import>": str(report.id),
        "<outlet>": str(world.outlet.id),
        "<incident>": str(incident.id),
        "<party>": str(world.army.id),
        "<article>": str(world.article.id),
        "<annotation>": str(case.quote.id),
        "<link>": str(case.links[0].id),
    }


def test_every_route_stands_in_the_table() -> None:
    assert {(method, _shape(route)) for method, route in _routes()} == {
        (method, _shape(route)) for method, route in TABLE
    }


# An export reads on a connection of its own, so it sees only what is committed.
COMMITTED = pytest.mark.django_db(transaction=True)
STREAMS = ("GET", "projects/<project>/export/")
CASES = [pytest.param(*key, marks=COMMITTED if key == STREAMS else ()) for key in TABLE]


@pytest.mark.parametrize(("method", "route"), CASES)
def test_each_person_is_let_through_or_refused(world: World, ids: dict[str, str], method: str, route: str) -> None:
    path = route
    for name, value in ids.items():
        path = path.replace(name, value)
    people = {name: api_for(getattr(world, name)) for name in sorted(EVERYBODY)}
    statuses = {name: _status(api, method, path) for name, api in people.items()}
    let_through = {name for name, status in statuses.items() if status not in REFUSED}
    assert let_through == TABLE[method, route], statuses
    assert all(statuses[name] == 403 for name in MEMBERS - let_through)
    assert statuses["zoe"] == 404 or "zoe" in let_through
    assert _status(Api(None), method, path) == 401


@pytest.mark.parametrize("path", BY_BODY)
def test_each_person_may_or_may_not_send_a_body(world: World, ids: dict[str, str], path: str) -> None:
    body = {
        "project": ids["<project>"],
        "article": ids["<article>"],
        "annotation": ids["<annotation>"],
        "source": ids["<annotation>"],
        "target": ids["<annotation>"],
    }
    people = {name: api_for(getattr(world, name)) for name in sorted(EVERYBODY)}
    statuses = {name: api.post(path, body).status_code for name, api in people.items()}
    assert {name for name, status in statuses.items() if status == 400} == BY_BODY[path] | {"zoe"}
    assert {name for name, status in statuses.items() if status == 403} == MEMBERS - BY_BODY[path]


def _status(api: Api, method: str, path: str) -> int:
    if method == "GET":
        return int(api.get(path).status_code)
    return int(api.send(method, path, None if method == "DELETE" else {}).status_code)


def _routes() -> Iterator[tuple[str, str]]:
    for pattern in urls.urlpatterns:
        route = str(pattern.pattern)
        if route not in {"schema/", "docs/", ""}:
            for method in _methods(pattern):
                yield method, route


def _methods(pattern: URLPattern) -> list[str]:
    view: Any = pattern.callback
    return [method for method in ("GET", "POST", "PATCH", "DELETE") if hasattr(view.view_class, method.lower())]


def _shape(route: str) -> str:
    return "/".join("<>" if part.startswith("<") else part for part in route.split("/"))
