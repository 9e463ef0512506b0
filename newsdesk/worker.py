"""A worker of gunicorn's threads that overload and slow senders cannot take: the excess is told to come back."""

import errno
import selectors
import socket
import time
from functools import partial
from typing import Any, Final

from django.conf import settings
from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

RETRY_AFTER_SECONDS: Final = 2
# A long body may take longer than WEB_ARRIVAL_SECONDS when it comes at this rate at least.
LOWEST_BYTES_PER_SECOND: Final = 8_192
_ALWAYS_ANSWERED: Final = ("/livez", "/readyz", "/metrics")
_PROBLEM: Final = (
    b'{"type":"about:blank","title":"Too busy","status":503,'
    b'"detail":"newsdesk is too busy right now. Nothing was changed. Send the same again in a moment.",'
    b'"code":"unavailable","errors":[]}'
)
_PAGE: Final = (
    b'<!doctype html><html lang="en"><meta charset="utf-8"><title>Too busy</title>'
    b'<p class="alert bad" role="alert">newsdesk is too busy right now. Nothing was changed. '
    b"Please try again in a moment.</p></html>"
)


class TimedSocket(socket.socket):
    """A client's socket whose request has to arrive in time."""

    _deadline = 0.0

    def expect_request(self) -> None:
        """Give the sender WEB_ARRIVAL_SECONDS from now, and more with each byte that comes."""
        self._deadline = time.monotonic() + settings.WEB_ARRIVAL_SECONDS

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Receive. Raises: ConnectionResetError when the time is over."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise ConnectionResetError(errno.ECONNRESET, "the request did not arrive in time")
        self.settimeout(left)
        try:
            found = super().recv(bufsize, flags)
        except TimeoutError as late:
            raise ConnectionResetError(errno.ECONNRESET, "the request did not arrive in time") from late
        finally:
            self.setblocking(True)
        self._deadline += len(found) / LOWEST_BYTES_PER_SECOND
        return found


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Answer 503 with Retry-After to requests that waited too long for a thread."""

    def enqueue_req(self, conn: Any) -> None:
        """Note when the waiting begins; a new connection that is silent gets no thread until it speaks."""
        conn.waits_since = time.monotonic()
        if isinstance(conn.sock, TimedSocket):
            super().enqueue_req(conn)
            return
        conn.sock = TimedSocket(fileno=conn.sock.detach())
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def handle(self, conn: Any) -> Any:
        """Note how long it lasted and start the clock of the request's arrival."""
        conn.waited_seconds = time.monotonic() - conn.waits_since
        conn.sock.expect_request()
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer, or send away who waited too long: the answer costs nothing, so a queue melts quickly."""
        if conn.waited_seconds <= settings.WEB_QUEUE_SECONDS or req.path in _ALWAYS_ANSWERED:
            return super().handle_request(req, conn)
        util.write(conn.sock, _busy(is_api=req.path.startswith("/api/")))
        return False


def _busy(*, is_api: bool) -> bytes:
    kind, body = ("application/problem+json", _PROBLEM) if is_api else ("text/html; charset=utf-8", _PAGE)
    head = (
        f"HTTP/1.1 503 Service Unavailable\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        f"Retry-After: {RETRY_AFTER_SECONDS}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
