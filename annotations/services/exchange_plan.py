"""Checks some lines of a file at a time against each other and the project, and makes the rows of what is new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final, cast
from uuid import UUID

import uuid_utils

from annotations.anchoring.intake import direction_of
from annotations.errors import AlreadyCued, AlreadyExpressed, FieldError, InvalidFields
from annotations.formats import document
from annotations.formats.codec import Item
from annotations.formats.document import JsonObject
from annotations.models import Article, Project
from annotations.queries.access import Actor
from annotations.rules.kinds import party_errors
from annotations.rules.links import End, LinkType, check_ends
from annotations.services.exchange_batch import Batch
from annotations.services.exchange_checks import check_annotation, check_article, check_link
from annotations.services.exchange_known import Known, KnownEnd
from annotations.services.exchange_late import LateItems
from annotations.services.exchange_match import (
    AnnotationKey,
    LinkKey,
    StoredLinks,
    StoredRecords,
    link_key,
    stored_links,
)
from annotations.services.exchange_registry import Registry, missing
from annotations.services.exchange_rows import RowWriter
from annotations.services.exchange_tally import Tally

# Texts of the latest articles are held, so many and of so many code points; an earlier one is read again.
_ARTICLES_HELD: Final = 200
_CODE_POINTS_HELD: Final = 4_000_000


@dataclass(slots=True)
class Ground:
    """What an import stands on. `wait` lets everything handed to the database so far arrive there."""

    actor: Actor
    project: Project
    now: datetime
    registry: Registry
    tally: Tally
    known: Known
    wait: Callable[[], None] = lambda: None


@dataclass(slots=True)
class _Here:
    """An article to which annotations come: its text, and which annotations it has."""

    text: str
    keys: dict[AnnotationKey, str] = field(default_factory=dict)
    stored: frozenset[str] = frozenset()


class Planner:
    """Takes the lines in pieces. What names a line that comes later is put off until all others are known."""

    def __init__(self, ground: Ground) -> None:
        """Ask what the project holds."""
        self._ground, self._known, self._tally = ground, ground.known, ground.tally
        self._stored = StoredRecords(ground.actor, ground.project)
        self._rules = ground.project.rules
        self._rows = RowWriter(ground.project.id, ground.actor.user.id, ground.now)
        self.late = LateItems()
        # New articles that name an earlier version further on in the file.
        self.superseding: list[tuple[str, str]] = []
        self._by_hash: dict[str, str] = {}
        self._here: dict[str, _Here] = {}
        self._links: dict[LinkKey, str] = {}
        self._quoted: dict[str, None] = {}
        self._cued: dict[str, None] = {}
        self._batch = Batch(ground.project.id)
        self._is_late = False

    def take(self, items: Sequence[Item]) -> Batch:
        """Check some lines in the order of the file."""
        articles: list[Item] = []
        annotations: list[Item] = []
        links: list[Item] = []
        sorts = {document.Article: articles, document.Annotation: annotations, document.Link: links}
        for item in self._without_repeats(items):
            if isinstance(item.record, document.Decision):
                self._tally.decisions_ignored += 1
                self._known.refuse(item.line, item.record.id)
            else:
                sorts[type(item.record)].append(item)
        return self._take_sorted(articles, annotations, links)

    def take_late(self, items: Sequence[Item]) -> Batch:
        """Check lines that were put off; what they name is known now, or nowhere."""
        self._is_late = True
        annotations = [item for item in items if isinstance(item.record, document.Annotation)]
        links = [item for item in items if isinstance(item.record, document.Link)]
        self._ground.wait()
        self._known.fetch({named for item in items for named in _named(item)})
        return self._take_sorted([], annotations, links)

    def _take_sorted(self, articles: list[Item], annotations: list[Item], links: list[Item]) -> Batch:
        self._batch = Batch(self._ground.project.id)
        present = self._present_articles(articles)
        for item in articles:
            self._try(item, lambda item: self._article(item, present))
        self._prepare(set(present.values()))
        for item in annotations:
            self._try(item, self._annotation)
        self._take_links(links)
        self._batch.known = self._known.take_rows()
        self._forget()
        return self._batch

    def _without_repeats(self, items: Sequence[Item]) -> list[Item]:
        """Refuse an id that an earlier line has."""
        fresh: list[Item] = []
        ids: set[str] = set()
        known, registry = self._known, self._ground.registry.taken
        for item in items:
            if isinstance(item.record, document.Gone):
                continue
            file_id = item.record.id
            if file_id in ids or known.is_taken(file_id) or file_id in registry:
                self._tally.refuse(item.line, "duplicate_id", "id: An earlier line has this id.")
                continue
            ids.add(file_id)
            fresh.append(item)
        return fresh

    def _try(self, item: Item, act: Callable[[Item], None]) -> None:
        if not self._tally.try_line(item, act) and not isinstance(item.record, document.Gone):
            self._known.refuse(item.line, item.record.id)

    # --- articles -------------------------------------------------------------------------------------

    def _present_articles(self, items: Sequence[Item]) -> dict[str, str]:
        if not self._stored.holds_articles or not items:
            return {}
        self._ground.wait()
        return self._stored.articles({cast(document.Article, item.record).sha256 for item in items})

    def _article(self, item: Item, present: dict[str, str]) -> None:
        article, registry = cast(document.Article, item.record), self._ground.registry
        check_article(article)
        registry.check("outlet", document.Outlet, [article.outlet])
        registry.check("incidents", document.Incident, article.incidents)
        pk = self._by_hash.get(article.sha256) or present.get(article.sha256)
        if pk is None and article.text is None:
            raise InvalidFields([FieldError("text", "required", "The project does not hold this text; send it.")])
        is_new = pk is None
        if pk is None:
            pk = self._by_hash[article.sha256] = new_id()
            self._here[pk] = _Here(article.text or "")
            self._batch.articles.append(self._article_row(pk, article))
            self._tally.new["article"] += 1
        else:
            self._tally.already_there += 1
        self._known.add_article(item.line, article.id, pk, (article.sha256, article.length) if is_new else None)
        for incident in article.incidents:
            if is_new or incident in registry.new_incidents:
                self._batch.reports.append((str(registry.ids[document.Incident][incident]), pk))

    def _article_row(self, pk: str, article: document.Article) -> Article:
        ground = self._ground
        text = article.text or ""
        outlet = article.outlet
        return Article(
            id=UUID(pk),
            project=ground.project,
            outlet_id=ground.registry.ids[document.Outlet][outlet] if outlet is not None else None,
            title=article.title,
            byline=article.byline,
            url=article.url,
            published_at=_time(article.published_at),
            retrieved_at=_time(article.retrieved_at) or ground.now,
            language=article.language,
            direction=article.direction or direction_of(article.language),
            text=text,
            sha256=article.sha256,
            length=len(text),
            collected_by=ground.actor.user,
            supersedes_id=self._supersedes(pk, article),
            license=article.license,
            created_at=ground.now,
            updated_at=ground.now,
        )

    def _supersedes(self, pk: str, article: document.Article) -> UUID | None:
        if article.supersedes is None:
            return None
        earlier = self._known.articles.get(article.supersedes)
        if earlier is None:
            self.superseding.append((pk, article.supersedes))
        return None if earlier is None else UUID(earlier)

    # --- annotations ----------------------------------------------------------------------------------

    def _prepare(self, articles: set[str]) -> None:
        """Read what is there in articles that the project held before."""
        wanted = articles - self._here.keys()
        if wanted:
            for pk, keys in self._stored.annotations(wanted).items():
                self._here[pk] = _Here(self._stored.text(pk), keys, frozenset(keys.values()))

    def _annotation(self, item: Item) -> None:
        record = cast(document.Annotation, item.record)
        article = self._known.articles.get(record.article)
        if article is None:
            if self._may_come(record.article):
                self._put_off(item)
                return
            raise missing("article", record.article)
        here = self._here.get(article) or self._read_again(article)
        kind, exact = check_annotation(record, here.text)
        self._rules.check_kind(kind)
        named = record.parties
        if named:
            if found := party_errors(kind, named):
                raise InvalidFields(found)
            self._ground.registry.check("parties", document.Party, named)
        places = tuple([(segment.start, segment.end) for segment in record.segments])
        origin = _origin(record)
        key = (record.kind, places, str(record.attributes.get("paraphrase") or ""), str(origin["annotator"] or ""))
        present = here.keys.get(key)
        pk = present or new_id()
        known = KnownEnd(pk, article, End(pk, self._known.project, article, kind, places), present in here.stored)
        if present is not None:
            self._tally.already_there += 1
            self._known.add_annotation(item.line, record.id, known)
            return
        here.keys[key] = pk
        ids = self._ground.registry.ids[document.Party]
        parties = list(dict.fromkeys([str(ids[party]) for party in named])) if named else []
        row, version, digest = self._rows.annotation(pk, article, record, exact, (parties, origin))
        self._batch.add("annotation", row, version)
        self._tally.new["annotation"] += 1
        self._known.add_annotation(item.line, record.id, known, digest)

    def _read_again(self, article: str) -> _Here:
        self._ground.wait()
        keys = self._stored.annotations([article])[article]
        here = self._here[article] = _Here(self._stored.text(article), keys, frozenset(keys.values()))
        return here

    def _may_come(self, file_id: str) -> bool:
        """Say whether an id that is not known may stand on a line to come, or further back than is remembered."""
        return not self._is_late and file_id not in self._known.ids and file_id not in self._ground.registry.taken

    def _put_off(self, item: Item) -> None:
        self.late.add(item)
        self._known.put_off(item.line, cast(document.Annotation | document.Link, item.record).id)

    # --- links ----------------------------------------------------------------------------------------

    def _take_links(self, items: Sequence[Item]) -> None:
        now: list[Item] = []
        stored: set[str] = set()
        for item in items:
            ends = [self._known.ends.get(end) for end in _named(item)]
            if any(end is None and self._may_come(name) for end, name in zip(ends, _named(item), strict=True)):
                self._put_off(item)
                continue
            now.append(item)
            stored.update(end.id for end in ends if end is not None and end.is_stored)
        found = StoredLinks()
        if stored:
            self._ground.wait()
            found = stored_links(stored)
        for item in now:
            self._try(item, lambda item: self._link(item, found))

    def _link(self, item: Item, stored: StoredLinks) -> None:
        record = cast(document.Link, item.record)
        type_ = check_link(record)
        source, target = self._end("source", record.source), self._end("target", record.target)
        check_ends(type_, source.end, target.end)
        key = link_key(type_, source.id, target.id)
        present = self._links.get(key) or stored.by_key.get(key)
        if present is not None:
            self._tally.already_there += 1
            self._known.add_link(item.line, record.id, present, source.article)
            return
        self._take_place(type_, source.id, target.id, stored)
        pk = self._links[key] = new_id()
        ends = (source.id, target.id, source.article, target.article)
        row, version, digest = self._rows.link(pk, ends, record, _origin(record))
        self._batch.add("link", row, version)
        self._tally.new["link"] += 1
        self._known.add_link(item.line, record.id, pk, source.article, digest)

    def _end(self, name: str, end: str) -> KnownEnd:
        found = self._known.ends.get(end)
        if found is None:
            raise InvalidFields([FieldError(name, "not_found", "There is no such annotation among the good lines.")])
        return found

    def _take_place(self, type_: LinkType, source: str, target: str, stored: StoredLinks) -> None:
        """Refuse a second quote of a claim and a second cue. Raises: AlreadyExpressed, AlreadyCued."""
        if type_ is LinkType.EXPRESSES:
            if target in self._quoted or target in stored.quoted:
                raise AlreadyExpressed
            self._quoted[target] = None
        elif type_ is LinkType.CUED_BY:
            if source in self._cued or source in stored.cued:
                raise AlreadyCued
            self._cued[source] = None

    # --- memory ---------------------------------------------------------------------------------------

    def _forget(self) -> None:
        """Let go of what lies far back; should it matter after all, the database says so and all is read anew."""
        limit = self._known.limit
        if limit is None:
            return
        self._known.forget()
        held = sum(len(here.text) for here in self._here.values())
        for pk in list(self._here)[:-1]:
            if len(self._here) <= _ARTICLES_HELD and held <= _CODE_POINTS_HELD:
                break
            held -= len(self._here.pop(pk).text)
        for place in (self._links, self._quoted, self._cued):
            for key in list(islice(place, max(0, len(place) - limit))):
                del place[key]  # type: ignore[arg-type]


def new_id() -> str:
    """Make an id as the models do, as a text: nothing else is asked of it here."""
    return str(uuid_utils.uuid7())


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
    if record.created_at is not None:
        origin["created_at"] = record.created_at
    if record.updated_at is not None:
        origin["updated_at"] = record.updated_at
    return origin


def _named(item: Item) -> tuple[str, ...]:
    """Give the ids of other lines that a line names."""
    record = item.record
    if isinstance(record, document.Link):
        return (record.source, record.target)
    return (record.article,) if isinstance(record, document.Annotation) else ()


def _time(text: str | None) -> datetime | None:
    return None if text is None or text == "" else datetime.fromisoformat(text)
