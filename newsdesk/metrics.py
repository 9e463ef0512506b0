"""Numbers for Prometheus, kept in memory that all worker processes share: counts and times, no names, no paths."""

import bisect
import hmac
import multiprocessing
import time
from collections.abc import Callable, Iterator
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from newsdesk.health import free_disk_bytes, reasons_not_ready

BUCKETS_SECONDS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SKINS: Final = ("api", "page")
_CLASSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx")
# For each skin: one count per class of status, one per bucket and beyond the last, and the sum of seconds.
_WIDTH: Final = len(_CLASSES) + len(BUCKETS_SECONDS) + 2
_UNCOUNTED: Final = ("/livez", "/readyz", "/metrics", "/static/")
# Made when the server loads this, before it forks its workers.
_numbers = multiprocessing.Array("d", _WIDTH * len(_SKINS))


class MetricsMiddleware:
    """Count each request and its time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and count."""
        started = time.perf_counter()
        response = self._get_response(request)
        if settings.METRICS_TOKEN and not request.path.startswith(_UNCOUNTED):
            _count(request.path.startswith("/api/"), response.status_code, time.perf_counter() - started)
        return response


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the numbers to who knows METRICS_TOKEN; without that setting there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    content = "".join(f"{line}\n" for line in _lines())
    return HttpResponse(content, content_type="text/plain; version=0.0.4; charset=utf-8")


def _count(is_api: bool, status: int, seconds: float) -> None:
    first = 0 if is_api else _WIDTH
    bucket = bisect.bisect_left(BUCKETS_SECONDS, seconds)
    with _numbers.get_lock():
        _numbers[first + min(max(status // 100, 1), 5) - 1] += 1
        _numbers[first + len(_CLASSES) + bucket] += 1
        _numbers[first + _WIDTH - 1] += seconds


def _lines() -> Iterator[str]:
    with _numbers.get_lock():
        numbers: list[float] = _numbers[:]
    yield "# TYPE newsdesk_requests_total counter"
    for skin, held in _by_skin(numbers):
        for name, count in zip(_CLASSES, held, strict=False):
            yield f'newsdesk_requests_total{{skin="{skin}",status="{name}"}} {count:.0f}'
    yield "# TYPE newsdesk_request_seconds histogram"
    for skin, held in _by_skin(numbers):
        yield from _histogram(skin, held[len(_CLASSES) : -1], held[-1])
    yield "# TYPE newsdesk_ready gauge"
    yield f"newsdesk_ready {0 if reasons_not_ready() else 1}"
    yield "# TYPE newsdesk_disk_free_bytes gauge"
    yield f"newsdesk_disk_free_bytes {free_disk_bytes()}"


def _by_skin(numbers: list[float]) -> Iterator[tuple[str, list[float]]]:
    for place, skin in enumerate(_SKINS):
        yield skin, numbers[place * _WIDTH : (place + 1) * _WIDTH]


def _histogram(skin: str, counts: list[float], seconds: float) -> Iterator[str]:
    total = 0.0
    for limit, count in zip((*(f"{bucket:g}" for bucket in BUCKETS_SECONDS), "+Inf"), counts, strict=True):
        total += count
        yield f'newsdesk_request_seconds_bucket{{skin="{skin}",le="{limit}"}} {total:.0f}'
    yield f'newsdesk_request_seconds_sum{{skin="{skin}"}} {seconds:.6f}'
    yield f'newsdesk_request_seconds_count{{skin="{skin}"}} {total:.0f}'
