"""An export as a stream of bytes: a thread lets PostgreSQL write lines into a small queue, the response drains it."""

import hashlib
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Final, Self

import psycopg2

from annotations.errors import NewsdeskError, Unavailable
from annotations.formats.native import end_line
from annotations.formats.native_lines import COUNTED
from annotations.queries.export_session import ExportSession

PIECE_BYTES: Final = 64 * 1024
PIECES_WAITING: Final = 16
IDLE_SECONDS: Final = 60.0
LONGEST_SECONDS: Final = 3600.0

# Every line starts with its type; nothing else in a line follows upon a line feed.
_STARTS: Final = {kind: f'\n{{"type":"{kind}"'.encode() for kind in COUNTED}
# What COPY's binary format puts before the first row, and before the text of a row's only column.
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0"
_HEADER_BYTES: Final = len(_SIGNATURE) + 8
_FRAME_BYTES: Final = 6


_Produce = Callable[[ExportSession, Callable[[bytes], None]], None]


class Abandoned(Exception):
    """Nobody reads any more, or it takes too long."""


def lines_of(row: bytes) -> bytes:
    """Take the lines out of one row of COPY; none out of the mark at its end."""
    before = _HEADER_BYTES if row.startswith(_SIGNATURE) else 0
    return row[before + _FRAME_BYTES :]


class LineSink:
    """What COPY writes its rows of lines into: counts and digests them and hands on pieces of some size."""

    def __init__(self, put: Callable[[bytes], None]) -> None:
        self._put = put
        self._digest = hashlib.sha256()
        self._counts: Counter[str] = Counter()
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, row: bytes) -> int:
        """Take one row of COPY: one line, or several."""
        if lines := lines_of(row):
            self.add(lines)
        return len(row)

    def add(self, lines: bytes) -> None:
        """Take one line or several; no line feed stands at the end."""
        self._waiting.append(lines)
        self._size += len(lines)
        if self._size >= PIECE_BYTES:
            self.flush()

    def flush(self) -> None:
        """Hand on what is waiting."""
        if self._waiting:
            # A piece begins with a line, so its first type follows upon a line feed too.
            piece = b"\n".join([b"", *self._waiting, b""])
            self._waiting, self._size = [], 0
            for kind, start in _STARTS.items():
                self._counts[kind] += piece.count(start)
            piece = piece[1:]
            self._digest.update(piece)
            self._put(piece)

    def finish(self) -> None:
        """Write the end line over everything before it."""
        self.flush()
        self._put(end_line(self._counts, self._digest.hexdigest()))


class ExportStream:
    """Iterates over the pieces of an export. Closing it early cancels the query and drops the connection."""

    def __init__(
        self, session: ExportSession, produce: Callable[[ExportSession, Callable[[bytes], None]], None]
    ) -> None:
        self._session, self._produce = session, produce
        self._pieces: queue.Queue[bytes | None] = queue.Queue(PIECES_WAITING)
        self._is_closed = threading.Event()
        self._deadline = time.monotonic() + LONGEST_SECONDS
        # Set last: whatever else ends the thread, the reader is told.
        self._is_whole = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="export", daemon=True)
        self._thread.start()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        while not self._is_closed.is_set():
            try:
                piece = self._pieces.get(timeout=1.0)
            except queue.Empty:
                if self._thread.is_alive():
                    continue
                piece = None
            if piece is not None:
                return piece
            self.close()
            if not self._is_whole:
                # The answer has begun: only breaking it off tells the reader that it is not whole.
                raise Unavailable("The export was broken off; repeat it.") from self._failure
        raise StopIteration

    def close(self) -> None:
        """End the export; does nothing when it has ended."""
        if self._is_closed.is_set():
            return
        self._is_closed.set()
        if self._thread.is_alive():
            self._session.cancel()
        while not self._pieces.empty():
            self._pieces.get_nowait()
        self._thread.join(timeout=5.0)

    def _run(self) -> None:
        try:
            self._produce(self._session, self._put)
            self._is_whole = True
        except (psycopg2.Error, NewsdeskError, Abandoned) as failure:
            self._failure = failure
        finally:
            self._session.close()
            self._last_word()

    def _put(self, piece: bytes) -> None:
        idle_until = time.monotonic() + IDLE_SECONDS
        while not self._is_closed.is_set():
            if time.monotonic() > min(idle_until, self._deadline):
                raise Abandoned
            try:
                self._pieces.put(piece, timeout=1.0)
            except queue.Full:
                continue
            return
        raise Abandoned

    def _last_word(self) -> None:
        # Full only when nobody reads; the reader then finds the thread ended.
        if not self._pieces.full():
            self._pieces.put_nowait(None)
