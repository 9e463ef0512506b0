"""gzip for those who ask for it (RFC 9110, section 12.5.3); a stream stays a stream, and a cut one shows it."""

import re
import zlib
from collections.abc import Iterator
from typing import Final, Protocol, Self

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

# What is compressed already is sent as it is.
_PACKED: Final = frozenset({"application/zip", "application/octet-stream", "application/vnd.apache.parquet"})
_ACCEPTED: Final = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?P<weight>[0-9.]+)\s*)?(?=,|$)", re.IGNORECASE)
_LEVEL: Final = 1
# With a header and trailer of gzip: the trailer holds length and checksum, and is missing in a cut file.
_WINDOW_BITS: Final = 16 + zlib.MAX_WBITS


class Pieces(Protocol):
    """A stream of bytes that is closed when nobody reads on."""

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces."""

    def close(self) -> None:
        """Let go of what makes them."""


def wants_gzip(request: HttpRequest, media_type: str) -> bool:
    """Say whether an answer of this type is to be compressed."""
    if media_type.partition(";")[0] in _PACKED:
        return False
    found = _ACCEPTED.search(request.headers.get("Accept-Encoding", ""))
    return found is not None and (found["weight"] is None or float(found["weight"].strip(".") or 0) > 0)


def mark(response: HttpResponseBase, *, is_gzip: bool) -> None:
    """Say in the headers how the body is sent."""
    patch_vary_headers(response, ["Accept-Encoding"])
    if is_gzip:
        response["Content-Encoding"] = "gzip"


class GzipStream:
    """The pieces of a stream, compressed. The first goes out at once; without the last one the file is not whole."""

    def __init__(self, pieces: Pieces) -> None:
        """Compress these."""
        self._pieces = pieces
        self._compressed = self._compress()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        return next(self._compressed)

    def close(self) -> None:
        """Close the stream behind."""
        self._pieces.close()

    def _compress(self) -> Iterator[bytes]:
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS)
        is_first = True
        for piece in self._pieces:
            packed = packer.compress(piece)
            if is_first:
                packed += packer.flush(zlib.Z_SYNC_FLUSH)
                is_first = False
            if packed:
                yield packed
        yield packer.flush()
