"""Count attempts to sign in, per account and address, in the database: every process and every restart knows them."""

import hashlib
import ipaddress
import unicodedata
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone
from uuid_utils.compat import uuid7

from annotations.errors import Throttled
from annotations.models import SignInCount

WINDOW: Final = timedelta(minutes=15)
MOST_PER_ACCOUNT: Final = 10
MOST_PER_ADDRESS: Final = 50
_KEPT: Final = timedelta(days=1)

# Counts and answers in one statement, so that attempts made at once are all counted.
_COUNT: Final = """
INSERT INTO sign_in_count (id, digest, count, started_at) VALUES (%s, %s, 1, %s)
ON CONFLICT (digest) DO UPDATE SET
    count = CASE WHEN sign_in_count.started_at < %s THEN 1 ELSE least(sign_in_count.count + 1, 1000000) END,
    started_at = CASE WHEN sign_in_count.started_at < %s THEN EXCLUDED.started_at ELSE sign_in_count.started_at END
RETURNING count, started_at
"""


def count_attempt(*, account: str, address: str) -> None:
    """Count an attempt before the password is looked at; call it outside a transaction, so that it stays counted.

    Names that no user has are counted alike. Raises: Throttled.
    """
    SignInCount.objects.filter(started_at__lt=timezone.now() - _KEPT).delete()
    waits = [
        _count(_account_digest(account), MOST_PER_ACCOUNT),
        _count(_address_digest(address), MOST_PER_ADDRESS),
    ]
    if any(waits):
        raise Throttled(extras={"retry_after": max(waits)})


def forget_attempts(*, account: str, address: str) -> None:
    """Forget the account's attempts, and this one of the address: the right password was given."""
    SignInCount.objects.filter(digest=_account_digest(account)).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sign_in_count SET count = greatest(count - 1, 0) WHERE digest = %s", [_address_digest(address)]
        )


def spend_code(*, user_id: UUID, code: str) -> bool:
    """Say whether a code of a second factor is used for the first time; in the database, so that no process differs."""
    return _count(_digest(f"code:{user_id}:{code}"), 1) == 0


def _count(digest: str, most: int) -> int:
    """Count one attempt; answer how many seconds to wait, 0 for none."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [uuid7(), digest, now, now - WINDOW, now - WINDOW])
        count, started_at = cursor.fetchone()
    return max(1, round((started_at + WINDOW - now).total_seconds())) if count > most else 0


def _account_digest(account: str) -> str:
    # What was typed may be a password in the wrong field: only its digest is kept.
    return _digest(f"account:{unicodedata.normalize('NFKC', account).casefold()}")


def _address_digest(address: str) -> str:
    """Take the network of an IPv6 address: its owner has 2^64 of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return _digest(f"address:{address}")
    network = 64 if parsed.version == 6 else 32
    return _digest(f"address:{ipaddress.ip_network((parsed, network), strict=False)}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
