"""A small HTTP client that keeps its connection: one packet out, no library's own cost in the figures."""

import json
import socket
from dataclasses import dataclass
from typing import Any, Self

_PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Read the body."""
        return json.loads(self.body)


class Client:
    """One connection to one server on this machine. Not for sharing between threads."""

    def __init__(self, port: int, *, timeout_seconds: float = 60.0, **headers: str) -> None:
        """Send `headers` (underscores stand for hyphens) with every request."""
        self._port, self._timeout = port, timeout_seconds
        fixed = {"Host": f"127.0.0.1:{port}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in fixed.items())
        self._socket: socket.socket | None = None
        self._left = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self.send("GET", path)

    def session(self, link: str) -> str:
        """Follow a sign-in link; give the cookie that it sets."""
        return self.get(link).headers["set-cookie"].partition(";")[0]

    def post(self, path: str, content: object, **headers: str) -> Answer:
        """Make something."""
        return self.send_json("POST", path, content, **headers)

    def send_json(self, method: str, path: str, content: object, **headers: str) -> Answer:
        """Send JSON."""
        return self.send(method, path, json.dumps(content).encode(), Content_Type="application/json", **headers)

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send one request and read the whole answer. Raises: OSError when it does not come."""
        extra = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        length = f"Content-Length: {len(body)}\r\n" if method not in {"GET", "HEAD"} else ""
        request = f"{method} {path} HTTP/1.1\r\n{self._head}{extra}{length}\r\n".encode("latin-1") + body
        try:
            self._opened().sendall(request)
            answer = self._read_answer(is_head=method == "HEAD")
        except BaseException:
            self.close()
            raise
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def close(self) -> None:
        """Let go of the connection; the next request opens another."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._left = None, b""

    def _opened(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), self._timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _read_answer(self, *, is_head: bool) -> Answer:
        head, _, self._left = self._read_until(b"\r\n\r\n").partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        status = int(first.split(" ", 2)[1])
        if is_head or status == 204:
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return Answer(status, headers, self._read_chunks())
        return Answer(status, headers, self._read(int(headers.get("content-length", "0"))))

    def _read_chunks(self) -> bytes:
        found: list[bytes] = []
        while True:
            head, _, self._left = self._read_until(b"\r\n").partition(b"\r\n")
            size = int(head, 16)
            chunk = self._read(size + 2)
            if size == 0:
                return b"".join(found)
            found.append(chunk[:-2])

    def _read_until(self, mark: bytes) -> bytes:
        while mark not in self._left:
            self._left += self._receive()
        return self._left

    def _read(self, size: int) -> bytes:
        pieces, have = [self._left], len(self._left)
        while have < size:
            piece = self._receive()
            pieces.append(piece)
            have += len(piece)
        found = b"".join(pieces)
        self._left = found[size:]
        return found[:size]

    def _receive(self) -> bytes:
        piece = self._opened().recv(_PIECE_BYTES)
        if not piece:
            raise ConnectionResetError("the server closed the connection before its answer was whole")
        return piece
