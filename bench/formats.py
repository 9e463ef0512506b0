"""Export of every other format over HTTP, beside PostgreSQL's own COPY of the same records as JSON."""

import http.client
import time
from contextlib import closing

from annotations.formats import CODECS, DEFAULT_FORMAT
from bench.figures import Figure, at_least, at_most, plain
from bench.ground import Ground
from bench.memory import Growth
from bench.transfer import connect, copy_lines

_ROUNDS = 2
_PIECE_BYTES = 256 * 1024
# A goal of the contract, but for formats whose own library builds an object for every record.
_LIBRARY_BOUND = frozenset({"casjson", "casxmi", "spacy"})


def measure(ground: Ground) -> list[Figure]:
    """Read the imported project in every format, taking turns with COPY."""
    figures = []
    with closing(connect(ground)) as database:
        for name in sorted(CODECS):
            if name == DEFAULT_FORMAT:
                continue
            # The first export in a process loads what its format needs.
            _export(ground, name)
            with Growth(ground.site.web_processes()) as growth:
                runs, copies = [], []
                for _ in range(_ROUNDS):
                    copies.append(copy_lines(database, ground.transfer))
                    runs.append(_export(ground, name))
            seconds, first_byte, size = min(runs)
            best_copy = min(copies, key=lambda run: run.seconds)
            ratio = best_copy.seconds / seconds
            what = f"{name} against COPY"
            figures += [
                plain("formats", what, ratio, "×")
                if name in _LIBRARY_BOUND
                else at_least("formats", what, ratio, "×", 0.25),
                plain("formats", f"{name}, {size / 2**20:.1f} MiB", best_copy.rows / seconds, "rows per s"),
                at_most("formats", f"{name}, first byte", first_byte * 1000, "ms", 50),
                plain("formats", f"{name}, growth of the serving processes", growth.mebibytes, "MiB"),
            ]
    return figures


def _export(ground: Ground, name: str) -> tuple[float, float, int]:
    """Answer seconds, seconds to the first bytes of the body, and bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", ground.port, timeout=120)
    with closing(connection):
        started = time.perf_counter()
        path = f"/api/v1/projects/{ground.transfer}/export/?state=all&format={name}"
        connection.request("GET", path, headers={"Authorization": f"Bearer {ground.token}"})
        response = connection.getresponse()
        size = len(response.read1(_PIECE_BYTES))
        first_byte = time.perf_counter() - started
        if response.status != 200:
            raise RuntimeError(f"the export of {name} answered {response.status}")
        while piece := response.read1(_PIECE_BYTES):
            size += len(piece)
    return time.perf_counter() - started, first_byte, size
