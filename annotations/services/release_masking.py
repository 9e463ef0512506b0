"""Masks in releases what a redaction masks in the records; each such release says so and has new digests."""

import hashlib
import tempfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from typing import IO, Any, Final
from uuid import UUID

import orjson

from annotations.anchoring.anchor import Segment
from annotations.anchoring.intake import text_digest
from annotations.anchoring.masking import find_words, inside, mask
from annotations.formats.native import end_line
from annotations.formats.release import RECORDS_NAME, REDACTIONS_NAME, Tally, files_of
from annotations.models import Article, PartyAlias, Redaction, Release, ReleasePart
from annotations.queries.redaction_sources import Found
from annotations.queries.releases import release_lines
from annotations.services.events import Happening

PART_BYTES: Final = 1024 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS
_IN_MEMORY: Final = 8 * 1024 * 1024
# What of a release is no record: its texts are masked with what they were taken from.
_AROUND: Final = frozenset({"project", "guideline", "release"})


def packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Compress the records of a release into its parts, one gzip stream over all."""
    pack = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(pack.compress(piece))
        size += len(waiting[-1])
        if size >= PART_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join([*waiting, pack.flush()])


class ReleaseMasking:
    """What one redaction changes in the releases of a project: the passage, and the words where two people chose."""

    def __init__(self, article: Article, segments: Sequence[Segment], words: list[str], chosen: Sequence[Found]):
        """Take the article with its old text, its places, and what was chosen elsewhere."""
        self._article, self._text = str(article.id), article.text
        self._old_digest = text_digest(article.text)
        self._project_id, self._segments, self._words = article.project_id, segments, words
        self._chosen = _records_of(chosen)

    def store(self, redaction: Redaction) -> list[Happening]:
        """Rewrite every release in which something changes, inside the redaction's transaction."""
        found = []
        for release in Release.objects.filter(project_id=self._project_id).order_by("number"):
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
                tally, is_changed = self._rewrite(release, file)
                is_around = any(what in _AROUND for what, _pk in self._chosen)
                if is_changed or is_around:
                    self._replace(release, tally, file, redaction)
                    payload = {"number": release.number, "sha256": tally.sha256}
                    found.append(Happening("release.redacted", release.id, "release", None, payload))
        return found

    # --- records --------------------------------------------------------------------------------------

    def _rewrite(self, release: Release, file: IO[bytes]) -> tuple[Tally, bool]:
        """Write the masked lines, and the end line that fits them; say whether any differs."""
        tally, digest = Tally(), hashlib.sha256()
        is_changed = False
        for line in release_lines(release):
            values = orjson.loads(line)
            if values["type"] == "end":
                raw = end_line(values["counts"], digest.hexdigest())
            else:
                masked = self.line(values)
                is_changed = is_changed or masked != values
                raw = (line if masked == values else orjson.dumps(masked)) + b"\n"
            digest.update(raw)
            tally.take(raw)
            file.write(raw)
        return tally, is_changed

    def line(self, values: dict[str, Any]) -> dict[str, Any]:
        """Mask one line: the passage by its place, the words where both people chose this record."""
        type_, identifier = values["type"], values.get("id", "")
        found = dict(values)
        if type_ == "article" and identifier == self._article and values["sha256"] == self._old_digest:
            masked = mask(self._text, self._segments)
            # Also where texts are left out: the digest of the old one would confirm a guess.
            found["sha256"] = text_digest(masked)
            if "text" in values:
                found["text"] = masked
        if type_ == "annotation" and values["article"] == self._article and "exact" in values:
            places = zip(values["segments"], values["exact"], strict=True)
            found["exact"] = [mask(words, inside(Segment(*place), self._segments)) for place, words in places]
        chosen = ("project", values["project"]["id"]) if type_ == "newsdesk" else (type_, identifier)
        if chosen in self._chosen:
            kept = {name: found[name] for name in ("text", "exact", "sha256") if name in found}
            found = {name: self._masked(held) for name, held in found.items()} | kept
        return found

    def _masked(self, value: Any) -> Any:
        if isinstance(value, str):
            return mask(value, find_words(value, self._words))
        if isinstance(value, list):
            return [self._masked(held) for held in value]
        if isinstance(value, dict):
            return {name: self._masked(held) for name, held in value.items()}
        return value

    # --- the release ----------------------------------------------------------------------------------

    def _replace(self, release: Release, tally: Tally, file: IO[bytes], redaction: Redaction) -> None:
        manifest, texts = dict(release.manifest), dict(release.texts)
        if any(what in _AROUND for what, _pk in self._chosen):
            manifest, texts = self._masked(manifest), self._masked(texts)
        notices = [*manifest.get("redactions", []), {"article": self._article, "at": redaction.at.isoformat()}]
        texts[REDACTIONS_NAME] = _notice(notices)
        counts = {"counts": tally.counts, "redactions": notices}
        release.manifest = manifest | counts | {"files": files_of((tally.size, tally.sha256), texts)}
        release.texts = texts
        release.save(update_fields=["manifest", "texts"])
        file.seek(0)
        number = 0
        for number, content in enumerate(packed(iter(lambda: file.read(_IN_MEMORY), b"")), start=1):
            ReleasePart.objects.update_or_create(release=release, number=number, defaults={"content": content})
        ReleasePart.objects.filter(release=release, number__gt=number).delete()


def _records_of(chosen: Sequence[Found]) -> frozenset[tuple[str, str]]:
    aliases = [one.record for one in chosen if one.source.table == "party_alias"]
    parties: Collection[UUID] = PartyAlias.objects.filter(pk__in=aliases).values_list("party_id", flat=True)
    found = {(one.source.what, str(one.record)) for one in chosen}
    return frozenset(found | {("party", str(pk)) for pk in parties})


def _notice(notices: Sequence[dict[str, str]]) -> str:
    lines = "\n".join(f"- {one['at']}: a passage of the article {one['article']}" for one in notices)
    return (
        "# Redactions\n\nAfter this release was made, two people masked what stands below, character by character, "
        f"so that no offset moved. {RECORDS_NAME} and the digests of the manifest are those after it.\n\n{lines}\n"
    )
