"""What an import would store: every line checked, every reference followed, what is already there recognised."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, get_args
from uuid import UUID

from uuid_utils.compat import uuid7

from annotations.errors import AlreadyCued, AlreadyExpressed, FieldError, InvalidFields, NewsdeskError
from annotations.formats import document
from annotations.formats.codec import MAX_PROBLEMS, Item, Problem, Reading
from annotations.formats.document import JsonObject, Record
from annotations.models import Project
from annotations.rules.kinds import Kind, party_errors
from annotations.rules.links import End, LinkType, check_ends
from annotations.services.exchange_checks import (
    check_annotation,
    check_article,
    check_incident,
    check_link,
    check_outlet,
    check_party,
    refusals_of,
)

_Mapped = document.Outlet | document.Incident | document.Party | document.Article | document.Annotation | document.Link
_SORTS: Final[tuple[type[Record], ...]] = get_args(_Mapped)

# Article, kind, segments, paraphrase and annotator.
AnnotationKey = tuple[UUID, str, tuple[tuple[int, int], ...], str, str]
# Type, source and target; the ends of same_as in the order of their ids
LinkKey = tuple[str, UUID, UUID]


class Present(Protocol):
    """What the project holds already; answers None for what it does not."""

    def party(self, name: str, entity_type: str) -> UUID | None:
        """Take the next party of this name and type that no line has taken."""

    def outlet(self, name: str) -> UUID | None:
        """Take the next outlet of this name."""

    def incident(self, title: str) -> UUID | None:
        """Take the next incident of this title."""

    def article(self, sha256: str) -> UUID | None:
        """Find the article with this text."""

    def text(self, article: UUID) -> str:
        """Read a stored text."""

    def annotation(self, key: AnnotationKey) -> UUID | None:
        """Find a living annotation that says the same."""

    def link(self, key: LinkKey) -> UUID | None:
        """Find a living link of the same type between the same ends."""

    def quotes_of(self, claim: UUID) -> Collection[UUID]:
        """Find the quotes that express a claim."""

    def cues_of(self, source: UUID) -> Collection[UUID]:
        """Find the cues of an annotation."""


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """An annotation to be stored, with what the file says of it."""

    id: UUID
    article: UUID
    kind: Kind
    exact: tuple[str, ...]
    parties: tuple[UUID, ...]
    origin: JsonObject
    record: document.Annotation


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link to be stored, with what the file says of it."""

    id: UUID
    type: LinkType
    source: End
    target: End
    origin: JsonObject
    record: document.Link


@dataclass(slots=True)
class Plan:
    """What would be stored, by sort; `mapping` leads from the file's ids to ours."""

    mapping: dict[str, UUID] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    parties: list[document.Party] = field(default_factory=list)
    outlets: list[document.Outlet] = field(default_factory=list)
    incidents: list[document.Incident] = field(default_factory=list)
    articles: list[document.Article] = field(default_factory=list)
    # (incident, article) where at least one of them is new
    reports: set[tuple[UUID, UUID]] = field(default_factory=set)
    annotations: list[NewAnnotation] = field(default_factory=list)
    links: list[NewLink] = field(default_factory=list)
    already_there: int = 0
    skipped: int = 0
    decisions_ignored: int = 0
    # A filtered export names earlier versions of its articles without holding them.
    supersedes_dropped: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be stored."""
        return not any((self.parties, self.outlets, self.incidents, self.articles, self.annotations, self.links))


def plan_import(project_id: UUID, reading: Reading, present: Present) -> Plan:
    """Check every line of a file against itself and against what the project holds."""
    return _Planner(project_id, reading, present).plan()


class _Planner:
    def __init__(self, project_id: UUID, reading: Reading, present: Present) -> None:
        self._project_id, self._present = project_id, present
        self._rules = Project.objects.get(pk=project_id).rules
        self._plan = Plan(problems=list(reading.problems), skipped=len({found.line for found in reading.problems}))
        self._items = self._without_repeats(reading.items)
        # The ids of good lines, by sort: a reference must lead to a line of the right one.
        self._good: dict[type[Record], set[str]] = {sort: set() for sort in _SORTS}
        self._new_articles: dict[str, UUID] = {}
        self._texts: dict[UUID, str] = {}
        self._ends: dict[str, End] = {}
        self._annotations: dict[AnnotationKey, UUID] = {}
        self._links: dict[LinkKey, UUID] = {}
        self._quoted: set[UUID] = set()
        self._cued: set[UUID] = set()

    def plan(self) -> Plan:
        self._registry()
        articles = self._of(document.Article)
        self._article_ids = {item.record.id for item in articles if isinstance(item.record, document.Article)}
        for item in articles:
            self._try(item, self._article)
        for item in self._of(document.Annotation):
            self._try(item, self._annotation)
        for item in self._of(document.Link):
            self._try(item, self._link)
        self._plan.decisions_ignored = len(self._of(document.Decision))
        self._plan.problems.sort(key=lambda problem: problem.line)
        return self._plan

    # --- registry and articles ------------------------------------------------------------------------

    def _registry(self) -> None:
        parties = self._of(document.Party)
        for item in parties:
            self._try(item, self._party)
        self._parents(parties)
        for item in self._of(document.Outlet):
            self._try(item, self._outlet)
        for item in self._of(document.Incident):
            self._try(item, self._incident)

    def _party(self, party: document.Party) -> None:
        check_party(party)
        if not self._take(party, self._present.party(party.name, party.entity_type)):
            self._plan.parties.append(party)

    def _parents(self, items: Sequence[Item]) -> None:
        """Refuse new parties whose parent is missing or leads back to them, until none is left."""
        lines = {item.record.id: item.line for item in items if isinstance(item.record, document.Party)}
        is_settled = False
        while not is_settled:
            parents = {party.id: party.parent for party in self._plan.parties}
            bad = [party for party in self._plan.parties if not self._has_good_parent(party, parents)]
            for party in bad:
                self._plan.parties.remove(party)
                del self._plan.mapping[party.id]
                self._good[document.Party].discard(party.id)
                self._refuse(lines[party.id], "not_found", "parent: There is no such party, or it leads back to this.")
            is_settled = not bad

    def _has_good_parent(self, party: document.Party, parents: dict[str, str | None]) -> bool:
        if party.parent is not None and party.parent not in self._good[document.Party]:
            return False
        step, steps = party.parent, 0
        while step is not None and steps <= len(parents):
            if step == party.id:
                return False
            step, steps = parents.get(step), steps + 1
        return True

    def _outlet(self, outlet: document.Outlet) -> None:
        check_outlet(outlet)
        self._check_references("party", document.Party, [outlet.party])
        if not self._take(outlet, self._present.outlet(outlet.name)):
            self._plan.outlets.append(outlet)

    def _incident(self, incident: document.Incident) -> None:
        check_incident(incident)
        if not self._take(incident, self._present.incident(incident.title)):
            self._plan.incidents.append(incident)

    def _article(self, article: document.Article) -> None:
        check_article(article)
        self._check_references("outlet", document.Outlet, [article.outlet])
        self._check_references("incidents", document.Incident, article.incidents)
        present = self._new_articles.get(article.sha256) or self._present.article(article.sha256)
        if present is None and article.text is None:
            raise InvalidFields([FieldError("text", "required", "The project does not hold this text; send it.")])
        if not self._take(article, present):
            self._plan.articles.append(article)
            self._new_articles[article.sha256] = self._plan.mapping[article.id]
        if article.supersedes is not None and article.supersedes not in self._article_ids:
            self._plan.supersedes_dropped += 1
        pk = self._plan.mapping[article.id]
        self._texts[pk] = self._present.text(pk) if article.text is None else article.text
        self._reports(article, pk, is_new=present is None)

    def _reports(self, article: document.Article, pk: UUID, *, is_new: bool) -> None:
        new_incidents = {incident.id for incident in self._plan.incidents}
        for incident in article.incidents:
            if is_new or incident in new_incidents:
                self._plan.reports.add((self._plan.mapping[incident], pk))

    # --- annotations and links ------------------------------------------------------------------------

    def _annotation(self, annotation: document.Annotation) -> None:
        self._check_references("article", document.Article, [annotation.article])
        article = self._plan.mapping[annotation.article]
        kind, exact = check_annotation(annotation, self._texts[article])
        self._rules.check_kind(kind)
        if found := party_errors(kind, annotation.parties):
            raise InvalidFields(found)
        self._check_references("parties", document.Party, annotation.parties)
        parties = tuple(dict.fromkeys(self._plan.mapping[party] for party in annotation.parties))
        origin = _origin(annotation)
        segments = tuple([(segment.start, segment.end) for segment in annotation.segments])
        paraphrase = str(annotation.attributes.get("paraphrase") or "")
        key = (article, kind.value, segments, paraphrase, str(origin["annotator"] or ""))
        present = self._annotations.get(key) or self._present.annotation(key)
        if not self._take(annotation, present):
            pk = self._annotations[key] = self._plan.mapping[annotation.id]
            self._plan.annotations.append(NewAnnotation(pk, article, kind, exact, parties, origin, annotation))
        self._ends[annotation.id] = End(self._plan.mapping[annotation.id], self._project_id, article, kind, segments)

    def _link(self, link: document.Link) -> None:
        type_ = check_link(link)
        source, target = self._end("source", link.source), self._end("target", link.target)
        check_ends(type_, source, target)
        key = link_key(type_, source.id, target.id)
        present = self._links.get(key) or self._present.link(key)
        if present is None:
            self._check_single(type_, source.id, target.id)
        if not self._take(link, present):
            pk = self._links[key] = self._plan.mapping[link.id]
            self._plan.links.append(NewLink(pk, type_, source, target, _origin(link), link))

    def _end(self, name: str, end: str) -> End:
        if end not in self._ends:
            raise InvalidFields([FieldError(name, "not_found", "There is no such annotation among the good lines.")])
        return self._ends[end]

    def _check_single(self, type_: LinkType, source: UUID, target: UUID) -> None:
        """Refuse a second quote of a claim and a second cue. Raises: AlreadyExpressed, AlreadyCued."""
        if type_ is LinkType.EXPRESSES:
            if target in self._quoted or self._present.quotes_of(target):
                raise AlreadyExpressed
            self._quoted.add(target)
        elif type_ is LinkType.CUED_BY:
            if source in self._cued or self._present.cues_of(source):
                raise AlreadyCued
            self._cued.add(source)

    # --- shared ---------------------------------------------------------------------------------------

    def _without_repeats(self, items: Sequence[Item]) -> dict[type[Record], list[Item]]:
        """Sort the lines by what they are, and refuse an id that an earlier line has."""
        seen: set[str] = set()
        found: dict[type[Record], list[Item]] = {}
        for item in items:
            if isinstance(item.record, document.Gone):
                continue
            if item.record.id in seen:
                self._refuse(item.line, "duplicate_id", "id: An earlier line has this id.")
                continue
            seen.add(item.record.id)
            found.setdefault(type(item.record), []).append(item)
        return found

    def _of(self, sort: type[Record]) -> list[Item]:
        return self._items.get(sort, [])

    def _try(self, item: Item, act: Callable[..., None]) -> None:
        try:
            act(item.record)
        except NewsdeskError as error:
            refusals = refusals_of(error)
            self._refuse(item.line, *refusals[0])
            for code, detail in refusals[1:]:
                self._list(item.line, code, detail)

    def _refuse(self, line: int, code: str, detail: str) -> None:
        self._plan.skipped += 1
        self._list(line, code, detail)

    def _list(self, line: int, code: str, detail: str) -> None:
        if len(self._plan.problems) < MAX_PROBLEMS:
            self._plan.problems.append(Problem(line, code, detail))

    def _take(self, record: _Mapped, present: UUID | None) -> bool:
        """Map a record's id; say whether the record is already there."""
        self._plan.mapping[record.id] = present or uuid7()
        self._good[type(record)].add(record.id)
        if present is not None:
            self._plan.already_there += 1
        return present is not None

    def _check_references(self, name: str, sort: type[Record], ids: Sequence[str | None]) -> None:
        for found in ids:
            if found is not None and found not in self._good[sort]:
                detail = f"There is no line with the id {found[:100]} among the good ones."
                raise InvalidFields([FieldError(name, "not_found", detail)])


def link_key(type_: LinkType, source: UUID, target: UUID) -> LinkKey:
    """Name a link by what makes it the same as another."""
    if type_ is LinkType.SAME_AS and target < source:
        source, target = target, source
    return (type_.value, source, target)


def annotator_of(author: str | None, origin: JsonObject) -> str | None:
    """Tell who made a record at first, however often it was carried on."""
    carried = origin.get("annotator")
    return carried if origin.get("by") == "imported" and isinstance(carried, str) else author


def _origin(record: document.Annotation | document.Link) -> JsonObject:
    origin: dict[str, object] = {
        "by": "imported",
        "annotator": annotator_of(record.author, record.origin),
        "state": record.state,
        "version": record.version,
    }
    times = {"created_at": record.created_at, "updated_at": record.updated_at}
    return origin | {name: at for name, at in times.items() if at is not None}
