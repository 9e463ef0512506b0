"""The workbench page: from request to its last byte, by number of annotations in the article.

A bare create takes its turn too: the goals in milliseconds hold for a machine on which that takes 2.0 ms.
"""

import time
from collections.abc import Iterator

from bench.creating import bare_sender
from bench.figures import Figure, at_most, median_ms, plain
from bench.ground import Ground

AREA = "open"
_GOALS_MS = {30: 12, 300: 25, 3000: 110}
_GOAL_PER_SPAN_MS = 0.035
_REFERENCE_MS = 2.0
_WARM_UP = 18


def measure(ground: Ground) -> list[Figure]:
    """Take turns between the sizes."""
    paths = {size: f"/p/{ground.slug}/articles/{ids[-1]}/" for size, ids in ground.articles.items()}
    times: dict[int, list[float]] = {size: [] for size in paths}
    sizes: dict[int, int] = {}
    bare: list[float] = []
    create = bare_sender(ground)
    with ground.browser() as browser:
        for _ in range(_WARM_UP):
            browser.get(paths[30])
            create()
        for _ in range(ground.scale.opens):
            started = time.perf_counter()
            create()
            bare.append(time.perf_counter() - started)
            for size, path in paths.items():
                started = time.perf_counter()
                answer = browser.get(path)
                times[size].append(time.perf_counter() - started)
                if answer.status != 200:
                    raise RuntimeError(f"{path} answered {answer.status}")
                sizes[size] = len(answer.body)
    page = {size: median_ms(found) for size, found in times.items()}
    return [*_goals(page, median_ms(bare)), plain(AREA, "page with 3000 spans", sizes[3000] / 1024, "KiB")]


def _goals(page: dict[int, float], bare: float) -> Iterator[Figure]:
    further = (page[3000] - page[30]) / (3000 - 30)
    yield plain(AREA, "bare DRF create in the same minute", bare, "ms")
    for size, goal in _GOALS_MS.items():
        yield at_most(AREA, f"{size} spans", page[size], "ms", goal)
    yield at_most(AREA, "each further span", further, "ms", _GOAL_PER_SPAN_MS)
    for size, goal in _GOALS_MS.items():
        yield at_most(AREA, f"{size} spans against a bare create", page[size] / bare, "×", goal / _REFERENCE_MS)
    limit = _GOAL_PER_SPAN_MS / _REFERENCE_MS
    yield at_most(AREA, "each further span against a bare create", further / bare, "×", limit)
