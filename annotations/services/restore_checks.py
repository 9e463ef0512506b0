"""What must hold for every line of an archive before it is restored: it is whole, lawful, and its people are known."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, Final
from uuid import UUID

from annotations.errors import FieldError, InvalidFields, NewsdeskError, OwnWork
from annotations.formats import document
from annotations.formats.codec import MAX_PROBLEMS, Item, Problem, Reading
from annotations.formats.document import Record
from annotations.rules.kinds import Kind, party_errors
from annotations.rules.links import End, LinkType, check_ends
from annotations.rules.review import HIDDEN, NOT_LIVING, Reason, State, Verdict, check_reason
from annotations.rules.texts import note_errors
from annotations.services.exchange_checks import (
    check_annotation,
    check_article,
    check_incident,
    check_link,
    check_outlet,
    check_party,
    refusals_of,
)

Reviewed = document.Annotation | document.Link
# The verdict that a state follows from.
_VERDICTS: Final = {
    State.APPROVED: Verdict.APPROVE,
    State.RETURNED: Verdict.REQUEST_CHANGES,
    State.REJECTED: Verdict.REJECT,
}
_SORTS: Final = {"annotation": document.Annotation, "link": document.Link}


@dataclass(slots=True)
class Archive:
    """The good lines of an archive by sort; decisions by record in the order in which they were made."""

    parties: dict[str, document.Party] = field(default_factory=dict)
    outlets: dict[str, document.Outlet] = field(default_factory=dict)
    incidents: dict[str, document.Incident] = field(default_factory=dict)
    articles: dict[str, document.Article] = field(default_factory=dict)
    annotations: dict[str, document.Annotation] = field(default_factory=dict)
    links: dict[str, document.Link] = field(default_factory=dict)
    decisions: dict[str, document.Decision] = field(default_factory=dict)
    exact: dict[str, tuple[str, ...]] = field(default_factory=dict)
    decided: defaultdict[str, list[document.Decision]] = field(default_factory=lambda: defaultdict(list))
    problems: list[Problem] = field(default_factory=list)

    def decisions_in_order(self) -> list[document.Decision]:
        """Answer the decisions in the order in which they were made."""
        return sorted(self.decisions.values(), key=lambda found: (datetime.fromisoformat(found.at), found.id))

    def in_force(self, record: Reviewed) -> dict[int, str]:
        """Answer the last verdict on each version of a record."""
        return {decision.version: decision.verdict for decision in self.decided[record.id]}


def check_archive(reading: Reading, people: Mapping[str, UUID], project_id: UUID) -> Archive:
    """Check all lines of an archive against each other; `people` are the accounts there are, by name."""
    return _Checker(reading, people, project_id).check()


class _Checker:
    def __init__(self, reading: Reading, people: Mapping[str, UUID], project_id: UUID) -> None:
        self._archive = Archive(problems=list(reading.problems))
        self._people, self._project_id = people, project_id
        self._lines: dict[str, int] = {}
        self._items: defaultdict[type[Record], list[Item]] = defaultdict(list)
        for item in reading.items:
            self._sort(item)

    def check(self) -> Archive:
        archive = self._archive
        # References may point to any line, so a whole sort is known before the next is looked at.
        self._keep(document.Party, archive.parties, check_party)
        self._each(archive.parties, self._parent)
        self._keep(document.Outlet, archive.outlets, check_outlet)
        self._each(archive.outlets, lambda outlet: _refer("party", archive.parties, [outlet.party]))
        self._keep(document.Incident, archive.incidents, check_incident)
        self._keep(document.Article, archive.articles, self._article)
        self._each(archive.articles, lambda found: _refer("supersedes", archive.articles, [found.supersedes]))
        self._keep(document.Annotation, archive.annotations, self._annotation)
        self._keep(document.Link, archive.links, self._link)
        self._keep(document.Decision, archive.decisions, self._decision)
        for decision in archive.decisions_in_order():
            archive.decided[decision.record].append(decision)
        self._each(archive.annotations, self._state)
        self._each(archive.links, self._state)
        archive.problems.sort(key=lambda problem: problem.line)
        return archive

    # --- the sorts ------------------------------------------------------------------------------------

    def _parent(self, party: document.Party) -> None:
        parties, seen = self._archive.parties, {party.id}
        _refer("parent", parties, [party.parent])
        step = party.parent
        while step is not None and step in parties:
            if step in seen:
                raise InvalidFields([FieldError("parent", "invalid", "A party cannot stand above itself.")])
            seen.add(step)
            step = parties[step].parent

    def _article(self, article: document.Article) -> None:
        if article.text is None:
            raise InvalidFields([FieldError("text", "required", "An archive to restore holds its texts.")])
        check_article(article)
        _refer("outlet", self._archive.outlets, [article.outlet])
        _refer("incidents", self._archive.incidents, article.incidents)

    def _annotation(self, annotation: document.Annotation) -> None:
        _refer("article", self._archive.articles, [annotation.article])
        text = self._archive.articles[annotation.article].text or ""
        kind, self._archive.exact[annotation.id] = check_annotation(annotation, text)
        if found := party_errors(kind, annotation.parties):
            raise InvalidFields(found)
        _refer("parties", self._archive.parties, annotation.parties)
        self._frame(annotation)

    def _link(self, link: document.Link) -> None:
        type_ = check_link(link)
        _refer("source", self._archive.annotations, [link.source])
        _refer("target", self._archive.annotations, [link.target])
        # What was rejected stays as it was, whatever became of its ends.
        if link.state not in NOT_LIVING:
            check_ends(LinkType(type_), self._end(link.source), self._end(link.target))
        self._frame(link)

    def _decision(self, decision: document.Decision) -> None:
        if decision.of not in _SORTS or decision.verdict not in set(Verdict):
            raise InvalidFields([FieldError("verdict", "invalid_choice", "This is no decision of newsdesk.")])
        if decision.reason is not None and decision.reason not in set(Reason):
            raise InvalidFields([FieldError("reason", "invalid_choice", f"One of: {', '.join(Reason)}.")])
        if found := note_errors("comment", decision.comment):
            raise InvalidFields(found)
        reason = Reason(decision.reason) if decision.reason else None
        check_reason(Verdict(decision.verdict), reason, decision.comment)
        records: Mapping[str, Reviewed] = (
            self._archive.annotations if decision.of == "annotation" else self._archive.links
        )
        _refer("record", records, [decision.record])
        self._person("reviewer", decision.reviewer)
        record = records[decision.record]
        if not 1 <= decision.version <= record.version:
            raise InvalidFields([FieldError("version", "invalid", "The record has no such version.")])
        if decision.reviewer == record.author:
            raise OwnWork

    def _frame(self, record: Reviewed) -> None:
        self._person("author", record.author)
        if record.state in HIDDEN:
            raise InvalidFields([FieldError("state", "invalid_choice", "A full archive holds no such state.")])
        if record.version < 1:
            raise InvalidFields([FieldError("version", "invalid", "Versions count from 1.")])
        if record.created_at is None or record.updated_at is None:
            raise InvalidFields([FieldError("created_at", "required", "An archive to restore holds all times.")])

    def _state(self, record: Reviewed) -> None:
        """Refuse a state that no decision led to. Raises: InvalidFields."""
        verdict = _VERDICTS.get(State(record.state))
        if verdict is not None and self._archive.in_force(record).get(record.version) != verdict:
            detail = f"It is {record.state}, but the last decision on its version does not say so."
            raise InvalidFields([FieldError("state", "wrong_state", detail)])

    # --- shared ---------------------------------------------------------------------------------------

    def _sort(self, item: Item) -> None:
        record = item.record
        if isinstance(record, document.Gone):
            self._refuse(item.line, "not_an_archive", "This is an export of changes, not a full archive.")
        elif record.id in self._lines:
            self._refuse(item.line, "duplicate_id", "id: An earlier line has this id.")
        elif not _is_identifier(record.id):
            self._refuse(item.line, "invalid", "id: An archive to restore has the ids of newsdesk, which are UUIDs.")
        else:
            self._lines[record.id] = item.line
            self._items[type(record)].append(item)

    def _keep(self, sort: type[Record], kept: dict[str, Any], check: Callable[[Any], object]) -> None:
        """Keep the lines of one sort that a check lets pass."""
        for item in self._items[sort]:
            if self._passes(item.line, check, item.record):
                kept[item.record.id] = item.record

    def _each(self, records: Mapping[str, Any], check: Callable[[Any], object]) -> None:
        for record in records.values():
            self._passes(self._lines[record.id], check, record)

    def _passes(self, line: int, check: Callable[[Any], object], record: object) -> bool:
        try:
            check(record)
        except NewsdeskError as error:
            for code, detail in refusals_of(error):
                self._refuse(line, code, detail)
            return False
        return True

    def _refuse(self, line: int, code: str, detail: str) -> None:
        if len(self._archive.problems) < MAX_PROBLEMS:
            self._archive.problems.append(Problem(line, code, detail))

    def _person(self, name: str, username: str | None) -> None:
        if username is None or username not in self._people:
            raise InvalidFields([FieldError(name, "unknown_person", "Every record and decision names its person.")])

    def _end(self, identifier: str) -> End:
        end = self._archive.annotations[identifier]
        segments = tuple([(segment.start, segment.end) for segment in end.segments])
        return End(UUID(end.id), self._project_id, UUID(end.article), Kind(end.kind), segments)


def people_in(reading: Reading) -> dict[str, int]:
    """Answer the names of all authors and reviewers of a file, each with the first line that has it."""
    found: dict[str, int] = {}
    for item in reading.items:
        record = item.record
        if isinstance(record, document.Annotation | document.Link):
            name = record.author
        elif isinstance(record, document.Decision):
            name = record.reviewer
        else:
            continue
        if name is not None:
            found.setdefault(name, item.line)
    return found


def identifiers_in(archive: Archive) -> Iterable[tuple[str, list[UUID]]]:
    """Answer the ids of an archive by table."""
    for name, records in (
        ("party", archive.parties),
        ("outlet", archive.outlets),
        ("incident", archive.incidents),
        ("article", archive.articles),
        ("annotation", archive.annotations),
        ("link", archive.links),
        ("decision", archive.decisions),
    ):
        yield name, [UUID(identifier) for identifier in chain(records)]


def _refer(name: str, known: Mapping[str, object], ids: Iterable[str | None]) -> None:
    for found in ids:
        if found is not None and found not in known:
            detail = f"There is no line with the id {found[:100]} among the good ones."
            raise InvalidFields([FieldError(name, "not_found", detail)])


def _is_identifier(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
