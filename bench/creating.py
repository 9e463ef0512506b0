"""POST annotations/ by one client and by eight, beside bare creates; article sizes are numbers of annotations."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator

from bench.client import Client
from bench.figures import Figure, at_least, at_most, median_ms, p95_ms, plain
from bench.ground import LENGTH, Ground
from bench.material import further_places, text_of

AREA = "create"
CLIENTS = 8
_WARM_UP = 40
_PATH = "/api/v1/annotations/"
Send = Callable[[], None]


def measure(ground: Ground) -> list[Figure]:
    """Measure latency of one client, then the rate of eight."""
    bodies = {size: _Bodies(ground, size) for size in ground.articles}
    return [*_one_client(ground, bodies), *_many_clients(ground, bodies)]


class _Bodies:
    """Bodies of creates that no other create sends, for the articles of one size; threads may share it."""

    def __init__(self, ground: Ground, size: int) -> None:
        first = list(ground.articles).index(size) * len(ground.articles[size])
        self._of_articles = [_bodies_of(pk, first + index) for index, pk in enumerate(ground.articles[size])]
        self._turns = itertools.cycle(self._of_articles)
        self._lock = threading.Lock()

    def take(self, article: int | None) -> dict[str, object]:
        """Take one for an article, by number; None takes the articles in turn."""
        with self._lock:
            return next(next(self._turns) if article is None else self._of_articles[article])


def _bodies_of(pk: str, number: int) -> Iterator[dict[str, object]]:
    for place in further_places(text_of(number, LENGTH), 1_000_000):
        segments = [[place.start, place.end]]
        yield {"article": pk, "kind": place.kind, "segments": segments, "exact": [place.exact]}


def _one_client(ground: Ground, bodies: dict[int, _Bodies]) -> list[Figure]:
    """Take turns request by request, so that noise of the machine meets all alike."""
    with ground.client() as client, ground.bare() as bare:
        sends: dict[str, Send] = {
            "bare DRF": lambda: _post(bare, "/bare/drf/", _bare_body()),
            "bare Django": lambda: _post(bare, "/bare/django/", _bare_body()),
            **{str(size): _sender(client, bodies[size]) for size in bodies},
            "with key": _sender(client, bodies[30], with_key=True),
        }
        times: dict[str, list[float]] = {name: [] for name in sends}
        for _ in range(_WARM_UP):
            for send in sends.values():
                send()
        for _ in range(ground.scale.creates):
            for name, send in sends.items():
                started = time.perf_counter()
                send()
                times[name].append(time.perf_counter() - started)
    return list(_latencies(times))


def _latencies(times: dict[str, list[float]]) -> Iterator[Figure]:
    bare = median_ms(times["bare DRF"])
    yield plain(AREA, "bare DRF create, p50", bare, "ms")
    yield plain(AREA, "bare Django create, p50", median_ms(times["bare Django"]), "ms")
    for size in ("30", "300", "3000"):
        yield plain(AREA, f"{size} spans in the article, p50", median_ms(times[size]), "ms")
        yield plain(AREA, f"{size} spans, p95", p95_ms(times[size]), "ms")
        yield at_most(AREA, f"{size} spans, p50 against bare DRF", median_ms(times[size]) / bare, "×", 3)
    yield at_most(AREA, "flat: p50 at 3000 against 30", median_ms(times["3000"]) / median_ms(times["30"]), "×", 1.2)
    yield plain(AREA, "30 spans with an Idempotency-Key, p50", median_ms(times["with key"]), "ms")


def _many_clients(ground: Ground, bodies: dict[int, _Bodies]) -> list[Figure]:
    seconds: dict[str, float] = dict.fromkeys(("bare", "ours", "same article"), 0.0)
    for _ in range(ground.scale.rounds):
        seconds["bare"] += _run_clients(ground, [bare_sender(ground) for _ in range(CLIENTS)])
        own = [_sender(ground.client(), bodies[300], article=number) for number in range(CLIENTS)]
        seconds["ours"] += _run_clients(ground, own)
        shared = [_sender(ground.client(), bodies[30], article=0) for _ in range(CLIENTS)]
        seconds["same article"] += _run_clients(ground, shared)
    count = CLIENTS * ground.scale.creates_of_each_client * ground.scale.rounds
    rates = {name: count / spent for name, spent in seconds.items()}
    return [
        plain(AREA, f"{CLIENTS} clients, bare DRF", rates["bare"], "per s"),
        plain(AREA, f"{CLIENTS} clients, an article each", rates["ours"], "per s"),
        at_least(AREA, f"{CLIENTS} clients against bare DRF", rates["ours"] / rates["bare"], "×", 1 / 3),
        plain(AREA, f"{CLIENTS} clients in one article", rates["same article"], "per s"),
    ]


def _run_clients(ground: Ground, sends: list[Send]) -> float:
    """Let all start together; answer the seconds until the last is done."""
    gate = threading.Barrier(len(sends) + 1)
    failures: list[BaseException] = []

    def run(send: Send) -> None:
        try:
            for _ in range(5):
                send()
            gate.wait()
            for _ in range(ground.scale.creates_of_each_client):
                send()
        except (OSError, RuntimeError) as failure:
            failures.append(failure)
            gate.abort()

    threads = [threading.Thread(target=run, args=(send,)) for send in sends]
    for thread in threads:
        thread.start()
    gate.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - started
    if failures:
        raise failures[0]
    return spent


def _sender(client: Client, bodies: _Bodies, *, article: int | None = None, with_key: bool = False) -> Send:
    keys = itertools.count()
    mark = f"{id(client)}-{time.time_ns()}"

    def send() -> None:
        headers = {"Idempotency_Key": f"{mark}-{next(keys)}"} if with_key else {}
        _post(client, _PATH, bodies.take(article), **headers)

    return send


def bare_sender(ground: Ground) -> Send:
    """Make a sender of bare creates with a connection of its own."""
    client = ground.bare()
    return lambda: _post(client, "/bare/drf/", _bare_body())


def _bare_body() -> dict[str, object]:
    exact = "the army held the bridge near the valley after heavy talks"
    return {"article": "018f0000-0000-7000-8000-000000000000", "kind": "claim", "first": 0, "last": 58, "exact": exact}


def _post(client: Client, path: str, body: dict[str, object], **headers: str) -> None:
    answer = client.post(path, body, **headers)
    if answer.status != 201:
        raise RuntimeError(f"{path} answered {answer.status}: {answer.body[:500]!r}")
