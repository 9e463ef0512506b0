"""What an export could not carry: declared by each format, collected while it is written, never silent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Final
from weakref import finalize

import orjson

from annotations.formats.document import ArticleDocument, Gone, Registry

_IDS_AT_ONCE: Final = 1_000
_BYTES_IN_MEMORY: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing a format cannot carry: a stable code and a sentence for people."""

    what: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Lost:
    """What was lost of one sort, and the ids of the records it was lost from."""

    what: str
    sentence: str
    ids: tuple[str, ...]


LINK_END_MISSING: Final = Loss("link_end_missing", "An end of the link is not in this export.")
LINK_END_CHANGED: Final = Loss(
    "link_end_changed", "An end was approved anew with other content than the link's approval saw."
)
GONE: Final = Loss("gone", "Records that left the chosen set are not named in this format.")
FRAME: Final = Loss("frame", "Ids, states, versions, authors, origins and times of annotations and links stay behind.")
DECISIONS: Final = Loss("decisions", "Decisions stay behind.")
REGISTRY: Final = Loss("registry", "Outlets, incidents and parties with what is known of them stay behind.")
METADATA: Final = Loss("metadata", "What is known of an article beside its text and title stays behind.")
CROSS_ARTICLE: Final = Loss("cross_article", "Links between two articles cannot be written.")
PARTIES: Final = Loss("parties", "Which parties a mention names cannot be read back.")
NO_ATTRIBUTES: Final = Loss("attributes", "Attributes stay behind.")
NO_NOTES: Final = Loss("notes", "Notes stay behind.")
ATTRIBUTES: Final = Loss("attributes", "Attributes that are no choice (paraphrase, quantity, place, date) stay behind.")
NOTES: Final = Loss("notes", "Line breaks and blanks at the ends of a note are lost.")
SEGMENTS: Final = Loss("segments", "Line breaks at the edges of segments, or alone between two, are lost.")
APART: Final = Loss("segments_apart", "The segments of one annotation are written as spans of their own.")
LINKS: Final = Loss("links", "Links cannot be written.")


class LossList:
    """Collects ids by loss; what does not fit into a little memory waits on disk."""

    def __init__(self) -> None:
        self._ids: dict[Loss, _Ids] = {}

    def add(self, loss: Loss, record: str) -> None:
        """Note that something of one record is lost; call it once for each record and loss."""
        ids = self._ids.get(loss)
        if ids is None:
            ids = self._ids[loss] = _Ids()
        ids.add(record)

    def add_all(self, loss: Loss, records: Iterable[str]) -> None:
        """Note the same loss for several records."""
        for record in records:
            self.add(loss, record)

    def add_gone(self, records: Iterable[Gone]) -> None:
        """Note the records that a format cannot name as gone."""
        self.add_all(GONE, (record.id for record in records))

    def add_registry(self, registry: Registry) -> None:
        """Note that no registry record is written."""
        for records in (registry.outlets, registry.incidents, registry.parties):
            self.add_all(REGISTRY, (record.id for record in records))

    def add_frames(self, document: ArticleDocument) -> None:
        """Note that of an article, its records and the decisions on them only the content is written."""
        self.add(METADATA, document.article.id)
        self.add_all(FRAME, (annotation.id for annotation in document.annotations))
        self.add_all(FRAME, (link.id for link in document.links))
        self.add_all(DECISIONS, (decision.id for decision in document.decisions))

    def report(self) -> tuple[Lost, ...]:
        """List what was lost so far."""
        return tuple(Lost(loss.what, loss.sentence, tuple(ids)) for loss, ids in self._ids.items())

    def as_json(self, format_: str) -> Iterator[bytes]:
        """Write the report as one JSON object, in pieces."""
        yield b'{"format":' + orjson.dumps(format_) + b',"losses":['
        for position, (loss, ids) in enumerate(self._ids.items()):
            head = orjson.dumps({"what": loss.what, "detail": loss.sentence, "count": ids.count})
            yield (b",\n" if position else b"\n") + head[:-1] + b',"ids":['
            yield from ids.pieces()
            yield b"]}"
        yield b"\n]}\n"


class _Ids:
    """A growing list of ids, kept as JSON."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: list[str] = []
        self._file = SpooledTemporaryFile(_BYTES_IN_MEMORY)  # noqa: SIM115 - closed with the list
        finalize(self, self._file.close)

    def __iter__(self) -> Iterator[str]:
        ids: list[str] = orjson.loads(b"[" + b"".join(self.pieces()) + b"]")
        return iter(ids)

    def add(self, record: str) -> None:
        self.count += 1
        self._waiting.append(record)
        if len(self._waiting) == _IDS_AT_ONCE:
            self._store()

    def pieces(self) -> Iterator[bytes]:
        """Give all ids as the inside of a JSON list."""
        self._store()
        self._file.seek(0)
        while piece := self._file.read(_BYTES_IN_MEMORY):
            yield piece
        self._file.seek(0, 2)

    def _store(self) -> None:
        if self._waiting:
            comma = b"," if self._file.tell() else b""
            self._file.write(comma + orjson.dumps(self._waiting)[1:-1])
            self._waiting = []
