"""Imports: a file of any known format into a project, all or nothing, or (asked for) its good lines only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from annotations.errors import FieldError, InvalidParameter, Unprocessable
from annotations.formats import DEFAULT_FORMAT, codec_named
from annotations.formats.codec import Codec, Item, Problem, ReadingStream, Stream
from annotations.formats.document import Article
from annotations.formats.names import Names
from annotations.models import Article as ArticleRow
from annotations.models import Import, Project
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action
from annotations.services.exchange_events import record_import, save_report
from annotations.services.exchange_known import LINES_TABLE, REMEMBERED, Known
from annotations.services.exchange_names import keep_names, names_for, unknown_of
from annotations.services.exchange_plan import Ground, Planner
from annotations.services.exchange_registry import Registry
from annotations.services.exchange_tally import Tally
from annotations.services.exchange_turns import take_time, take_turn
from annotations.services.exchange_writer import BatchWriter
from annotations.services.records import refusals

_LINES_AT_ONCE: Final = 2_000
_CODE_POINTS_AT_ONCE: Final = 2_000_000


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


class _Again(Exception):
    """Lines far apart in the file have to do with each other: read it anew and forget nothing."""


def import_file(*, actor: Actor, project: Project, file: BinaryIO, order: ImportOrder) -> Import:
    """Take a file in; the importer becomes the author of every record, in draft. A dry run stores nothing.

    Raises: NotFound, NotAllowed, InvalidParameter, IncompleteFile, Unprocessable with the bad lines, Unavailable,
    Conflict when somebody stores the same meanwhile.
    """
    require(actor, Action.EDIT_REGISTRY, project.id)
    codec = codec_named(order.format)
    if codec.read is None:
        raise InvalidParameter("This format cannot be imported.", field="format")
    with transaction.atomic():
        # First, because a caller may have opened the transaction, which must not wait idle for a long file.
        take_time()
        names = names_for(project, order.format, order.labels, order.relations)
        stream = _open(codec, file, names)
        take_turn(project)
        try:
            return _attempt(actor, project, stream, order, names, limit=REMEMBERED)
        except (_Again, IntegrityError):
            # Whatever the database refuses has a line, which is found when all lines are held in memory.
            with refusals():
                return _attempt(actor, project, stream, order, names, limit=None)


def _open(codec: Codec, file: BinaryIO, names: Names) -> Stream:
    if codec.stream is not None:
        return codec.stream(file)
    if codec.read_named is not None:
        return ReadingStream(codec.read_named(file, names))
    if codec.read is None:
        raise InvalidParameter("This format cannot be imported.", field="format")
    return ReadingStream(codec.read(file))


def _attempt(
    actor: Actor, project: Project, stream: Stream, order: ImportOrder, names: Names, *, limit: int | None
) -> Import:
    """Check and store the lines, remembering so many of them. Raises: _Again, IntegrityError when that is too few."""
    report = Import(project=project, actor=actor.user, format=order.format, status="done")
    tally = Tally()
    with transaction.atomic():
        registry = Registry(project, stream.registry, tally)
        ground = Ground(actor, project, timezone.now(), registry, tally, Known(str(project.id), limit))
        _store_lines(stream, ground)
        tally.problems = [stream.located(found) for found in tally.problems]
        if tally.problems and order.on_error is OnError.REFUSE:
            raise refusal_of(tally.problems)
        report.counts = tally.counts() | {"left_out": names.left_out}
        report.unknown = unknown_of(names)
        report.errors = [{"line": found.line, "code": found.code, "detail": found.detail} for found in tally.problems]
        keep_names(project, order.format, names)
        save_report(report, registry.mapping())
        if any(tally.new.values()):
            record_import(actor, report, registry.told())
        if order.dry_run:
            # Everything was done as it would be, guards of the database included, and is undone.
            report.mapping = {}
            transaction.set_rollback(True)
    return report


def _store_lines(stream: Stream, ground: Ground) -> None:
    """Check everything, and hand it to the database while the next lines are checked."""
    known = ground.known
    ground.registry.write()
    with connection.cursor() as cursor:
        cursor.execute(LINES_TABLE)
    with BatchWriter() as writer:
        ground.wait = writer.wait
        planner = Planner(ground)
        for items in _pieces(stream.items()):
            writer.write(list(planner.take(items).statements()))
        for items in planner.late.groups():
            writer.write(list(planner.take_late(items).statements()))
        writer.wait()
    if known.limit is not None and known.has_repeats():
        raise _Again
    _supersede(planner.superseding, ground)
    ground.tally.add_unread(stream.problems)


def _pieces(items: Iterator[Item]) -> Iterator[list[Item]]:
    piece: list[Item] = []
    size = 0
    for item in items:
        piece.append(item)
        if isinstance(item.record, Article):
            size += item.record.length
        if len(piece) >= _LINES_AT_ONCE or size >= _CODE_POINTS_AT_ONCE:
            yield piece
            piece, size = [], 0
    yield piece


def _supersede(pairs: list[tuple[str, str]], ground: Ground) -> None:
    """Let new articles name earlier versions that stood further on in the file."""
    known = ground.known
    for pk, file_id in pairs:
        known.fetch([file_id])
        earlier = known.articles.get(file_id)
        if earlier is not None and earlier != pk:
            ArticleRow.objects.filter(pk=pk).update(supersedes=earlier)
        elif file_id not in known.ids:
            ground.tally.supersedes_dropped += 1


def refusal_of(problems: list[Problem]) -> Unprocessable:
    """Refuse a whole file for its bad lines."""
    errors = [FieldError("", found.code, found.detail, line=found.line) for found in problems]
    return Unprocessable(code=errors[0].code if len({error.code for error in errors}) == 1 else "", errors=errors)
