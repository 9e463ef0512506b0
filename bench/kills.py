"""Kill web processes and PostgreSQL while clients write, then compare what is there with what was acknowledged.

`python -m bench.kills --app 30 --database 30 --writers 8` uses a site of its own and always the embedded server.
With `--weakened` PostgreSQL answers before it has written: this control has to lose something, else the test is blind.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench.client import Client
from bench.material import text_of
from bench.site import BARE, BenchSite, await_ready, free_port
from bench.writing import Record, Writer

LENGTH = 20_000
_ARTICLES = 4
_PROGRESS_SECONDS = 120.0
_LONGEST_PAUSE_SECONDS = 0.4
# What must be read back as it was acknowledged. A link that is made later may change its end's `updated_at` no more.
_COMPARED = {
    "annotation": (
        "article",
        "kind",
        "segments",
        "exact",
        "attributes",
        "parties",
        "note",
        "state",
        "version",
        "author",
    ),
    "link": ("type", "source", "target", "attributes", "note", "state", "version", "author"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How many kills of which sort, under how many writers."""

    app: int
    database: int
    writers: int
    seed: int
    acknowledged: int = 0
    is_weakened: bool = False

    @property
    def kills(self) -> int:
        """Count all kills."""
        return self.app + self.database


@dataclass(slots=True)
class Outcome:
    """What came of it; the site has kept its word when `is_good`."""

    acknowledged: int = 0
    annotations: int = 0
    links: int = 0
    lost: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    passing: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    replayed: int = 0
    doctor: int = 0
    doctor_said: str = ""
    readiness: str = ""
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Tell whether nothing was lost, changed, doubled, refused or damaged."""
        return not (self.lost or self.differing or self.doubled or self.wrong or self.doctor)


class Supervisor:
    """Keeps `manage.py serve` running, as an operator's service manager does."""

    def __init__(self, site: BenchSite, port: int) -> None:
        """Start it."""
        self.port = port
        self.starts = 0
        self._site = site
        self._is_over = threading.Event()
        self.process = self._start()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """End the server and do not start it again."""
        self._is_over.set()
        self._watcher.join()
        self._site.stop(self.process)

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        return self._site.serve(self.port, "--no-demo")

    def _watch(self) -> None:
        while not self._is_over.wait(0.05):
            if self.process.poll() is not None:
                self.process = self._start()


class Killer:
    """Kills one process, or all of a server, at a random moment."""

    def __init__(self, site: BenchSite, supervisor: Supervisor, seed: int) -> None:
        """Draw from `seed`."""
        self.kills: Counter[str] = Counter()
        self._site, self._supervisor = site, supervisor
        self._rng = random.Random(seed)

    def order(self, plan: Plan) -> list[str]:
        """Mix the kills."""
        targets = ["app"] * plan.app + ["database"] * plan.database
        self._rng.shuffle(targets)
        return targets

    def pause(self) -> None:
        """Wait for a random moment."""
        time.sleep(self._rng.random() * _LONGEST_PAUSE_SECONDS)

    def kill(self, target: str) -> None:
        """Send SIGKILL."""
        if target == "app":
            self._kill_app()
        else:
            self._kill_database()

    def _kill_app(self) -> None:
        master = self._supervisor.process.pid
        workers = [pid for pid in self._site.web_processes() if pid != master]
        if workers and self._rng.random() < 0.7:
            self._end("web worker", [self._rng.choice(workers)])
        else:
            self._end("web master", [master])

    def _kill_database(self) -> None:
        postmaster, *children = self._site.database_processes()
        sort = self._rng.choice(["postmaster", "one of its processes", "whole server"])
        if sort == "postmaster" or not children:
            self._end("postmaster", [postmaster])
        elif sort == "whole server":
            self._end(sort, [postmaster, *children])
        else:
            self._end(sort, [self._rng.choice(children)])

    def _end(self, sort: str, pids: list[int]) -> None:
        self.kills[sort] += 1
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def run(plan: Plan) -> Outcome:
    """Do it all: start, write, kill, stop writing, read back, compare, let the doctor look."""
    started = time.monotonic()
    outcome = Outcome()
    with BenchSite(may_use_stock_database=False) as site:
        site.must_manage("migrate", "--verbosity", "0")
        made = _prepare(site)
        if plan.is_weakened:
            site.must_manage("bench_weaken", settings=BARE)
        supervisor = Supervisor(site, free_port())
        await_ready(supervisor.port, supervisor.process, _ready_path(plan))
        if plan.is_weakened:
            outcome.readiness = _readiness(supervisor.port)
        writers = _writers(plan, supervisor.port, made)
        killer = Killer(site, supervisor, plan.seed)
        try:
            _kill_while_writing(plan, killer, writers)
        except TimeoutError as failure:
            outcome.wrong.append(f"{failure}\n{site.last_log_lines()}")
        for writer in writers:
            writer.stop()
        for writer in writers:
            writer.join()
        outcome.kills = killer.kills
        await_ready(supervisor.port, supervisor.process, _ready_path(plan))
        _compare(writers, stored_records(supervisor.port, made), outcome)
        supervisor.stop()
        outcome.doctor, outcome.doctor_said = _doctor(site)
    outcome.seconds = time.monotonic() - started
    return outcome


def _ready_path(plan: Plan) -> str:
    """Name the page to wait for: a weakened site never becomes ready."""
    return "/livez" if plan.is_weakened else "/readyz"


def _readiness(port: int) -> str:
    with Client(port) as client:
        answer = client.get("/readyz")
    return f"{answer.status} {answer.body.decode().strip()}"


def _prepare(site: BenchSite) -> dict[str, Any]:
    sizes = ",".join(["0"] * _ARTICLES)
    answer = site.must_manage("bench_prepare", "--sizes", sizes, "--length", str(LENGTH), settings=BARE)
    made: dict[str, Any] = json.loads(answer.splitlines()[-1])
    return made


def _writers(plan: Plan, port: int, made: dict[str, Any]) -> list[Writer]:
    texts = [text_of(number, LENGTH) for number in range(_ARTICLES)]
    articles = list(zip(made["articles"], texts, strict=True))
    return [Writer(number, port, made["token"], articles[number % _ARTICLES]) for number in range(plan.writers)]


def _kill_while_writing(plan: Plan, killer: Killer, writers: Sequence[Writer]) -> None:
    """Kill only while writes are answered: each kill meets a site at work. Raises: TimeoutError."""
    for writer in writers:
        writer.start()
    for number, target in enumerate(killer.order(plan)):
        _await_progress(writers, number, plan.acknowledged * number // plan.kills)
        killer.pause()
        killer.kill(target)
    _await_progress(writers, plan.kills, plan.acknowledged)


def _await_progress(writers: Sequence[Writer], kills: int, acknowledged: int) -> None:
    """Wait until every second writer has had a further answer, and all together so many."""
    before = [writer.diary.acknowledged for writer in writers]
    deadline = time.monotonic() + _PROGRESS_SECONDS
    while time.monotonic() < deadline:
        now = [writer.diary.acknowledged for writer in writers]
        is_going_on = sum(after > then for after, then in zip(now, before, strict=True)) * 2 >= len(writers)
        if is_going_on and sum(now) >= acknowledged:
            return
        time.sleep(0.01)
    raise TimeoutError(f"no answers for {_PROGRESS_SECONDS:.0f} s after {kills} kills")


def stored_records(port: int, made: dict[str, Any]) -> dict[str, dict[str, Record]]:
    """Read everything back through the API."""
    with Client(port, Authorization=f"Bearer {made['token']}") as client:
        return {
            what: {record["id"]: record for record in _pages(client, f"/api/v1/{what}s/?project={made['project']}")}
            for what in _COMPARED
        }


def _pages(client: Client, address: str) -> Iterator[Record]:
    address += "&page_size=500"
    while address:
        answer = client.get(address)
        if answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status} {answer.body[:300]!r}")
        page = answer.json()
        yield from page["results"]
        following = urlsplit(page["next"] or "")
        address = f"{following.path}?{following.query}" if page["next"] else ""


def _compare(writers: Sequence[Writer], stored: dict[str, dict[str, Record]], outcome: Outcome) -> None:
    for what, fields in _COMPARED.items():
        acknowledged: dict[str, Record] = {}
        for writer in writers:
            acknowledged |= writer.diary.records[what]
        for pk, record in acknowledged.items():
            found = stored[what].get(pk)
            if found is None:
                outcome.lost.append(f"{what} {pk}")
            elif any(found[name] != record[name] for name in fields):
                outcome.differing.append(f"{what} {pk}: {record} is {found}")
        outcome.doubled += [f"{what} {pk}" for pk in stored[what].keys() - acknowledged.keys()]
    for writer in writers:
        outcome.acknowledged += writer.diary.acknowledged
        outcome.repeated += writer.diary.repeated
        outcome.replayed += writer.diary.replayed
        outcome.wrong += writer.diary.wrong
        outcome.passing += writer.diary.passing
    outcome.annotations, outcome.links = len(stored["annotation"]), len(stored["link"])


def _doctor(site: BenchSite) -> tuple[int, str]:
    answer = site.manage("doctor", "--audit")
    return answer.returncode, (answer.stdout + answer.stderr).strip()


def _tell(plan: Plan, outcome: Outcome) -> None:
    if plan.is_weakened:
        print(f"control with synchronous_commit=off; /readyz: {outcome.readiness}")
    print(f"seed {plan.seed}; {plan.writers} writers; {outcome.seconds:.0f} s")
    print("killed: " + ", ".join(f"{count} × {sort}" for sort, count in sorted(outcome.kills.items())))
    print(f"acknowledged writes: {outcome.acknowledged} (of them answered again from the store: {outcome.replayed})")
    print(f"stored: {outcome.annotations} annotations, {outcome.links} links")
    print(f"requests repeated: {outcome.repeated}, after {dict(outcome.passing)}")
    for name in ("lost", "differing", "doubled", "wrong"):
        found = getattr(outcome, name)
        print(f"{name}: {len(found)}")
        for item in found[:10]:
            print(f"    {item}")
    print(f"doctor --audit: exit {outcome.doctor}  {outcome.doctor_said[-500:] if outcome.doctor else ''}".rstrip())


def main(arguments: Sequence[str]) -> int:
    """Run from the command line; 1 when the site did not keep its word, or the weakened one did."""
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description=__doc__)
    parser.add_argument("--app", type=int, default=30, help="SIGKILLs of a web process")
    parser.add_argument("--database", type=int, default=30, help="SIGKILLs of PostgreSQL")
    parser.add_argument("--writers", type=int, default=8, help="clients that write all the time")
    parser.add_argument("--seed", type=int, default=None, help="repeat the draw of an earlier run")
    parser.add_argument("--acknowledged", type=int, default=0, help="go on until so many writes are acknowledged")
    parser.add_argument("--weakened", action="store_true", help="the control: synchronous_commit off, must lose")
    options = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    plan = Plan(options.app, options.database, options.writers, seed, options.acknowledged, options.weakened)
    outcome = run(plan)
    _tell(plan, outcome)
    return int(not outcome.lost if plan.is_weakened else not outcome.is_good)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
