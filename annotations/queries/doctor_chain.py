"""Tells whether the log is whole: numbers and heads always; every digest and every version's event with --audit."""

from collections.abc import Iterator
from typing import Any, Final

import orjson
from django.utils.translation import gettext_lazy as _

from annotations.queries.doctor_snapshot import Check, Finding, Snapshot, finding
from annotations.rules.chain import ChainedFields, content_digest, event_digest, payload_digest

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
    yield from _audit_digests(snapshot)
    yield from snapshot.run(_DECISION_CHECKS)
    for table in ("annotation", "link"):
        yield from _audit_versions(snapshot, table)


def _audit_digests(snapshot: Snapshot) -> Iterator[Finding]:
    chain, previous, bad = "", "", ""
    for row in snapshot.stream(_EVENTS):
        of_chain, number, event, *_fields, salt, content = row
        if of_chain != chain:
            chain, previous = of_chain, ""
        fault = "" if bad == chain else _event_fault(previous, row)
        previous = row[10]
        if fault:
            # What follows in a broken chain says nothing new.
            bad = chain
            yield finding(fault, "event", event, row[11], str(_FAULTS[fault]).format(number=number, chain=chain))
        if content is not None and payload_digest(salt, content) != row[8]:
            detail = str(_("The payload of event {number} was changed."))
            yield finding("payload_changed", "event", event, row[11], detail.format(number=number))


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
        _("Its row names {0} events and another head than its {1} events have."),
        """SELECT c.id, c.project_id, c.count, coalesce(e.number, 0) FROM event_chain c LEFT JOIN (
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
            AND NOT EXISTS (SELECT FROM redaction r WHERE r.article_id = c.article_id)""",
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
            AND NOT EXISTS (SELECT FROM redaction r WHERE r.article_id = d.article_id)""",  # noqa: S608 - likewise
    ),
    Check(
        "decision_missing",
        "event",
        _("The event tells of the decision {0}, which is not there."),
        f"""SELECT told.event, told.project_id, told.decision FROM ({_DECIDED}) AS told
        WHERE NOT EXISTS (SELECT FROM decision d WHERE d.id = told.decision)""",  # noqa: S608 - likewise
    ),
)


def _audit_versions(snapshot: Snapshot, table: str) -> Iterator[Finding]:
    """Hold each version's content against the digest that its event carries."""
    for record, project, number, content, is_redacted, digest in snapshot.stream(_versions_beside_events(table)):
        version = {"number": number}
        if content is None:
            detail = str(_("An event tells of its version {number}, which is not there."))
            yield finding("version_missing", table, record, project, detail.format(**version))
        elif is_redacted:
            continue
        elif digest is None:
            detail = str(_("No event tells of its version {number}."))
            yield finding("event_missing", table, record, project, detail.format(**version))
        elif content_digest(orjson.loads(content)) != digest:
            detail = str(_("Its version {number} is not the content that its event tells of."))
            yield finding("version_changed", table, record, project, detail.format(**version))


def _versions_beside_events(table: str) -> str:
    """Write the join of versions and what events tell of them.

    An event of one record carries its version and the content's digest, an import's a list of [id, digest]
    under the plural of the table, to which a restored archive adds the version's number.
    """
    told = f"""
        SELECT e.subject AS record, e.project_id,
            substring(p.content FROM '"version":([0-9]{{1,9}})')::integer AS number,
            substring(p.content FROM '"content":"([0-9a-f]{{64}})"') AS digest
        FROM event e JOIN event_payload p ON p.event_id = e.id
        WHERE e.verb LIKE '{table}.%' AND p.content LIKE '%"content":"%'
        UNION ALL
        SELECT item[1]::uuid, e.project_id, coalesce(item[3], '1')::integer, item[2]
        FROM event e JOIN event_payload p ON p.event_id = e.id
        CROSS JOIN regexp_matches(substring(p.content FROM '"{table}s":\\[\\[(.*?)\\]\\]'),
            '"({_ID})","([0-9a-f]{{64}})"(?:,([0-9]{{1,9}}))?', 'g') AS item
        WHERE p.content LIKE '%"{table}s":[[%'"""  # noqa: S608 - constants of ours
    return f"""
        SELECT coalesce(v.{table}_id, told.record), coalesce(v.project_id, told.project_id),
            coalesce(v.number, told.number), v.content::text,
            EXISTS (SELECT FROM redaction r WHERE r.article_id = v.article_id), told.digest
        FROM {table}_version v FULL JOIN ({told}) AS told ON told.record = v.{table}_id AND told.number = v.number
    """  # noqa: S608 - likewise
