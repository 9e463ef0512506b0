"""Restores a full archive into an empty project: the only import that keeps ids, authors, states and times."""

from typing import BinaryIO, Final
from uuid import UUID

from django.apps import apps
from django.db import transaction

from annotations.errors import Conflict, FieldError, Unprocessable
from annotations.formats.codec import Problem, Reading
from annotations.formats.native import NATIVE, read
from annotations.models import Article, Import, Incident, Outlet, Party, Project, User
from annotations.queries.access import Actor, require
from annotations.queries.people import is_pseudonym
from annotations.rules.permissions import Action
from annotations.rules.review import State, Verdict
from annotations.services.exchange import refusal_of
from annotations.services.exchange_turns import take_time, take_turn
from annotations.services.restore_checks import Archive, check_archive, identifiers_in, people_in
from annotations.services.restore_store import store_archive

_ALL: Final = "all"
_IDS_AT_ONCE: Final = 10_000
_CONTENT: Final = (Article, Outlet, Incident, Party)


class NotAnArchive(Unprocessable):
    """422: a part of a project, or people by pseudonyms."""

    code = "not_an_archive"
    sentence = "Only a full archive can be restored: an export with state=all, people=names and its texts."


class ProjectNotEmpty(Conflict):
    """409: there is something already."""

    code = "not_empty"
    sentence = "An archive is restored into an empty project only; make a new one."


def restore_archive(*, actor: Actor, project: Project, file: BinaryIO) -> Import:
    """Bring an archive (`state=all`, `people=names`, texts) back into an empty project, all or nothing.

    Every author and reviewer it names needs an account; nobody becomes a member. The report's `approvals_lost`
    counts records whose earlier approved version the archive does not hold.
    Raises: NotFound, NotAllowed, IncompleteFile, NotAnArchive, ProjectNotEmpty, Unprocessable with the bad lines.
    """
    require(actor, Action.ADMINISTER, project.id)
    report = Import(project=project, actor=actor.user, format=NATIVE.name, status="done")
    with transaction.atomic():
        take_time()
        reading = read(file)
        take_turn(project)
        _check_whole(reading)
        if any(model._default_manager.filter(project_id=project.id).exists() for model in _CONTENT):
            raise ProjectNotEmpty
        people = _accounts(reading)
        archive = check_archive(reading, people, project.id)
        if archive.problems:
            raise refusal_of(archive.problems)
        _check_free(archive)
        report.counts = _counts(archive)
        store_archive(actor=actor, report=report, archive=archive, people=people)
        report.save(force_insert=True)
    return report


def _check_whole(reading: Reading) -> None:
    """Refuse what is no full archive. Raises: NotAnArchive."""
    if reading.header.state != _ALL:
        raise NotAnArchive("This export holds only a part of its project; restore one made with state=all.")
    if any(map(is_pseudonym, people_in(reading))):
        raise NotAnArchive("This export names its people by pseudonyms; restore one made with people=names.")


def _accounts(reading: Reading) -> dict[str, UUID]:
    """Find everybody's account. Raises: Unprocessable `unknown_person` with each name that has none."""
    named = people_in(reading)
    found = dict(User.objects.filter(username__in=named).values_list("username", "id"))
    missing = [
        Problem(line, "unknown_person", f"There is no account {name[:100]}; make it first.")
        for name, line in named.items()
        if name not in found
    ]
    if missing:
        raise refusal_of(missing)
    return found


def _check_free(archive: Archive) -> None:
    """Refuse ids that another project of this site has. Raises: Unprocessable `duplicate_id`."""
    for table, ids in identifiers_in(archive):
        model = apps.get_model("annotations", table)
        for start in range(0, len(ids), _IDS_AT_ONCE):
            taken = model._default_manager.filter(pk__in=ids[start : start + _IDS_AT_ONCE]).first()
            if taken is not None:
                detail = "Another project of this site holds records of this archive; import it without --restore."
                error = FieldError("id", "duplicate_id", detail, record=str(taken.pk))
                raise Unprocessable(detail, code="duplicate_id", errors=[error])


def _counts(archive: Archive) -> dict[str, int]:
    counts = {table: len(ids) for table, ids in identifiers_in(archive)}
    lost = sum(
        any(verdict == Verdict.APPROVE for verdict in archive.in_force(record).values())
        for records in (archive.annotations, archive.links)
        for record in records.values()
        if record.state != State.APPROVED
    )
    return counts | {"approvals_lost": lost}
