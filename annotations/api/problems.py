"""Errors as application/problem+json. The only place that makes them."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, IntegrityError
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response

from annotations.api.fields import field_errors
from annotations.errors import (
    Conflict,
    FieldError,
    InvalidFields,
    InvalidInput,
    Malformed,
    NewsdeskError,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Stale,
    Throttled,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
)
from annotations.queries.away import is_away

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 2
# Their errors say which record would help, or null when there is none yet.
_NAME_A_RECORD: Final = frozenset({"incomplete", "ends_not_approved", "breaks_links"})


class MethodNotAllowed(NewsdeskError):
    """405."""

    status = 405
    title = "Method not allowed"
    code = "method_not_allowed"
    sentence = "This path does not take this method; see Allow."


_BY_TYPE: Final[tuple[tuple[tuple[type[Exception], ...], type[NewsdeskError]], ...]] = (
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), NotAuthenticated),
    ((exceptions.PermissionDenied, PermissionDenied), NotAllowed),
    ((exceptions.NotFound, Http404), NotFound),
    ((exceptions.MethodNotAllowed,), MethodNotAllowed),
    ((exceptions.UnsupportedMediaType,), UnsupportedMediaType),
    ((RequestDataTooBig,), TooLarge),
    ((exceptions.ParseError, MultiPartParserError, BadRequest, SuspiciousOperation), Malformed),
    ((exceptions.Throttled,), Throttled),
    # A race that no service foresaw: the database kept its rule.
    ((IntegrityError,), Conflict),
    ((DataError,), InvalidInput),
)
_KEEP_DETAIL: Final = (exceptions.AuthenticationFailed, exceptions.PermissionDenied)


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer any failure we know; None lets an unknown one through as a 500."""
    known = _translated(error)
    if known is None:
        return None
    content = problem(known)
    if isinstance(known, Stale) and known.record is not None:
        content["current"] = context["view"].current(known.record)
    return Response(content, status=known.status, headers=_headers(known), content_type=MEDIA_TYPE)


def problem(error: NewsdeskError) -> dict[str, Any]:
    """Write one failure in the one shape that all have."""
    extras = {name: value for name, value in error.extras.items() if name != "retry_after"}
    return {
        "type": "about:blank",
        "title": gettext(error.title),
        "status": error.status,
        "detail": gettext(error.detail),
        "code": error.code,
        "errors": [_one(found, names_record=error.code in _NAME_A_RECORD) for found in error.errors],
        # Whatever holds offsets says what they count.
        **({"offset_unit": "codepoint"} if "nearest" in extras else {}),
        **extras,
    }


def _one(error: FieldError, *, names_record: bool) -> dict[str, Any]:
    detail = gettext(error.detail) if error.detail else ""
    where = {"index": error.index, "line": error.line, "record": error.record}
    return {
        "field": error.field,
        "code": error.code,
        "detail": detail,
        **{name: value for name, value in where.items() if value is not None or (name == "record" and names_record)},
    }


def _translated(error: Exception) -> NewsdeskError | None:
    if isinstance(error, NewsdeskError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return InvalidFields(field_errors(error.detail))
    if is_away(error):
        return Unavailable()
    for types, ours in _BY_TYPE:
        if isinstance(error, types):
            detail = str(error.detail) if isinstance(error, _KEEP_DETAIL) else ""
            if isinstance(error, exceptions.Throttled):
                return Throttled(extras={"retry_after": int(getattr(error, "wait", None) or 1)})
            return ours(detail)
    return None


def _headers(error: NewsdeskError) -> dict[str, str]:
    if isinstance(error, NotAuthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, Unavailable | Throttled):
        return {"Retry-After": str(error.extras.get("retry_after", RETRY_AFTER_SECONDS))}
    return {}
