"""Tells whether every redaction still holds: what was masked shows blocks, and what told of the old words is gone."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _

from annotations.queries.doctor_snapshot import Check, Finding, Snapshot

_PIECES: Final = """redaction_place q CROSS JOIN LATERAL generate_subscripts(q.segments, 1) AS i
    CROSS JOIN LATERAL (SELECT q.segments[i][1] AS start, q.segments[i][2] - q.segments[i][1] AS size) s"""


def check_redactions(snapshot: Snapshot) -> Iterator[Finding]:
    """Answer redactions whose places show something else than blocks, or that nobody asked for."""
    yield from snapshot.run(_CHECKS)


def _undone(table: str, text: str, join: str) -> Check:
    """Look at the texts of one table that never change otherwise."""
    return Check(
        "redaction_undone",
        table,
        _("Where it was redacted, something else than blocks stands."),
        f"""SELECT t.id, t.project_id FROM {_PIECES} JOIN {join}
        WHERE q.place_table = '{table}'
            AND substr({text}, s.start + 1, s.size) <> repeat('█', s.size)""",  # noqa: S608 - constants of ours
    )


_CHECKS: Final = (
    _undone("article", "t.text", "article t ON t.id = q.record AND q.path = '{text}'"),
    _undone("decision", "to_jsonb(t) #>> q.path", "decision t ON t.id = q.record"),
    _undone("comment", "t.text", "comment t ON t.id = q.record"),
    *(
        _undone(
            f"{record}_version",
            "t.content #>> q.path[2:]",
            f"(SELECT *, {record}_id AS id FROM {record}_version) t "  # noqa: S608 - likewise
            "ON t.id = q.record AND t.number = q.number",
        )
        for record in ("annotation", "link")
    ),
    Check(
        "redaction_undone",
        "redaction",
        _("Its article is not named among what it masked."),
        """SELECT r.id, r.project_id FROM redaction r WHERE NOT EXISTS (SELECT FROM redaction_place q
            WHERE q.redaction_id = r.id AND q.record = r.article_id AND q.path = '{text}'
                AND q.segments = r.segments)""",
    ),
    Check(
        "redaction_not_asked",
        "redaction",
        _("Nobody else asked for it, or for something else."),
        """SELECT r.id, r.project_id FROM redaction r LEFT JOIN redaction_request q ON q.id = r.request_id
        WHERE q.id IS NULL OR r.requested_by_id = r.confirmed_by_id OR q.closed_as <> 'confirmed'
            OR (q.article_id, q.segments, q.requested_by_id) <> (r.article_id, r.segments, r.requested_by_id)""",
    ),
    Check(
        "event_missing",
        "redaction",
        _("No event tells of this redaction."),
        """SELECT r.id, r.project_id FROM redaction r WHERE NOT EXISTS (SELECT FROM event e
            JOIN event_payload p ON p.event_id = e.id WHERE e.verb = 'article.redacted'
                AND e.subject = r.article_id AND p.content LIKE '%"redaction":"' || r.id || '"%')
            AND NOT EXISTS (SELECT FROM redaction later WHERE later.article_id = r.article_id AND later.id > r.id)""",
    ),
    Check(
        "payload_left",
        "event",
        _("Event {0} still carries what was to be dropped when its article was redacted."),
        """SELECT e.id, e.project_id, e.number FROM redaction r JOIN event_chain c ON c.article_id = r.article_id
        JOIN event e ON e.chain_id = c.id JOIN event_payload p ON p.event_id = e.id
        JOIN event told ON told.chain_id = c.id AND told.verb = 'article.redacted'
        JOIN event_payload its ON its.event_id = told.id AND its.content LIKE '%"redaction":"' || r.id || '"%'
        WHERE e.number < told.number AND p.content NOT LIKE '%"redaction":"%'""",
    ),
    Check(
        "text_changed",
        "article",
        _("Its redaction keeps the very digest that its text had."),
        """SELECT a.id, a.project_id FROM redaction r JOIN article a ON a.id = r.article_id
        WHERE r.old_digest = a.sha256""",
    ),
)
