"""Alive and ready, and what is answered while the database is away."""

import shutil
import sys
from functools import cache

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import server_error as django_server_error

from annotations.queries.away import is_away

RETRY_AFTER_SECONDS = 2

_log = structlog.get_logger("newsdesk.health")
_UNSAFE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@require_safe
@never_cache
def livez(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Say whether the site may be used: 200, or 503 with the names of what is missing; details go to the log."""
    reasons = reasons_not_ready()
    if not reasons:
        return JsonResponse({"ready": True})
    for reason, detail in reasons.items():
        _log.error("not ready", reason=reason, detail=detail)
    answer = JsonResponse({"ready": False, "reasons": sorted(reasons)}, status=503)
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def reasons_not_ready() -> dict[str, str]:
    """Name what keeps the site from being ready, each with a sentence for the log."""
    try:
        missing = missing_migrations()
        reasons = {"migrations": f"{len(missing)} migrations are not applied."} if missing else {}
        return _unsafe_settings() | reasons | _full_disk()
    except DatabaseError as error:
        return {"database": f"The database does not answer ({type(error).__name__})."}
    except InterfaceError as error:
        return {"database": f"The connection to the database is lost ({type(error).__name__})."}


def missing_migrations() -> frozenset[tuple[str, str]]:
    """Name the migrations (app, name) that stand on disk and not in the database."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return _migrations_on_disk()
        cursor.execute("SELECT app, name FROM django_migrations")
        return _migrations_on_disk() - frozenset(cursor.fetchall())


def database_away(_request: HttpRequest, exception: BaseException) -> HttpResponse:
    """Answer 503 with Retry-After and a sentence; log the kind of failure."""
    _log.error("database away", exc_info=exception)
    sentence = gettext("The database does not answer right now. Nothing was changed. Please try again in a moment.")
    # The page's htmx picks the alert out of the answer; it needs no template, so nothing can fail here.
    answer = HttpResponse(format_html('<p class="alert bad" role="alert">{}</p>', sentence), status=503)
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unexpected failure: 503 when a middleware lost the database, else 500."""
    exception = sys.exception()
    if exception is not None and is_away(exception):
        return database_away(request, exception)
    if request.path.startswith("/api/"):
        problem = {
            "type": "about:blank",
            "title": "Internal error",
            "status": 500,
            "detail": gettext("Something went wrong here. Nothing was changed; the request id finds it in the log."),
            "code": "internal",
            "errors": [],
        }
        return JsonResponse(problem, status=500, content_type="application/problem+json")
    return django_server_error(request)


def free_disk_bytes() -> int:
    """Measure what is left where the embedded database, files and uploads lie."""
    return shutil.disk_usage(settings.NEWSDESK_VAR).free


def _full_disk() -> dict[str, str]:
    left = free_disk_bytes() // 1024 // 1024
    return {"disk": f"Only {left} MiB are left."} if left < settings.MIN_FREE_DISK_MB else {}


def _unsafe_settings() -> dict[str, str]:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(_UNSAFE)])
        found = sorted(name for name, setting in cursor.fetchall() if setting == _UNSAFE[name])
    return {"durability": f"PostgreSQL runs with {', '.join(found)} off."} if found else {}


@cache
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return frozenset(key for key in loader.disk_migrations if key[0] in loader.migrated_apps)
