"""Tells every fault in what is stored: reads one snapshot as streams and changes nothing."""

from collections.abc import Iterator
from contextlib import closing
from typing import Final

from annotations.queries.doctor_chain import audit_chains, check_chains
from annotations.queries.doctor_guards import check_guards, count_guards
from annotations.queries.doctor_links import check_links
from annotations.queries.doctor_records import check_records
from annotations.queries.doctor_redactions import check_redactions
from annotations.queries.doctor_releases import check_releases
from annotations.queries.doctor_review import check_review
from annotations.queries.doctor_rows import check_rows
from annotations.queries.doctor_snapshot import Finding, Snapshot
from annotations.queries.doctor_texts import check_texts

_COUNTED: Final = {
    "projects": "project",
    "articles": "article",
    "parties": "party",
    "annotations": "annotation",
    "annotation_versions": "annotation_version",
    "links": "link",
    "link_versions": "link_version",
    "decisions": "decision",
    "releases": "release",
    "chains": "event_chain",
    "events": "event",
    "redactions": "redaction",
}


class Examination:
    """One look at everything; `counts` says afterwards how much was looked at."""

    def __init__(self, *, audit: bool = False) -> None:
        """Choose whether every digest of the log is computed again."""
        self._audit = audit
        self.counts: dict[str, int] = {}

    def findings(self) -> Iterator[Finding]:
        """Look, and answer the faults one by one. Raises: Unavailable when the database is away."""
        with closing(Snapshot()) as snapshot:
            self._count(snapshot)
            yield from check_guards(snapshot)
            yield from check_rows(snapshot)
            yield from check_texts(snapshot)
            yield from check_records(snapshot)
            yield from check_links(snapshot)
            yield from check_review(snapshot)
            yield from check_releases(snapshot)
            yield from check_redactions(snapshot)
            yield from check_chains(snapshot)
            if self._audit:
                yield from audit_chains(snapshot)

    def _count(self, snapshot: Snapshot) -> None:
        for name, table in _COUNTED.items():
            ((self.counts[name],),) = snapshot.rows(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of ours
        self.counts["guards"] = count_guards()
