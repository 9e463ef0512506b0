"""Memory of processes, read from /proc. Sizes are MiB."""

import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

_BETWEEN_SAMPLES_SECONDS = 0.01


def rss(pids: Iterable[int]) -> float:
    """Add up what the processes hold in memory; shared pages count for each."""
    return sum(_kibibytes(Path(f"/proc/{pid}/status"), "VmRSS:") for pid in pids) / 1024


def pss(pids: Iterable[int]) -> float:
    """Add up what the processes hold, each shared page once."""
    return sum(_kibibytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") for pid in pids) / 1024


class Growth:
    """Watches processes during a `with` block; `mebibytes` is the most they grew together."""

    def __init__(self, pids: Iterable[int]) -> None:
        """Watch these."""
        self._pids = list(pids)
        self._is_over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._before = self._most = 0.0

    def __enter__(self) -> Self:
        self._before = self._most = rss(self._pids)
        self._watcher.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        self._watcher.join()
        self._most = max(self._most, rss(self._pids))

    @property
    def mebibytes(self) -> float:
        """How much more they held at the most."""
        return self._most - self._before

    def _watch(self) -> None:
        while not self._is_over.is_set():
            self._most = max(self._most, rss(self._pids))
            time.sleep(_BETWEEN_SAMPLES_SECONDS)


def _kibibytes(file: Path, name: str) -> int:
    try:
        lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(name))
