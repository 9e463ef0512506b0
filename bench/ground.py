"""What all measurements stand on: a site with prepared articles, served as users get it, and the bare one beside it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.client import Client
from bench.site import BARE, BenchSite, await_ready, free_port

LENGTH = 30_000
# Creates spread over several articles, so that those with few annotations keep few.
ARTICLES = {30: 8, 300: 8, 3000: 8}


@dataclass(frozen=True, slots=True)
class Scale:
    """How often things are measured."""

    creates: int
    creates_of_each_client: int
    rounds: int
    opens: int
    transferred_articles: int
    pages: int


FULL = Scale(creates=150, creates_of_each_client=60, rounds=3, opens=15, transferred_articles=1000, pages=40)
QUICK = Scale(creates=15, creates_of_each_client=5, rounds=1, opens=3, transferred_articles=40, pages=5)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where to measure."""

    site: BenchSite
    port: int
    bare_port: int
    token: str
    cookie: str
    slug: str
    transfer: str
    articles: dict[int, list[str]]
    scale: Scale

    def client(self) -> Client:
        """Open a connection with a token."""
        return Client(self.port, Authorization=f"Bearer {self.token}")

    def browser(self) -> Client:
        """Open a connection with a session."""
        return Client(self.port, Cookie=self.cookie)

    def bare(self) -> Client:
        """Open a connection to the bare views."""
        return Client(self.bare_port)


@contextmanager
def prepared_ground(scale: Scale) -> Iterator[Ground]:
    """Make, fill and serve a site; all of it is gone afterwards."""
    sizes = [size for size, count in ARTICLES.items() for _ in range(count)]
    with BenchSite() as site:
        site.must_manage("migrate", "--verbosity", "0")
        line = site.must_manage(
            "bench_prepare", "--sizes", ",".join(map(str, sizes)), "--length", str(LENGTH), settings=BARE
        )
        made = json.loads(line.splitlines()[-1])
        port, bare_port = free_port(), free_port()
        serving = site.serve(port, "--no-demo")
        await_ready(port, serving)
        await_ready(bare_port, site.serve(bare_port, "--no-demo", "--no-worker", settings=BARE))
        with Client(port) as client:
            cookie = client.session(made["link"])
        articles = dict(zip(ARTICLES, _groups(made["articles"]), strict=True))
        yield Ground(site, port, bare_port, made["token"], cookie, made["slug"], made["transfer"], articles, scale)


def _groups(ids: list[str]) -> Iterator[list[str]]:
    start = 0
    for count in ARTICLES.values():
        yield ids[start : start + count]
        start += count
