"""Tells whether releases are what was released: their files against the manifest, the manifest against the log."""

import hashlib
import zlib
from collections.abc import Iterator
from typing import Any, Final

import orjson
from django.utils.translation import gettext_lazy as _

from annotations.formats.release import RECORDS_NAME
from annotations.queries.doctor_snapshot import Check, Finding, Snapshot, finding

_RELEASES: Final = "SELECT id, project_id, manifest::text, texts::text FROM release ORDER BY id"
_PARTS: Final = "SELECT release_id, content FROM release_part ORDER BY release_id, number"
_GZIP: Final = 16 + zlib.MAX_WBITS
_PARTS_AT_ONCE: Final = 4
_PIECE_BYTES: Final = 1024 * 1024
# The last event of each release tells the digest of its records.
_LOG: Final = Check(
    "release_not_logged",
    "release",
    _("The log does not tell of these records."),
    """SELECT l.id, l.project_id FROM release l LEFT JOIN LATERAL (
        SELECT p.content FROM event e JOIN event_payload p ON p.event_id = e.id
        WHERE e.subject = l.id AND e.verb IN ('release.made', 'release.redacted') ORDER BY e.number DESC LIMIT 1
    ) AS told ON TRUE
    WHERE told.content IS NULL
        OR strpos(told.content, '"sha256":"' || (l.manifest #>> '{files,0,sha256}') || '"') = 0""",
)


def check_releases(snapshot: Snapshot) -> Iterator[Finding]:
    """Compute the digest of every file of every release again."""
    yield from snapshot.run([_LOG])
    parts = snapshot.stream(_PARTS, rows_at_once=_PARTS_AT_ONCE)
    part = next(parts, None)
    for release, project, manifest, texts in snapshot.stream(_RELEASES, rows_at_once=_PARTS_AT_ONCE):
        files = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in orjson.loads(texts).items()}
        records = _Records()
        while part is not None and part[0] <= release:
            if part[0] == release:
                records.take(part[1])
            part = next(parts, None)
        files[RECORDS_NAME] = records.sha256()
        told = {entry["name"]: entry["sha256"] for entry in orjson.loads(manifest)["files"]}
        for name in sorted(files.keys() | told.keys()):
            if files.get(name) != told.get(name):
                detail = str(_("{name} is not the file that the manifest tells of.")).format(name=name)
                yield finding("release_changed", "release", release, project, detail)


class _Records:
    """Digests compressed parts as they come; anything that is no gzip has no digest."""

    def __init__(self) -> None:
        self._unpack, self._digest = zlib.decompressobj(_GZIP), hashlib.sha256()
        self._is_broken = False

    def take(self, content: Any) -> None:
        try:
            piece = self._unpack.decompress(bytes(content), _PIECE_BYTES)
            while piece:
                self._digest.update(piece)
                piece = self._unpack.decompress(self._unpack.unconsumed_tail, _PIECE_BYTES)
        except zlib.error:
            self._is_broken = True

    def sha256(self) -> str:
        is_whole = self._unpack.eof and not self._unpack.unused_data and not self._is_broken
        return self._digest.hexdigest() if is_whole else ""
