"""Is the database away, or was the statement wrong? The driver says the first in three ways."""

import psycopg2
from django.db import DatabaseError, InterfaceError, OperationalError


def is_away(error: BaseException) -> bool:
    """Tell whether an error means that the server is gone, starting, or too busy: the same again may succeed."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    # Of a server that dies while it answers, the driver knows neither class nor code.
    cause = error.__cause__ if type(error) is DatabaseError else None
    return isinstance(cause, psycopg2.DatabaseError) and cause.pgcode is None
