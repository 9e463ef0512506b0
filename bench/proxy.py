"""A bad network in between: delays every connection, resets 15 % of them, and no intent may get lost or doubled.

`python -m bench.proxy [--intents 320] [--writers 8]` uses a site of its own. A reset comes before the request is
passed on, in the middle of it, or when the answer is on its way, so that the sender cannot know what happened.
"""

import argparse
import json
import random
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from bench.kills import stored_records
from bench.material import Place, further_places, text_of
from bench.site import BARE, BenchSite, await_ready, free_port
from bench.writing import GaveUp, Writer

_LENGTH = 20_000
_SHARE = 0.15
_LONGEST_DELAY_SECONDS = 0.1
_PIECE_BYTES = 65_536
_RESET = struct.pack("ii", 1, 0)


class Proxy(threading.Thread):
    """Passes connections on, each after a while, and resets some of them at a bad moment."""

    def __init__(self, target: int, seed: int) -> None:
        """Listen on a port of its own."""
        super().__init__(daemon=True)
        self.resets: Counter[str] = Counter()
        self.connections = 0
        self._target, self._rng = target, random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = int(self._listener.getsockname()[1])

    def run(self) -> None:
        """Serve until the process ends."""
        while True:
            client, _address = self._listener.accept()
            self.connections += 1
            moment = self._rng.choice(["before", "request", "answer"]) if self._rng.random() < _SHARE else ""
            delay = self._rng.random() * _LONGEST_DELAY_SECONDS
            threading.Thread(target=self._pass_on, args=(client, moment, delay), daemon=True).start()

    def _pass_on(self, client: socket.socket, moment: str, delay: float) -> None:
        time.sleep(delay)
        self.resets[moment] += bool(moment)
        with client:
            if moment == "before":
                _reset(client)
                return
            with socket.create_connection(("127.0.0.1", self._target)) as server:
                self._exchange(client, server, moment)

    def _exchange(self, client: socket.socket, server: socket.socket, moment: str) -> None:
        try:
            request = client.recv(_PIECE_BYTES)
            if moment == "request":
                server.sendall(request[: len(request) // 2])
                _reset(server)
                _reset(client)
                return
            server.sendall(request)
            while piece := server.recv(_PIECE_BYTES):
                if moment == "answer":
                    _reset(client)
                    return
                client.sendall(piece)
        except OSError:
            return


def _reset(end: socket.socket) -> None:
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    end.close()


class Tagger(Writer):
    """Makes so many annotations, each over a connection of its own, and never gives up."""

    def __init__(self, number: int, port: int, token: str, article: tuple[str, str], places: Sequence[Place]) -> None:
        """Mark these places."""
        super().__init__(number, port, token, article, Connection="close")
        self._places = places

    def run(self) -> None:
        """Mark one after the other."""
        try:
            for place in self._places:
                self._annotate(place)
        except GaveUp as failure:
            self.diary.wrong.append(str(failure))


def run(intents: int, writers: int, seed: int) -> Iterator[str]:
    """Do it all; yield a line for each thing found, the last says whether all is well."""
    with BenchSite() as site:
        site.must_manage("migrate", "--verbosity", "0")
        made = json.loads(
            site.must_manage("bench_prepare", "--sizes", "0", "--length", str(_LENGTH), settings=BARE).splitlines()[-1]
        )
        port = free_port()
        await_ready(port, site.serve(port, "--no-demo"))
        proxy = Proxy(port, seed)
        proxy.start()
        text = text_of(0, _LENGTH)
        places = list(further_places(text, intents))
        article = (made["articles"][0], text)
        crew = [Tagger(n, proxy.port, made["token"], article, places[n::writers]) for n in range(writers)]
        for tagger in crew:
            tagger.start()
        for tagger in crew:
            tagger.join()
        stored = stored_records(port, made)["annotation"]
        doctor = site.manage("doctor", "--audit").returncode
    acknowledged = {pk for tagger in crew for pk in tagger.diary.records["annotation"]}
    wrong = [line for tagger in crew for line in tagger.diary.wrong]
    spans = {str(record["segments"]) for record in stored.values()}
    yield f"seed {seed}; {proxy.connections} connections, reset: {dict(proxy.resets)}"
    yield f"answered again from the store: {sum(tagger.diary.replayed for tagger in crew)}"
    yield f"intents {intents}, acknowledged {len(acknowledged)}, stored {len(stored)}, different places {len(spans)}"
    yield from (f"wrong: {line}" for line in wrong[:10])
    good = len(acknowledged) == len(stored) == len(spans) == intents and not wrong and not doctor
    yield f"doctor --audit: exit {doctor}; {'all is well' if good else 'NOT WELL'}"


def main(arguments: Sequence[str]) -> int:
    """Run from the command line; 1 when an intent was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m bench.proxy", description=__doc__)
    parser.add_argument("--intents", type=int, default=320)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    lines = list(run(options.intents, options.writers, options.seed))
    print("\n".join(lines))
    return int("NOT WELL" in lines[-1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
