"""Writers that never give up: each sends a request under one key, again and again, until it is answered.

What they were answered is all that the kill test may hold the site to.
"""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.client import Answer, Client
from bench.material import Place, place_of_words, words_of

# Kind and number of words; a writer marks them in this order.
_KINDS = (("party", 2), ("quote", 8), ("claim", 6), ("counterclaim", 5))
_PASSING = frozenset({429, 503})
_PATIENCE_SECONDS = 60.0
_TIMEOUT_SECONDS = 20.0
_BETWEEN_SECONDS = 0.01
_PATHS = {"annotation": "/api/v1/annotations/", "link": "/api/v1/links/"}

Record = Mapping[str, Any]


class GaveUp(Exception):
    """The site did not answer for a long time."""


@dataclass(slots=True)
class Diary:
    """What one writer was answered."""

    # The last acknowledged state of each record, by kind of record and id.
    records: dict[str, dict[str, Record]] = field(default_factory=lambda: {"annotation": {}, "link": {}})
    acknowledged: int = 0
    repeated: int = 0
    replayed: int = 0
    # Answers that no client should see: a 500, or a refusal of a request that is right.
    wrong: list[str] = field(default_factory=list)
    # Failures that passed, by what they were.
    passing: Counter[str] = field(default_factory=Counter)


class Writer(threading.Thread):
    """Makes annotations and links and changes notes until it is told to stop."""

    def __init__(self, number: int, port: int, token: str, article: tuple[str, str], **headers: str) -> None:
        """Write into one article, given as id and text; send `headers` too."""
        super().__init__(name=f"writer-{number}", daemon=True)
        self.diary = Diary()
        self._number, self._article = number, article
        self._client = Client(port, timeout_seconds=_TIMEOUT_SECONDS, Authorization=f"Bearer {token}", **headers)
        self._rng = random.Random(number)
        self._is_over = threading.Event()

    def stop(self) -> None:
        """Finish the request that is under way, then end."""
        self._is_over.set()

    def run(self) -> None:
        """Write in rounds."""
        try:
            for places in self._rounds():
                self._write_round(places)
                if self._is_over.is_set():
                    break
        except GaveUp as failure:
            self.diary.wrong.append(str(failure))
        finally:
            self._client.close()

    def _rounds(self) -> Iterator[list[Place]]:
        """Give the places of one round after the other; writers of one article take turns with the words."""
        _pk, text = self._article
        words = words_of(text)
        for first in range(self._number, (len(words) - 20) * 20, 16):
            turn, start = divmod(first, len(words) - 40)
            yield [place_of_words(text, words, kind, range(start, start + size + turn)) for kind, size in _KINDS]

    def _write_round(self, places: list[Place]) -> None:
        party, quote, claim, counterclaim = [self._annotate(place) for place in places]
        self._link("speaker", quote, party)
        self._link("claimant", claim, party)
        self._link("disputes", counterclaim, claim, mode="rebuts")
        changed = self._rng.choice([party, quote, claim])
        self._change_note(changed)
        self._change_note(changed)

    def _annotate(self, place: Place) -> str:
        body = {
            "article": self._article[0],
            "kind": place.kind,
            "segments": [[place.start, place.end]],
            "exact": [place.exact],
        }
        return self._send("annotation", "POST", _PATHS["annotation"], body)

    def _link(self, link_type: str, source: str, target: str, **attributes: str) -> None:
        if source and target:
            body = {"type": link_type, "source": source, "target": target, "attributes": attributes}
            self._send("link", "POST", _PATHS["link"], body)

    def _change_note(self, pk: str) -> None:
        if pk:
            version = self.diary.records["annotation"][pk]["version"]
            note = f"writer {self._number}, {self._rng.random()}"
            self._send("annotation", "PATCH", f"{_PATHS['annotation']}{pk}/", {"note": note}, If_Match=f'"{version}"')

    def _send(self, what: str, method: str, path: str, body: object, **headers: str) -> str:
        """Send until answered; note the answer and give the record's id, "" when it was refused."""
        time.sleep(_BETWEEN_SECONDS)
        answer = self._until_answered(method, path, body, {**headers, "Idempotency_Key": str(uuid.uuid4())})
        if answer.status not in {200, 201}:
            self.diary.wrong.append(f"{method} {path}: {answer.status} {answer.body[:300]!r}")
            return ""
        record: Record = answer.json()
        self.diary.records[what][record["id"]] = record
        self.diary.acknowledged += 1
        self.diary.replayed += "idempotent-replay" in answer.headers
        return str(record["id"])

    def _until_answered(self, method: str, path: str, body: object, headers: dict[str, str]) -> Answer:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = self._client.send_json(method, path, body, **headers)
            except (OSError, ValueError) as failure:
                self.diary.passing[type(failure).__name__] += 1
            else:
                if not _is_passing(answer):
                    return answer
                self._note_passing(answer)
            self.diary.repeated += 1
            time.sleep(0.05 + self._rng.random() * 0.1)
        raise GaveUp(f"writer {self._number}: no answer to {method} {path} for {_PATIENCE_SECONDS:.0f} s")

    def _note_passing(self, answer: Answer) -> None:
        self.diary.passing[str(answer.status)] += 1
        if answer.status >= 500 and answer.status != 503:
            self.diary.wrong.append(f"{answer.status} {answer.body[:300]!r}")
        elif answer.status in _PASSING and "retry-after" not in answer.headers:
            self.diary.wrong.append(f"{answer.status} without Retry-After")


def _is_passing(answer: Answer) -> bool:
    """Tell whether the contract says to send the same again."""
    if answer.status == 409:
        return bool(answer.json().get("code") == "in_progress")
    return answer.status in _PASSING or answer.status >= 500
