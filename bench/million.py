"""A million annotations: memory while they come in and go out, and how long others wait meanwhile.

`python -m bench.million [--articles 33334] [--keep FILE]` writes a file of 30 annotations and 15 links an article (or
takes the one kept), imports it by `manage.py import_set`, and exports it over HTTP while another client asks for a
list, a page and a write, five times a second.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile

from bench.client import Client
from bench.figures import Figure, at_least, at_most, p95_ms, plain, table
from bench.ground import LENGTH
from bench.material import ArticlePlan, further_places, text_of, write_set
from bench.memory import Growth, rss
from bench.site import BARE, PRODUCT, ROOT, BenchSite, await_ready, free_port
from bench.transfer import ANNOTATIONS, read_export

AREA = "million"
_ARTICLES, _LENGTH = 33_334, 3_000
_QUIET_SECONDS = 30.0
_BETWEEN_SECONDS = 0.2
_SAMPLE_SECONDS = 0.05
# Nobody marks the same place twice.
_STARTS = count(0, 1_000)
_GOAL_IMPORT_MIB, _GOAL_EXPORT_MIB, _GOAL_OTHERS = 64, 16, 2


@dataclass(frozen=True, slots=True)
class Served:
    """Where to measure."""

    port: int
    token: str
    cookie: str
    slug: str
    article: str
    written: str
    transfer: str


class Others(threading.Thread):
    """Somebody who works on: lists, opens an article of 300 tags, writes, in turns; `seconds` holds each answer's.

    What is written goes into another article, so that the one that is opened stays as long as it was.
    """

    def __init__(self, served: Served) -> None:
        super().__init__(daemon=True)
        self._article, self._written = served.article, served.written
        self._page = f"/p/{served.slug}/articles/{served.article}/"
        self._api = Client(served.port, timeout_seconds=60, Authorization=f"Bearer {served.token}")
        self._browser = Client(served.port, timeout_seconds=60, Cookie=served.cookie)
        self._places = further_places(text_of(1, LENGTH), 5_000, next(_STARTS))
        self._is_over = threading.Event()
        self.seconds: list[float] = []

    def run(self) -> None:
        """Ask until it is over."""
        while not self._is_over.is_set():
            for ask in (self._list, self._open, self._write):
                started = time.perf_counter()
                status = ask()
                self.seconds.append(time.perf_counter() - started)
                if status >= 300:
                    raise RuntimeError(f"others were answered {status}")
                self._is_over.wait(_BETWEEN_SECONDS)

    def end(self) -> list[float]:
        """Stop, and give what it waited."""
        self._is_over.set()
        self.join()
        return self.seconds

    def _list(self) -> int:
        return self._api.get(f"/api/v1/annotations/?article={self._article}&page_size=50").status

    def _open(self) -> int:
        return self._browser.get(self._page).status

    def _write(self) -> int:
        place = next(self._places)
        body = {"article": self._written, "kind": place.kind, "segments": [[place.start, place.end]]}
        key = str(uuid.uuid4())
        return self._api.post("/api/v1/annotations/", body | {"exact": [place.exact]}, Idempotency_Key=key).status


def measure(articles: int, file: Path) -> list[Figure]:
    """Do it all."""
    with BenchSite() as site:
        served = _prepared(site)
        quiet = Others(served)
        quiet.start()
        time.sleep(_QUIET_SECONDS)
        before = p95_ms(quiet.end())
        figures = [plain(AREA, "others before it, p95", before, "ms")]
        others = Others(served)
        others.start()
        figures += _import(site, served, file, articles)
        figures += _waited("import", others, before)
        others = Others(served)
        others.start()
        figures += _export(site, served, articles)
        return [*figures, *_waited("export", others, before)]


def _prepared(site: BenchSite) -> Served:
    site.must_manage("migrate", "--verbosity", "0")
    line = site.must_manage("bench_prepare", "--sizes", "300,300", "--length", str(LENGTH), settings=BARE)
    made = json.loads(line.splitlines()[-1])
    port = free_port()
    await_ready(port, site.serve(port, "--no-demo"))
    with Client(port) as client:
        cookie = client.session(made["link"])
    read, written = made["articles"]
    return Served(port, made["token"], cookie, made["slug"], read, written, made["transfer"])


def _waited(what: str, others: Others, before: float) -> Iterator[Figure]:
    after = p95_ms(others.end())
    yield plain(AREA, f"others during the {what}, p95", after, "ms")
    yield at_most(AREA, f"others during the {what} against before", after / before, "×", _GOAL_OTHERS)


def _import(site: BenchSite, served: Served, file: Path, articles: int) -> Iterator[Figure]:
    """Let the command take the file; its memory is compared with what it holds for a file of one article."""
    with NamedTemporaryFile(suffix=".jsonl") as small:
        write_set(small, [ArticlePlan(999, _LENGTH, ANNOTATIONS)])
        small.flush()
        least, _seconds = _imported(site, Path(small.name), served.slug)
    most, seconds = _imported(site, file, "transfer")
    yield plain(AREA, f"import of {ANNOTATIONS * articles} annotations by the command", seconds, "s")
    yield at_least(AREA, "import, annotations", ANNOTATIONS * articles / seconds, "per s", 10_000)
    yield plain(AREA, "import of one article, the most that the command held", least, "MiB")
    yield at_most(AREA, "import, growth against that", most - least, "MiB", _GOAL_IMPORT_MIB)


def _imported(site: BenchSite, file: Path, slug: str) -> tuple[float, float]:
    """Import a file; give the most MiB that the command held, and its seconds."""
    command = [sys.executable, "manage.py", "import_set", str(file), "--project", slug, "--as", "bench"]
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": PRODUCT, "LOG_LEVEL": "ERROR"}
    started = time.perf_counter()
    with TemporaryFile("w+") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        most = 0.0
        while process.poll() is None:
            most = max(most, rss([process.pid]))
            time.sleep(_SAMPLE_SECONDS)
        seconds = time.perf_counter() - started
        said.seek(0)
        if process.returncode:
            raise RuntimeError(f"the import failed: {said.read(500)}")
    return most, seconds


def _export(site: BenchSite, served: Served, articles: int) -> Iterator[Figure]:
    with Growth(site.web_processes()) as growth:
        run = read_export(served.port, served.token, served.transfer)
    expected = ANNOTATIONS * articles
    if run.counts["annotation"] != expected or run.counts["link"] != expected // 2:
        raise RuntimeError(f"the export holds {run.counts}")
    yield plain(AREA, f"export, {run.size / 2**20:.0f} MiB", run.seconds, "s")
    yield plain(AREA, "export, lines", sum(run.counts.values()) / run.seconds, "per s")
    yield plain(AREA, "export, first byte", run.first_byte * 1000, "ms")
    yield at_most(AREA, "export, growth of the serving processes", growth.mebibytes, "MiB", _GOAL_EXPORT_MIB)


def main() -> int:
    """Measure and print; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.million", description=__doc__)
    parser.add_argument("--articles", type=int, default=_ARTICLES)
    parser.add_argument("--keep", type=Path, metavar="FILE", help="where the file is, or is to be kept")
    options = parser.parse_args()
    file = options.keep or Path("million.jsonl")
    if not file.exists():
        with file.open("wb") as written:
            write_set(written, (ArticlePlan(1000 + n, _LENGTH, ANNOTATIONS) for n in range(options.articles)))
    figures = measure(options.articles, file.resolve())
    if options.keep is None:
        file.unlink()
    print(table(figures))
    return int(any(figure.is_met is False for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
