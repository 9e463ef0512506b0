"""Idempotency-Key: the same request again is answered again, never done again (docs/architecture.md#promises, 2)."""

import re
from collections.abc import Callable
from typing import Any, Final, cast

from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.renderers import to_json
from annotations.errors import InProgress, InvalidInput
from annotations.models import User
from annotations.services.idempotency import Claim, StoredAnswer, claim_key, store_answer

_KEY: Final = re.compile(r"[\x20-\x7e]{1,200}", re.ASCII)
_KEPT_HEADERS: Final = ("ETag", "Location")


def claim_of(request: Request, digest: str) -> Claim | None:
    """Read the key of a request; None when it has none. Raises: InvalidInput."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if _KEY.fullmatch(key) is None:
        raise InvalidInput(_("An Idempotency-Key has 1 to 200 printable ASCII characters."), field="Idempotency-Key")
    return Claim(cast(User, request.user), key, request.method or "", request.get_full_path(), digest)


def answer_once(request: Request, digest: str, act: Callable[[], Response]) -> HttpResponseBase:
    """Do `act`, or answer what it answered the first time; a refusal is not kept.

    Raises: InvalidInput, IdempotencyConflict, InProgress.
    """
    claim = claim_of(request, digest)
    if claim is None:
        return act()
    with transaction.atomic():
        try:
            stored = claim_key(claim)
        except OperationalError as refusal:
            if isinstance(refusal.__cause__, LockNotAvailable):
                raise InProgress from refusal
            raise
        if stored is not None:
            return replay(stored)
        response = act()
        store_answer(claim, _stored(response))
    return response


def replay(stored: StoredAnswer) -> HttpResponse:
    """Answer again what was answered."""
    response = HttpResponse(stored.body.encode(), status=stored.status, content_type="application/json")
    if not stored.body:
        del response["Content-Type"]
    for name in _KEPT_HEADERS:
        if name in stored.headers:
            response[name] = stored.headers[name]
    response["Idempotent-Replay"] = "true"
    return response


def _stored(response: Response) -> StoredAnswer:
    content: Any = response.data
    headers = {name: response[name] for name in (*_KEPT_HEADERS, "X-Project") if name in response}
    return StoredAnswer(response.status_code, "" if content is None else to_json(content).decode(), headers)
