"""The workbench page: from request to its last byte, by number of annotations in the article."""

import time

from bench.figures import Figure, at_most, median_ms, plain
from bench.ground import Ground

AREA = "open"
_GOALS_MS = {30: 12, 300: 25, 3000: 110}
_GOAL_PER_SPAN_MS = 0.035
_WARM_UP = 18


def measure(ground: Ground) -> list[Figure]:
    """Take turns between the sizes."""
    paths = {size: f"/p/{ground.slug}/articles/{ids[-1]}/" for size, ids in ground.articles.items()}
    times: dict[int, list[float]] = {size: [] for size in paths}
    sizes: dict[int, int] = {}
    with ground.browser() as browser:
        for _ in range(_WARM_UP):
            browser.get(paths[30])
        for _ in range(ground.scale.opens):
            for size, path in paths.items():
                started = time.perf_counter()
                answer = browser.get(path)
                times[size].append(time.perf_counter() - started)
                if answer.status != 200:
                    raise RuntimeError(f"{path} answered {answer.status}")
                sizes[size] = len(answer.body)
    found = [at_most(AREA, f"{size} spans", median_ms(times[size]), "ms", goal) for size, goal in _GOALS_MS.items()]
    further = (median_ms(times[3000]) - median_ms(times[30])) / (3000 - 30)
    found.append(at_most(AREA, "each further span", further, "ms", _GOAL_PER_SPAN_MS))
    found.append(plain(AREA, "size of the page with 3000 spans", sizes[3000] / 1024, "KiB"))
    return found
