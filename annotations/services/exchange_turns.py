"""Room for long transfers: limits of their own, few at once, and one into a project at a time."""

from typing import Final

from django.db import connection

from annotations.errors import Unavailable
from annotations.models import Project
from annotations.queries.export_session import RETRY_AFTER_SECONDS, SLOT_LOCK, SLOTS

# An import may take long, and two into one project would not see each other's records.
_LIMITS: Final = """
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = '10s';
SET LOCAL idle_in_transaction_session_timeout = '1h';
"""


def take_time() -> None:
    """Lift the limits of web requests for this transaction, and take a slot. Raises: Unavailable."""
    with connection.cursor() as cursor:
        cursor.execute(_LIMITS)
        for slot in range(SLOTS):
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [SLOT_LOCK, slot])
            if cursor.fetchone()[0]:
                break
        else:
            detail = "Several exports or imports are running; repeat in a moment."
            raise Unavailable(detail, extras={"retry_after": RETRY_AFTER_SECONDS})


def take_turn(project: Project) -> None:
    """Wait until no other import into this project runs; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import:{project.id}"])
