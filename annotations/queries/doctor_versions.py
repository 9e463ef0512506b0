"""Holds each version of an annotation or link against what the events of its article's chain tell of it."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import orjson
from django.utils.translation import gettext_lazy as _

from annotations.queries.doctor_snapshot import Finding, Snapshot, finding
from annotations.rules.chain import content_digest

_TABLES: Final = ("annotation", "link")
# A digest that no content has: two events tell of one version in different ways.
_CONTRADICTED: Final = ""
# Where payloads were dropped, versions and decisions have no event that tells of them any more.
SILENT: Final = """(SELECT c.article_id FROM event e JOIN event_chain c ON c.id = e.chain_id
    LEFT JOIN event_payload p ON p.event_id = e.id WHERE p.event_id IS NULL AND c.article_id IS NOT NULL)"""
# In the order of the chains, as the events come; a version whose article has no chain comes last.
_VERSIONS: Final = """
SELECT c.id::text, v.what, v.record::text, v.project_id::text, v.number, v.content::text
FROM (
    SELECT 'annotation' AS what, annotation_id AS record, project_id, article_id, number, content
    FROM annotation_version
    UNION ALL
    SELECT 'link', link_id, project_id, article_id, number, content FROM link_version
) AS v LEFT JOIN event_chain c ON c.article_id = v.article_id
ORDER BY c.id NULLS LAST
"""


class Version(NamedTuple):
    """Which version of which record."""

    table: str
    record: str
    number: int


class Told:
    """What the events of one chain tell of versions: the digest of each one's content.

    `is_silent` when a payload is gone, as a redaction leaves it: what it told of nobody can know.
    """

    def __init__(self) -> None:
        self.digests: dict[Version, str] = {}
        self.project: str | None = None
        self.is_silent = False

    def read(self, verb: str, subject: str, project: str | None, content: str) -> None:
        """Take in one payload; one that is no JSON of ours tells nothing.

        An event of one record carries its version and the content's digest, an import's a list of [id, digest]
        under the plural of the table, to which a restored archive adds the version's number.
        """
        if '"content"' not in content and 's":[[' not in content:
            return
        try:
            payload = orjson.loads(content)
        except orjson.JSONDecodeError:
            return
        self.project = project
        table = verb.partition(".")[0]
        if table in _TABLES and isinstance(payload.get("version"), int):
            self._keep(Version(table, subject, payload["version"]), payload.get("content"))
        for table in _TABLES:
            for record, digest, number in _listed(payload.get(f"{table}s")):
                self._keep(Version(table, record, number), digest)

    def _keep(self, version: Version, digest: object) -> None:
        if isinstance(digest, str):
            known = self.digests.setdefault(version, digest)
            if known != digest:
                self.digests[version] = _CONTRADICTED


class VersionsBesideEvents:
    """Walks through all versions once, chain by chain."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Begin at the first chain."""
        self._rows = snapshot.stream(_VERSIONS)
        self._row = next(self._rows, None)

    def compare(self, chain: str, told: Told) -> Iterator[Finding]:
        """Answer the faults of the versions up to and in this chain, and what its events tell of and is not there."""
        left = dict(told.digests)
        while self._row is not None and self._row[0] is not None and self._row[0] <= chain:
            row, self._row = self._row, next(self._rows, None)
            is_here = row[0] == chain
            digest = left.pop(Version(row[1], row[2], row[4]), None) if is_here else None
            if not (is_here and told.is_silent):
                yield from _faults(row, digest)
        for version in left:
            detail = str(_("An event tells of its version {number}, which is not there."))
            yield finding(
                "version_missing", version.table, version.record, told.project, detail.format(number=version.number)
            )

    def rest(self) -> Iterator[Finding]:
        """Answer the versions after the last chain that has events: none tells of them."""
        while self._row is not None:
            row, self._row = self._row, next(self._rows, None)
            yield from _faults(row, None)


def _faults(row: tuple[Any, ...], digest: str | None) -> Iterator[Finding]:
    _chain, table, record, project, number, content = row
    if digest is None:
        detail = str(_("No event tells of its version {number}."))
        yield finding("event_missing", table, record, project, detail.format(number=number))
    elif content_digest(orjson.loads(content)) != digest:
        detail = str(_("Its version {number} is not the content that its event tells of."))
        yield finding("version_changed", table, record, project, detail.format(number=number))


def _listed(items: object) -> Iterator[tuple[str, str, int]]:
    """Answer what an import or a restored archive lists; anything of another shape tells nothing."""
    for item in items if isinstance(items, list) else ():
        match item:
            case [str(record), str(digest)]:
                yield record, digest, 1
            case [str(record), str(digest), int(number)]:
                yield record, digest, number
