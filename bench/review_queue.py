"""The review queue of a large project: opening it, going to the next record, and the decisions that leave the page.

Each is one request as the browser sends it, from its first byte to the answer's last. Who decides waits only for the
next record: decisions are sent by themselves, some seconds later.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode
from uuid import uuid4

from bench.client import Answer, Client
from bench.creating import bare_sender
from bench.figures import Figure, at_most, median_ms, p95_ms, plain
from bench.ground import Ground

AREA = "review"
OPEN_MS, MOVE_MS = 300, 100
_ROW = re.compile(rb'hx-get="([^"]+)"[^>]*hx-target="#review-frame"')
_NEXT_PAGE = re.compile(rb'rel="next" href="(\?[^"]+)"')
_FIELD = re.compile(rb'<input type="hidden" name="(\w+)" value="([^"]*)"')
_FILTERS = (
    "kind=counterclaim",
    "kind=claimant",
    "author=queue-author",
    "author=queue-reviewer",
    "topic=hostilities",
    "topic=weapons",
    "age=1",
    "view=all",
)


def measure(ground: Ground) -> list[Figure]:
    """Fill a project, then open, move and decide as its reviewer."""
    records = 100_000 if ground.scale.pages >= 40 else 3_000
    prepared = ground.site.must_manage("bench_review", "--records", str(records), settings="bench.bare.settings")
    made = json.loads(prepared.splitlines()[-1])
    path = f"/p/{made['slug']}/review/"
    create = bare_sender(ground)
    bare = [_seconds(create) for _ in range(ground.scale.pages)]
    with Client(ground.port) as client:
        session = client.session(made["link"])
    with Client(ground.port, Cookie=session) as browser:
        times = dict(_opened(browser, path, ground.scale.pages))
        moves = list(_moves(browser, path, ground.scale.pages * 3))
        first = browser.get(path)
    csrf = first.headers["set-cookie"].partition(";")[0]
    with Client(ground.port, Cookie=f"{session}; {csrf}") as browser:
        decisions = list(_decisions(browser, path, csrf.partition("=")[2], ground.scale.pages))
    return [
        plain(AREA, "bare DRF create in the same minutes (2.0 on a quiet machine)", median_ms(bare), "ms"),
        plain(AREA, "records that wait", made["waiting"], ""),
        *(at_most(AREA, f"open, {name}, p95", p95_ms(found), "ms", OPEN_MS) for name, found in times.items()),
        plain(AREA, "move to the next record, p50", median_ms(moves), "ms"),
        at_most(AREA, "move to the next record, p95", p95_ms(moves), "ms", MOVE_MS),
        plain(AREA, "a decision that leaves the page, p50", median_ms(decisions), "ms"),
        plain(AREA, "a decision that leaves the page, p95", p95_ms(decisions), "ms"),
        plain(AREA, "page", len(first.body) / 1024, "KiB"),
    ]


def _opened(browser: Client, path: str, count: int) -> Iterator[tuple[str, list[float]]]:
    """Open the first page, one far in, and one by each filter."""
    far = path
    for _ in range(20):
        following = _NEXT_PAGE.search(_get(browser, far).body)
        far = path + _plain(following[1]) if following else far
    asked = {"first page": path, "page 20": far, **{f"by {name}": f"{path}?{name}" for name in _FILTERS}}
    for name, address in asked.items():
        _get(browser, address)
        yield name, [_timed(browser, address)[0] for _ in range(count)]


def _moves(browser: Client, path: str, count: int) -> Iterator[float]:
    """Go from row to row, and from page to page."""
    page, left = path, count
    while left > 0:
        answer = _get(browser, page)
        for row in _ROW.findall(answer.body)[:30]:
            if left > 0:
                left -= 1
                yield _timed(browser, _plain(row))[0]
        following = _NEXT_PAGE.search(answer.body)
        page = path + _plain(following[1]) if following else path


def _decisions(browser: Client, path: str, csrf: str, count: int) -> Iterator[float]:
    """Approve what is on the screen, time after time."""
    for _ in range(count):
        form = _get(browser, path).body.partition(b'id="decision-form"')[2].partition(b"</fieldset>")[0]
        sent = [(name.decode(), value.decode()) for name, value in _FIELD.findall(form)]
        together = b"approve_together" in form
        # What lacks something is sent back, as a reviewer would.
        verdict = "approve_together" if together else "request_changes" if b"pill warn" in form else "approve"
        sent += [("verdict", verdict), ("reason", "link"), ("key", str(uuid4()))]
        started = time.perf_counter()
        answer = browser.send(
            "POST",
            f"{path}decisions/",
            urlencode(sent).encode(),
            Content_Type="application/x-www-form-urlencoded",
            HX_Request="true",
            X_CSRFToken=csrf,
        )
        if answer.status != 200:
            raise RuntimeError(f"a decision answered {answer.status}: {answer.body[:300]!r}")
        yield time.perf_counter() - started


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _timed(browser: Client, path: str) -> tuple[float, Answer]:
    started = time.perf_counter()
    answer = _get(browser, path)
    return time.perf_counter() - started, answer


def _get(browser: Client, path: str) -> Answer:
    answer = browser.send("GET", path, HX_Request="true")
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return answer


def _plain(written: bytes) -> str:
    return written.decode().replace("&amp;", "&")
