"""The database backend: PostgreSQL's own, with a server that is there when the first connection is made."""

import atexit
import os
import select
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base as postgresql

from newsdesk.embedded_postgres.cluster import Cluster
from newsdesk.embedded_postgres.connecting import connect_patiently

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)

_clusters: dict[Path, Cluster] = {}


def cluster_of(settings: dict[str, Any]) -> Cluster:
    """Give the cluster that a DATABASES entry names under VAR."""
    var = Path(settings["VAR"])
    if var not in _clusters:
        _clusters.setdefault(var, Cluster(var, settings["PROGRAMS"]))
    return _clusters[var]


def _leave_all() -> None:
    # A second Ctrl-C, or gunicorn's, must not cut the way out short.
    if threading.current_thread() is threading.main_thread():
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    for cluster in _clusters.values():
        cluster.leave()


def _forget_all_claims() -> None:
    for cluster in _clusters.values():
        cluster.forget_claim_after_fork()


atexit.register(_leave_all)
os.register_at_fork(after_in_child=_forget_all_claims)


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """A connection to the embedded server."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, starting or awaiting the server when it is away."""
        connect = super().get_new_connection

        def connect_there(socket_folder: str) -> Any:
            return connect({**conn_params, "host": socket_folder, "port": 5432})

        return connect_patiently(cluster_of(self.settings_dict), connect_there)

    def step_back(self, niceness: int) -> None:
        """Let the server's process behind this connection wait for all others, as long as the connection lasts.

        PostgreSQL knows no such thing; here its processes are ours.
        """
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.connection.info.backend_pid, niceness)

    def is_usable(self) -> bool:
        """Look at the socket before a request: a server that has ended a connection has closed it.

        Nothing to read means that it stands, which saves each request a statement. After an error it is asked.
        """
        if self.errors_occurred or self.connection is None or self.connection.closed:
            return super().is_usable()
        waiting = select.poll()
        waiting.register(self.connection, select.POLLIN)
        return not waiting.poll(0) or super().is_usable()
