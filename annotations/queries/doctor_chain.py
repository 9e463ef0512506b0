"""Tells whether the log is whole: numbers and heads always; every digest and every version's event with --audit."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from annotations.queries.doctor_snapshot import Check, Finding, Snapshot, finding
from annotations.queries.doctor_versions import SILENT, Told, VersionsBesideEvents
from annotations.rules.chain import ChainedFields, event_digest, payload_digest

_EVENTS: Final = """
SELECT e.chain_id::text, e.number, e.id::text, e.verb, e.subject::text, e.subject_label, e.actor_id::text, e.at,
    e.payload_digest, e.previous, e.digest, e.project_id::text, p.salt, p.content
FROM event e LEFT JOIN event_payload p ON p.event_id = e.id ORDER BY e.chain_id, e.number
"""


def check_chains(snapshot: Snapshot) -> Iterator[Finding]:
    """Answer chains with holes, cut tails or wrong joints, without computing digests."""
    yield from snapshot.run(_CHAIN_CHECKS)


def audit_chains(snapshot: Snapshot) -> Iterator[Finding]:
    """Compute every digest again and name the first bad event of each chain; then seek what has no event."""
    versions = VersionsBesideEvents(snapshot)
    for chain, rows in groupby(snapshot.stream(_EVENTS), key=itemgetter(0)):
        told = Told()
        yield from _audit_chain(chain, rows, told)
        yield from versions.compare(chain, told)
    yield from versions.rest()
    yield from snapshot.run(_DECISION_CHECKS)


def _audit_chain(chain: str, rows: Iterable[tuple[Any, ...]], told: Told) -> Iterator[Finding]:
    previous, is_broken = "", False
    for row in rows:
        number, event, verb, project, salt, content = row[1], row[2], row[3], *row[11:]
        fault = "" if is_broken else _event_fault(previous, row)
        previous = row[10]
        if fault:
            # What follows in a broken chain says nothing new.
            is_broken = True
            yield finding(fault, "event", event, project, str(_FAULTS[fault]).format(number=number, chain=chain))
        if content is None:
            told.is_silent = True
            continue
        if payload_digest(salt, content) != row[8]:
            detail = str(_("The payload of event {number} was changed."))
            yield finding("payload_changed", "event", event, project, detail.format(number=number))
        told.read(verb, row[4], project, content)


def _event_fault(previous: str, row: tuple[Any, ...]) -> str:
    fields = ChainedFields(*row[:9])
    if row[9] != previous:
        return "chain_broken"
    return "" if event_digest(previous, fields) == row[10] else "event_changed"


_FAULTS: Final = {
    "chain_broken": _("Event {number} does not follow on the one before it; first bad event of its chain."),
    "event_changed": _("Event {number} is not what was digested; first bad event of its chain."),
}

_CHAIN_CHECKS: Final = (
    Check(
        "chain_hole",
        "event_chain",
        _("Event {0} comes where event {1} is due."),
        """SELECT chain_id, project_id, number, due FROM (
            SELECT chain_id, project_id, number,
                coalesce(lag(number) OVER (PARTITION BY chain_id ORDER BY number), 0) + 1 AS due FROM event
        ) AS numbered WHERE number <> due""",
    ),
    Check(
        "chain_broken",
        "event_chain",
        _("Event {0} does not name the digest of the one before it."),
        """SELECT chain_id, project_id, number FROM (
            SELECT chain_id, project_id, number, previous,
                coalesce(lag(digest) OVER (PARTITION BY chain_id ORDER BY number), '') AS head FROM event
        ) AS numbered WHERE previous <> head""",
    ),
    Check(
        "chain_tail",
        "event_chain",
        _("Its row names {0} events, its events are {1} with another head; event {2} is the first bad one."),
        """SELECT c.id, c.project_id, c.count, coalesce(e.number, 0), CASE WHEN c.count = e.number THEN c.count
            ELSE least(c.count, coalesce(e.number, 0)) + 1 END FROM event_chain c LEFT JOIN (
            SELECT DISTINCT ON (chain_id) chain_id, number, digest FROM event ORDER BY chain_id, number DESC
        ) AS e ON e.chain_id = c.id
        WHERE c.count <> coalesce(e.number, 0) OR c.head <> coalesce(e.digest, '')""",
    ),
    Check(
        "chain_missing",
        "article",
        _("The article has no chain of events."),
        """SELECT a.id, a.project_id FROM article a
        WHERE NOT EXISTS (SELECT FROM event_chain c WHERE c.article_id = a.id)""",
    ),
    Check(
        "chain_missing",
        "project",
        _("The project has no chain of events."),
        """SELECT p.id, p.id FROM project p
        WHERE NOT EXISTS (SELECT FROM event_chain c WHERE c.project_id = p.id AND c.article_id IS NULL)""",
    ),
    Check(
        "payload_missing",
        "event",
        _("Event {0} has lost its payload, and its article was not redacted."),
        """SELECT e.id, e.project_id, e.number FROM event e JOIN event_chain c ON c.id = e.chain_id
        WHERE NOT EXISTS (SELECT FROM event_payload p WHERE p.event_id = e.id)
            AND NOT EXISTS (SELECT FROM redaction r WHERE r.article_id = c.article_id AND r.at >= e.at)
            AND NOT EXISTS (SELECT FROM redaction_place q JOIN redaction r ON r.id = q.redaction_id
                LEFT JOIN annotation a ON a.id = q.record LEFT JOIN link l ON l.id = q.record
                WHERE r.at >= e.at AND (q.record = e.subject
                    OR c.article_id IN (a.article_id, l.source_article_id)))""",
    ),
)

_ID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Payloads are canonical JSON with ids and digests only, so these patterns find what they carry; a payload
# that was tampered with cannot stop the look as a cast to JSON would.
_DECIDED: Final = f"""
SELECT e.id AS event, e.project_id, substring(p.content FROM '"decision":"({_ID})"')::uuid AS decision
FROM event e JOIN event_payload p ON p.event_id = e.id WHERE p.content LIKE '%"decision":"%'
UNION ALL
SELECT e.id, e.project_id, item[1]::uuid FROM event e JOIN event_payload p ON p.event_id = e.id
CROSS JOIN regexp_matches(substring(p.content FROM '"decisions":\\[(.*?)\\]'), '"({_ID})"', 'g') AS item
WHERE p.content LIKE '%"decisions":["%'
"""  # noqa: S608 - constants of ours
_DECISION_CHECKS: Final = (
    Check(
        "event_missing",
        "decision",
        _("No event tells of this decision."),
        f"""SELECT d.id, d.project_id FROM decision d
        WHERE NOT EXISTS (SELECT FROM ({_DECIDED}) AS told WHERE told.decision = d.id)
            AND d.article_id NOT IN {SILENT}""",  # noqa: S608 - likewise
    ),
    Check(
        "decision_missing",
        "event",
        _("The event tells of the decision {0}, which is not there."),
        f"""SELECT told.event, told.project_id, told.decision FROM ({_DECIDED}) AS told
        WHERE NOT EXISTS (SELECT FROM decision d WHERE d.id = told.decision)""",  # noqa: S608 - likewise
    ),
)
