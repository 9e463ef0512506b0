"""`manage.py serve`: until its first page, on an empty folder and again; memory when idle."""

import time

from bench.figures import Figure, at_most
from bench.ground import Ground
from bench.memory import pss
from bench.site import BenchSite, await_ready, free_port

AREA = "start"
_SETTLE_SECONDS = 1.0


def measure(_ground: Ground) -> list[Figure]:
    """Start, ask for the sign-in page, stop, and once more."""
    with BenchSite() as site:
        first = _start(site)
        later = _start(site)
        port = free_port()
        process = site.serve(port)
        await_ready(port, process, "/login/")
        time.sleep(_SETTLE_SECONDS)
        idle = pss(site.web_processes())
    return [
        at_most(AREA, "first start to the first page, with the demo", first, "s", 10),
        at_most(AREA, "later start to the first page", later, "s", 2.5),
        at_most(AREA, "idle memory without PostgreSQL", idle, "MiB", 200),
    ]


def _start(site: BenchSite) -> float:
    port = free_port()
    started = time.perf_counter()
    process = site.serve(port)
    await_ready(port, process, "/login/")
    seconds = time.perf_counter() - started
    site.stop(process)
    return seconds
