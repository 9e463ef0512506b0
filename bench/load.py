"""Many analysts at once: each writes every five seconds and reads two pages meanwhile; then four times as many.

`python -m bench.load [--analysts 100] [--seconds 180]` uses a site of its own. The excess has to be told 429 or 503
with Retry-After, nothing else may fail, and afterwards the site has to serve as before within ten seconds.
"""

import argparse
import json
import random
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.client import Answer, Client
from bench.figures import Figure, at_most, p95_ms, plain, table
from bench.ground import LENGTH
from bench.material import Place, further_places, text_of
from bench.site import BARE, BenchSite, await_ready, free_port

AREA = "load"
_ARTICLES, _SPANS = 25, 300
_OVERLOAD = 4
_OVERLOAD_SECONDS = 30.0
_CYCLE_SECONDS = 5.0
_RECOVERY_SECONDS = 30.0
# Enough for a quarter of an hour.
_WRITES_OF_EACH, _MOST_PEOPLE = 180, 1_000
_GOAL_WRITE_MS, _GOAL_PAGE_MS, _GOAL_RECOVERY_SECONDS = 300, 500, 10
_TURNED_AWAY = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer: what was asked, when the answer was there (monotonic seconds), how long it took."""

    what: str
    at: float
    seconds: float
    status: int


@dataclass(slots=True)
class Crowd:
    """What all analysts of a phase were answered."""

    samples: list[Sample] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)

    def times(self, what: str) -> list[float]:
        """Answer the seconds of what was served."""
        return [sample.seconds for sample in self.samples if sample.what == what and sample.status < 300]


@dataclass(frozen=True, slots=True)
class Person:
    """Who works where."""

    number: int
    token: str
    cookie: str
    article: str
    text: str
    slug: str


class Analyst(threading.Thread):
    """Writes, opens the workbench, lists; each cycle takes five seconds, as a person's would."""

    def __init__(self, port: int, person: Person, crowd: Crowd, over: threading.Event, places: Iterator[Place]) -> None:
        """Start at a random moment of the first cycle; `places` are this analyst's alone."""
        super().__init__(daemon=True)
        self._places = places
        self._person, self._crowd, self._over = person, crowd, over
        self._api = Client(port, timeout_seconds=30, Authorization=f"Bearer {person.token}")
        self._pages = Client(port, timeout_seconds=30, Cookie=person.cookie)

    def run(self) -> None:
        """Work until it is over."""
        rng = random.Random(self._person.number)
        next_at = time.monotonic() + rng.random() * _CYCLE_SECONDS
        for place in self._places:
            for what in ("write", "page", "list"):
                if self._over.wait(max(next_at - time.monotonic(), 0)):
                    return
                # Who was kept waiting goes on at the usual pace instead of catching up.
                next_at = max(next_at, time.monotonic() - _CYCLE_SECONDS) + _CYCLE_SECONDS / 3
                self._note(what, place)

    def _ask(self, what: str, place: Place) -> Answer:
        article = self._person.article
        if what == "write":
            body = {"article": article, "kind": place.kind, "segments": [[place.start, place.end]]}
            content = body | {"exact": [place.exact]}
            return self._api.post("/api/v1/annotations/", content, Idempotency_Key=str(uuid.uuid4()))
        if what == "page":
            return self._pages.get(f"/p/{self._person.slug}/articles/{article}/")
        return self._api.get(f"/api/v1/annotations/?article={article}&page_size=50")

    def _note(self, what: str, place: Place) -> None:
        started = time.monotonic()
        try:
            answer = self._ask(what, place)
        except (OSError, ValueError) as failure:
            self._crowd.wrong[type(failure).__name__] += 1
            return
        now = time.monotonic()
        self._crowd.samples.append(Sample(what, now, now - started, answer.status))
        if answer.status in _TURNED_AWAY and "retry-after" in answer.headers:
            self._over.wait(float(answer.headers["retry-after"]))
        elif answer.status >= 300:
            self._crowd.wrong[f"{answer.status} to a {what}"] += 1


def measure(analysts: int, seconds: float) -> tuple[list[Figure], list[str]]:
    """Do it all; answer the figures and what went wrong."""
    with BenchSite() as site:
        site.must_manage("migrate", "--verbosity", "0")
        sizes = ",".join([str(_SPANS)] * _ARTICLES)
        made = _json(site, "bench_prepare", "--sizes", sizes, "--length", str(LENGTH))
        people = _json(site, "bench_people", made["slug"], str(analysts * _OVERLOAD))
        port = free_port()
        await_ready(port, site.serve(port, "--no-demo"))
        crew = _signed_in(port, made, people)
        usual = _phase(port, crew[:analysts], seconds, 0)
        excess = _phase(port, crew, _OVERLOAD_SECONDS, 1)
        ended = time.monotonic()
        after = _phase(port, crew[:analysts], _RECOVERY_SECONDS, 2)
        doctor = site.manage("doctor", "--audit")
    figures = [*_usual(usual), *_excess(excess), _recovery(after, ended)]
    wrong = [f"{name}: {phase.wrong}" for name, phase in (("usual", usual), ("excess", excess)) if phase.wrong]
    return figures, wrong + ([doctor.stdout] if doctor.returncode else [])


def _json(site: BenchSite, *command: str) -> Any:
    return json.loads(site.must_manage(*command, settings=BARE).splitlines()[-1])


def _signed_in(port: int, made: dict[str, Any], people: Sequence[dict[str, str]]) -> list[Person]:
    texts = [text_of(number, LENGTH) for number in range(_ARTICLES)]
    crew = []
    for number, found in enumerate(people):
        with Client(port) as client:
            cookie = client.session(found["link"])
        place = number % _ARTICLES
        crew.append(Person(number, found["token"], cookie, made["articles"][place], texts[place], made["slug"]))
    return crew


def _phase(port: int, crew: Sequence[Person], seconds: float, number: int) -> Crowd:
    crowd, over = Crowd(), threading.Event()
    analysts = [Analyst(port, person, crowd, over, _places(person, number)) for person in crew]
    for analyst in analysts:
        analyst.start()
    time.sleep(seconds)
    over.set()
    for analyst in analysts:
        analyst.join()
    return crowd


def _places(person: Person, phase: int) -> Iterator[Place]:
    """Give an analyst places that nobody else has, in this phase or another."""
    shift = (phase * _MOST_PEOPLE + person.number) // _ARTICLES
    return further_places(person.text, _WRITES_OF_EACH, shift * _WRITES_OF_EACH)


def _usual(crowd: Crowd) -> Iterator[Figure]:
    yield plain(AREA, "writes; pages; lists", len(crowd.times("write")), "writes")
    yield at_most(AREA, "write, p95", p95_ms(crowd.times("write")), "ms", _GOAL_WRITE_MS)
    yield at_most(AREA, "page, p95", p95_ms(crowd.times("page")), "ms", _GOAL_PAGE_MS)
    yield plain(AREA, "list, p95", p95_ms(crowd.times("list")), "ms")
    refused = sum(sample.status in _TURNED_AWAY for sample in crowd.samples)
    yield at_most(AREA, "turned away", refused, "requests", 0)
    yield at_most(AREA, "failed", sum(crowd.wrong.values()), "requests", 0)


def _excess(crowd: Crowd) -> Iterator[Figure]:
    refused = sum(sample.status in _TURNED_AWAY for sample in crowd.samples)
    served = len(crowd.samples) - refused
    yield plain(AREA, f"{_OVERLOAD} × the load: served", served, "requests")
    yield plain(AREA, f"{_OVERLOAD} × the load: turned away with Retry-After", refused, "requests")
    yield plain(AREA, f"{_OVERLOAD} × the load: write, p95", p95_ms(crowd.times("write")), "ms")
    yield at_most(AREA, f"{_OVERLOAD} × the load: failed otherwise", sum(crowd.wrong.values()), "requests", 0)


def _recovery(crowd: Crowd, since: float) -> Figure:
    """Find the first moment after which no window of a whole cycle was slow or turned anybody away."""
    last_bad = since
    for sample in crowd.samples:
        limit = _GOAL_PAGE_MS if sample.what == "page" else _GOAL_WRITE_MS
        window = [one for one in crowd.samples if sample.at - _CYCLE_SECONDS < one.at <= sample.at]
        slow = sum(one.seconds * 1000 > limit or one.status >= 300 for one in window)
        if slow > len(window) * 0.05:
            last_bad = max(last_bad, sample.at)
    return at_most(AREA, "as before again after", last_bad - since, "s", _GOAL_RECOVERY_SECONDS)


def main(arguments: Sequence[str]) -> int:
    """Run from the command line; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--analysts", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=180.0)
    options = parser.parse_args(arguments)
    figures, wrong = measure(options.analysts, options.seconds)
    print(table(figures))
    for line in wrong:
        print(line)
    return int(bool(wrong) or any(figure.is_met is False for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
