"""What every answer gets: a request id, a line in the log, headers, and 503 while the database is away."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from annotations.queries.away import is_away
from newsdesk.health import database_away

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_log = structlog.get_logger("newsdesk.request")
_SLOW_PATHS_NOT_LOGGED = ("/livez", "/readyz", "/static/")
_PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=()"
)


class RequestLogMiddleware:
    """Give each request an id of our own and write one line about it: no path, no query, no content."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next handler."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with X-Request-Id; log method, route, status, milliseconds and user id."""
        request_id = uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self._get_response(request)
        response["X-Request-Id"] = request_id
        if not request.path.startswith(_SLOW_PATHS_NOT_LOGGED):
            _log.info(
                "request",
                method=request.method,
                route=_route(request),
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
                user=_user_id(request),
            )
        return response


class SecurityHeadersMiddleware:
    """Add the headers that neither Django nor django-csp adds."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next handler."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with a Permissions-Policy that switches off every device."""
        response = self._get_response(request)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS_POLICY)
        return response


class DatabaseAwayMiddleware:
    """Answer 503 with Retry-After when a page fails because the database is away or overloaded."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next handler."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on; the work is done in process_exception."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn the driver's failure into 503; leave every other exception alone."""
        if is_away(exception):
            return database_away(request, exception)
        return None


def _route(request: HttpRequest) -> str | None:
    match = request.resolver_match
    return (match.view_name or match.route) if match else None


def _user_id(request: HttpRequest) -> str | None:
    """Name the user if the view asked who it is; logging alone must not cost a query."""
    user = request.__dict__.get("_cached_user")
    pk = getattr(user, "pk", None)
    return None if pk is None else str(pk)
