"""Imports: a file of any known format into a project, all or nothing, or (asked for) its good lines only."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from django.db import transaction

from annotations.errors import FieldError, InvalidParameter, Unprocessable
from annotations.formats import DEFAULT_FORMAT, codec_named
from annotations.formats.codec import Problem
from annotations.models import Import, Project
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action
from annotations.services.exchange_match import StoredRecords
from annotations.services.exchange_names import keep_names, names_for, unknown_of
from annotations.services.exchange_plan import Plan, plan_import
from annotations.services.exchange_store import store_plan
from annotations.services.exchange_turns import take_time, take_turn


class OnError(StrEnum):
    """What happens to a file with bad lines."""

    REFUSE = "refuse"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """How a file is to be taken."""

    format: str = DEFAULT_FORMAT
    on_error: OnError = OnError.REFUSE
    dry_run: bool = False
    # From labels to kinds and from relations to link types; None is what the project used last for this format.
    labels: Mapping[str, str] | None = None
    relations: Mapping[str, str] | None = None


def import_file(*, actor: Actor, project: Project, file: BinaryIO, order: ImportOrder) -> Import:
    """Take a file in; the importer becomes the author of every record, in draft. A dry run stores nothing.

    Raises: NotFound, NotAllowed, InvalidParameter, IncompleteFile, Unprocessable with the bad lines, Unavailable.
    """
    require(actor, Action.EDIT_REGISTRY, project.id)
    codec = codec_named(order.format)
    if codec.read is None:
        raise InvalidParameter("This format cannot be imported.", field="format")
    report = Import(project=project, actor=actor.user, format=order.format, status="done")
    with transaction.atomic():
        # First, because a caller may have opened the transaction, which must not wait idle for a long file.
        take_time()
        names = names_for(project, order.format, order.labels, order.relations)
        reading = codec.read_named(file, names) if codec.read_named else codec.read(file)
        take_turn(project)
        plan = plan_import(project.id, reading, StoredRecords(actor, project, reading.items))
        plan.problems = [reading.located(found) for found in plan.problems]
        if plan.problems and order.on_error is OnError.REFUSE:
            raise refusal_of(plan.problems)
        report.counts = _counts(plan) | {"left_out": names.left_out}
        report.errors = [{"line": found.line, "code": found.code, "detail": found.detail} for found in plan.problems]
        report.unknown = unknown_of(names)
        report.mapping = {file_id: str(pk) for file_id, pk in plan.mapping.items()}
        if not order.dry_run:
            if not plan.is_empty:
                store_plan(actor=actor, project=project, plan=plan, report=report)
            keep_names(project, order.format, names)
            report.save(force_insert=True)
    return report


def refusal_of(problems: list[Problem]) -> Unprocessable:
    """Refuse a whole file for its bad lines."""
    errors = [FieldError("", found.code, found.detail, line=found.line) for found in problems]
    return Unprocessable(code=errors[0].code if len({error.code for error in errors}) == 1 else "", errors=errors)


def _counts(plan: Plan) -> dict[str, int]:
    """Count what is new by the words of the end line, and what is not."""
    return {
        "outlet": len(plan.outlets),
        "incident": len(plan.incidents),
        "party": len(plan.parties),
        "article": len(plan.articles),
        "annotation": len(plan.annotations),
        "link": len(plan.links),
        "decision": 0,
        "already_there": plan.already_there,
        "skipped": plan.skipped,
        "decisions_ignored": plan.decisions_ignored,
        "supersedes_dropped": plan.supersedes_dropped,
    }
