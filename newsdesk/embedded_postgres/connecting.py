"""Connect to the embedded server, starting or awaiting it when it is away."""

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg2

from newsdesk.embedded_postgres.cluster import Cluster

# How long a connection waits for a server that is just starting or repairing itself.
PATIENCE_SECONDS = 15.0
_PASSING = (
    "Is the server running",
    "the database system is",
    "server closed the connection",
    "could not connect to server",
    "Connection reset by peer",
)

Connection = TypeVar("Connection")


def connect_patiently(cluster: Cluster, connect: Callable[[str], Connection]) -> Connection:
    """Call `connect` with the folder of the socket; again, while the server is on its way.

    Raises: psycopg2.OperationalError for every refusal that does not pass by waiting.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return connect(cluster.use())
        except psycopg2.OperationalError as error:
            if not _is_passing(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def _is_passing(error: Exception) -> bool:
    return any(words in str(error) for words in _PASSING)
