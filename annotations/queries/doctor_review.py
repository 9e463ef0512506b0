"""Tells whether every approval rests on a decision, and every decision is by somebody else than the writers."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from annotations.queries.doctor_snapshot import Check, Finding, Snapshot, finding
from annotations.rules.review import Verdict, barred


def check_review(snapshot: Snapshot) -> Iterator[Finding]:
    """Answer approvals without a decision in force, and decisions by people who were barred."""
    for table in ("annotation", "link"):
        yield from snapshot.run(_approval_checks(table))
        yield from _check_decisions(snapshot, table)
    yield from snapshot.run(_LINK_CHECKS)


def _approval_checks(table: str) -> tuple[Check, ...]:
    # A link whose end changed goes back to review with its approved version in force.
    standing = "'approved'" if table == "annotation" else "'approved', 'submitted', 'draft'"
    return (
        Check(
            "approval_without_decision",
            table,
            _("Its approved version {0} has no approving decision in force."),
            f"""SELECT r.id, r.project_id, r.approved_version FROM {table} r LEFT JOIN (
                SELECT DISTINCT ON ({table}_id, version) {table}_id, version, verdict FROM decision
                WHERE {table}_id IS NOT NULL ORDER BY {table}_id, version, at DESC, id DESC
            ) d ON d.{table}_id = r.id AND d.version = r.approved_version
            WHERE r.approved_version IS NOT NULL AND d.verdict IS DISTINCT FROM 'approve'""",  # noqa: S608 - names of ours
        ),
        Check(
            "state_contradicts_approval",
            table,
            _("It is {0} although its present version is the approved one."),
            f"""SELECT id, project_id, state FROM {table}
            WHERE approved_version = version AND state NOT IN ({standing})""",  # noqa: S608 - likewise
        ),
        Check(
            "state_contradicts_approval",
            table,
            _("It is {0} although it has an approved version."),
            f"""SELECT id, project_id, state FROM {table}
            WHERE approved_version < version AND state IN ('suggested', 'dismissed')""",  # noqa: S608 - likewise
        ),
        # The CHECK lets a null pass.
        Check(
            "state_contradicts_approval",
            table,
            _("It is approved, but no version is."),
            f"SELECT id, project_id FROM {table} WHERE state = 'approved' AND approved_version IS NULL",  # noqa: S608 - likewise
        ),
    )


_LINK_CHECKS: Final = tuple(
    Check(
        "reference_broken",
        "decision",
        _("It names version {0} of an end of its link, which is not there."),
        f"""SELECT d.id, d.project_id, d.{end}_version FROM decision d JOIN link l ON l.id = d.link_id
        WHERE d.{end}_version IS NOT NULL AND NOT EXISTS (SELECT FROM annotation_version v
            WHERE v.annotation_id = l.{end}_id AND v.number = d.{end}_version)""",  # noqa: S608 - names of ours
    )
    for end in ("source", "target")
)


def _check_decisions(snapshot: Snapshot, table: str) -> Iterator[Finding]:
    """Go through the decisions on each record in the order of time, beside the editors of its versions."""
    decisions = snapshot.stream(
        f"""SELECT d.{table}_id, d.id, d.project_id, d.version, d.verdict, d.reviewer_id, r.author_id
        FROM decision d JOIN {table} r ON r.id = d.{table}_id ORDER BY d.{table}_id, d.at, d.id"""  # noqa: S608 - names of ours
    )
    versions = snapshot.stream(
        f"""SELECT {table}_id, number, editor_id FROM {table}_version v
        WHERE EXISTS (SELECT FROM decision d WHERE d.{table}_id = v.{table}_id) ORDER BY {table}_id, number"""  # noqa: S608 - likewise
    )
    by_record = groupby(versions, key=itemgetter(0))
    record, group = next(by_record, (None, iter(())))
    for decided, rows in groupby(decisions, key=itemgetter(0)):
        while record is not None and record < decided:
            record, group = next(by_record, (None, iter(())))
        editors = {number: editor for _, number, editor in group} if record == decided else {}
        yield from _barred_decisions(editors, rows)


def _barred_decisions(editors: Mapping[int, object], rows: Iterator[tuple[Any, ...]]) -> Iterator[Finding]:
    stands: dict[int, bool] = {}
    for _record, identifier, project, version, verdict, reviewer, author in rows:
        approved = max(
            (number for number, is_in_force in stands.items() if is_in_force and number < version), default=0
        )
        since = [editor for number, editor in editors.items() if approved < number <= version]
        if reviewer in barred(author, since):  # type: ignore[arg-type]
            detail = str(_("Its reviewer wrote or edited version {version} or one since the last approval."))
            yield finding("own_work", "decision", identifier, project, detail.format(version=version))
        stands[version] = verdict == Verdict.APPROVE
