"""Claims on Idempotency-Keys: the stored answer is written in the transaction of the change it answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone
from uuid_utils.compat import uuid7

from annotations.errors import IdempotencyConflict, InProgress
from annotations.models import IdempotentAnswer, User

KEPT: Final = timedelta(days=7)

# Waits for a running twin (lock_timeout); takes over a key whose time is over; else gives no row.
_CLAIM: Final = """
INSERT INTO idempotent_answer (id, user_id, key, method, path, body_digest, status, headers, body, created_at)
VALUES (%s, %s, %s, %s, %s, %s, NULL, '{}', '', %s)
ON CONFLICT (user_id, key) DO UPDATE
    SET method = EXCLUDED.method, path = EXCLUDED.path, body_digest = EXCLUDED.body_digest,
        status = NULL, headers = '{}', body = '', created_at = EXCLUDED.created_at
    WHERE idempotent_answer.created_at < %s
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """One request under a key: the same again is the same method, path (with query) and body."""

    user: User
    key: str
    method: str
    path: str
    body_digest: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A 2xx answer as it was sent."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


def claim_key(claim: Claim) -> StoredAnswer | None:
    """Take a key for this request, or answer what was stored for the same request; inside a transaction.

    Raises: IdempotencyConflict when the key was used for another request, InProgress.
    """
    now = timezone.now()
    values: list[Any] = [
        uuid7(),
        claim.user.id,
        claim.key,
        claim.method,
        claim.path,
        claim.body_digest,
        now,
        now - KEPT,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        if cursor.fetchone() is not None:
            return None
    stored = find_answer(claim)
    if stored is None:
        raise InProgress
    return stored


def find_answer(claim: Claim) -> StoredAnswer | None:
    """Answer what is stored for the same request. Raises: IdempotencyConflict."""
    found = IdempotentAnswer.objects.filter(
        user=claim.user, key=claim.key, created_at__gte=timezone.now() - KEPT, status__isnull=False
    ).first()
    if found is None or found.status is None:
        return None
    if (found.method, found.path, found.body_digest) != (claim.method, claim.path, claim.body_digest):
        raise IdempotencyConflict
    return StoredAnswer(found.status, found.body, found.headers)


def store_answer(claim: Claim, answer: StoredAnswer) -> None:
    """Keep the answer under the claimed key, in the transaction of the change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE idempotent_answer SET status = %s, body = %s, headers = %s WHERE user_id = %s AND key = %s",
            [answer.status, answer.body, json.dumps(dict(answer.headers)), claim.user.id, claim.key],
        )
