"""Pages of 100 annotations: first, last, by kind, beside a bare page of `.values()`."""

import time
from urllib.parse import urlsplit

from bench.client import Client
from bench.figures import Figure, at_most, median_ms, plain
from bench.ground import Ground

AREA = "list"
_WARM_UP = 18


def measure(ground: Ground) -> list[Figure]:
    """Take turns between the pages."""
    first = f"/api/v1/annotations/?project={ground.transfer}"
    with ground.client() as client, ground.bare() as bare:
        asked = {
            "bare": (bare, f"/bare/rows/?project={ground.transfer}"),
            "first": (client, first),
            "last": (client, _last_page(client, first)),
            "kind": (client, f"{first}&kind=counterclaim"),
        }
        times: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(_WARM_UP):
            bare.get(asked["bare"][1])
            client.get(first)
        for _ in range(ground.scale.pages):
            for name, (asker, path) in asked.items():
                started = time.perf_counter()
                answer = asker.get(path)
                times[name].append(time.perf_counter() - started)
                if answer.status != 200:
                    raise RuntimeError(f"{path} answered {answer.status}")
    page = {name: median_ms(found) for name, found in times.items()}
    return [
        plain(AREA, "bare page of .values()", page["bare"], "ms"),
        plain(AREA, "first page", page["first"], "ms"),
        at_most(AREA, "first page against the bare one", page["first"] / page["bare"], "×", 3),
        at_most(AREA, "last page against the first", page["last"] / page["first"], "×", 1.3),
        at_most(AREA, "filtered by kind against the first", page["kind"] / page["first"], "×", 2),
    ]


def _last_page(client: Client, first: str) -> str:
    """Walk by large pages to the last small one."""
    address, last = f"{first}&page_size=500", ""
    while address:
        last = address
        following = client.get(address).json()["next"]
        address = f"{urlsplit(following).path}?{urlsplit(following).query}" if following else ""
    return last.replace("page_size=500", "page_size=100")
