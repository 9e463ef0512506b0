"""The corpus as requests: each case of the JSON files, bent onto every write route that it fits."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.rights.cells import filled

HERE = Path(__file__).parent
API = "/api/v1/"
FILES = ("numbers", "unicode", "json", "headers", "ids", "filters", "sizes", "values")
Case = dict[str, Any]
Route = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shot:
    """One request of one case at one route."""

    route: str
    method: str
    path: str
    body: bytes
    headers: dict[str, str]
    person: str = "adi"


@dataclass(frozen=True, slots=True)
class Range:
    """What a request may speak of: records here, records elsewhere, versions, tokens."""

    words: dict[str, str]
    foreign: dict[str, str]
    versions: dict[str, int]
    tokens: dict[str, str]
    routes: list[Route] = field(default_factory=lambda: read("routes"))


def read(name: str) -> list[Any]:
    """Read one file of the corpus."""
    found: list[Any] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return found


def cases() -> list[Case]:
    """All cases, each with the file it stands in."""
    return [{**case, "file": name} for name in FILES for case in read(name)]


def shots(case: Case, world: Range) -> Iterator[Shot]:
    """Bend a case onto each route it fits."""
    if "list" in case:
        path = f"{API}{filled(case['list'], world.words)}?{case['query']}{'x' * case.get('then', 0)}"
        yield Shot(case["list"], "GET", path, b"", _headers(case, {}, world, "adi"))
        return
    for route in world.routes:
        if not _fits(case, route):
            continue
        for body in _bodies(case, route, world):
            person = route.get("as", "adi")
            yield Shot(
                route["name"], route["method"], _path(case, route, world), body, _headers(case, route, world, person)
            )


def _fits(case: Case, route: Route) -> bool:
    body: dict[str, Any] | None = route.get("body")
    if route["name"] in case.get("not", ()) or route["name"] not in case.get("routes", [route["name"]]):
        return False
    if "fields" in case:
        return any(name in (body or {}) for name in case["fields"])
    if "paths" in case:
        return "{" in route["path"]
    if case.get("matching"):
        return "match" in route
    if case.get("bodied") or {"raw", "hex", "add", "repeat"} & case.keys():
        return body is not None
    return True


def _bodies(case: Case, route: Route, world: Range) -> Iterator[bytes]:
    whole: dict[str, Any] = route.get("body") or {}
    if "raw" in case:
        yield case["raw"].encode()
    elif "hex" in case:
        yield bytes.fromhex(case["hex"])
    elif "fields" in case:
        for name in case["fields"]:
            if name in whole:
                yield _written(whole, world, {name: _literal(case, name, world)})
    elif "repeat" in case:
        yield case["repeat"].encode() * case["times"]
    elif not whole:
        yield b""
    else:
        yield _written(whole, world, case.get("add", {}))


def _written(body: dict[str, Any], world: Range, literals: dict[str, str]) -> bytes:
    """Write a good body as JSON with some values as they are given, be they JSON or not."""
    parts = {name: json.dumps(value) for name, value in body.items()} | literals
    written: str = filled("{" + ", ".join(f'"{name}": {text}' for name, text in parts.items()) + "}", world.words)
    return written.encode()


def _literal(case: Case, name: str, world: Range) -> str:
    if "digits" in case:
        return f"{case.get('before', '')}{'7' * case['digits']}"
    if "repeat" in case:
        text = json.dumps(case.get("before_text", "") + case["repeat"] * case["times"])
        return f"{case.get('before', '')}{text}{case.get('after', '')}"
    if "many" in case:
        return f"[{', '.join([case['many']] * case['times'])}]"
    if case.get("foreign"):
        names = {"source": "claim", "target": "submitted", "annotation": "submitted", "parent": "party"}
        return json.dumps(world.foreign[names.get(name, name)])
    literal: str = case["literal"]
    return literal


def _path(case: Case, route: Route, world: Range) -> str:
    if "paths" in case:
        start = route["path"].index("{")
        end = route["path"].index("}") + 1
        return f"{API}{route['path'][:start]}{case['paths']}{route['path'][end:]}"
    path = f"{API}{filled(route['path'], world.words)}"
    if "query_repeat" in case:
        return f"{path}?{'&'.join(['x=1'] * case['query_repeat'])}"
    return f"{path}?{case['query']}" if "query" in case else path


def _headers(case: Case, route: Route, world: Range, person: str) -> dict[str, str]:
    token = world.tokens[person]
    found: dict[str, str | None] = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if "match" in route:
        found["If-Match"] = f'"{world.versions[route["match"]]}"'
    found.update(case.get("headers", {}))
    return {
        name: value.replace("{token}", token).replace("{TOKEN}", token.upper())
        for name, value in found.items()
        if value is not None
    }
