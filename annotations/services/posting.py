"""One POST to an address that somebody typed in: resolved first, all addresses checked, connected to the checked one.

No redirect is followed and nothing of the answer is kept but its status.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from annotations.rules.webhooks import is_public, url_problem

CONNECT_SECONDS: Final = 5.0
ALL_SECONDS: Final = 15.0


class Unreachable(Exception):
    """The message did not get through; `problem` is a short word for the log."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def post(url: str, body: bytes, headers: Mapping[str, str], *, private_hosts: Collection[str] = ()) -> int:
    """Send a body and answer the status; a redirect is an answer like any other.

    Raises: Unreachable `forbidden_address`, `no_such_host`, `no_connection`, `bad_certificate`, `no_answer`.
    """
    if url_problem(url, private_hosts):
        raise Unreachable("forbidden_address")
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    connected = _connect(host, _checked_address(host, port, private_hosts), is_tls=is_tls)
    connection = http.client.HTTPConnection(host, port)
    connection.sock = connected
    # Each read has its own limit; this is the one for all of them, against answers that drip.
    limit = threading.Timer(ALL_SECONDS, _cut, [connected])
    limit.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {**headers, "Connection": "close"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable("no_answer") from error
    finally:
        limit.cancel()
        connection.close()


def _checked_address(host: str, port: int, private_hosts: Collection[str]) -> Any:
    """Resolve a name; one address of it that leads inside is enough to refuse. Raises: Unreachable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("no_such_host") from error
    if host not in private_hosts and not all(is_public(str(entry[4][0])) for entry in found):
        raise Unreachable("forbidden_address")
    return found[0][4]


def _connect(host: str, address: Any, *, is_tls: bool) -> socket.socket:
    try:
        plain = socket.create_connection(address[:2], timeout=CONNECT_SECONDS)
    except OSError as error:
        raise Unreachable("no_connection") from error
    if not is_tls:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except OSError as error:
        plain.close()
        raise Unreachable("bad_certificate" if isinstance(error, ssl.SSLError) else "no_connection") from error


def _cut(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It has ended by itself.
        return
