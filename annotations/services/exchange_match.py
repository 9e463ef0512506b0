"""What a project holds already, asked in a few statements before the lines of a file are compared with it."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from annotations.formats import document
from annotations.formats.codec import Item
from annotations.models import Article, Incident, Link, Outlet, Party, Project
from annotations.queries.access import Actor, visible_annotations
from annotations.queries.people import pseudonym, stranger_key, stranger_pseudonym
from annotations.rules.links import LinkType
from annotations.rules.review import NOT_LIVING
from annotations.services.exchange_plan import AnnotationKey, LinkKey, link_key

_IDS_AT_ONCE: Final = 10_000


class StoredRecords:
    """What is there, as far as the importer may see it; registry records are handed out one by one."""

    def __init__(self, actor: Actor, project: Project, items: Iterable[Item]) -> None:
        self._actor, self._project = actor, project
        self._parties: defaultdict[tuple[str, str], deque[UUID]] = defaultdict(deque)
        parties = Party.objects.filter(project=project).order_by("id")
        for pk, name, entity_type in parties.values_list("id", "name", "entity_type"):
            self._parties[name, entity_type].append(pk)
        outlets = Outlet.objects.filter(project=project).order_by("id")
        self._outlets = _by_name(outlets.values_list("id", "name"))
        incidents = Incident.objects.filter(project=project).order_by("id")
        self._incidents = _by_name(incidents.values_list("id", "title"))
        hashes = {item.record.sha256 for item in items if isinstance(item.record, document.Article)}
        found = Article.objects.filter(project=project, sha256__in=hashes)
        self._articles: dict[str, UUID] = dict(found.values_list("sha256", "id"))
        self._stranger_key = stranger_key(project.id)
        self._annotations: dict[AnnotationKey, UUID] = {}
        self._read_annotations()
        self._links: dict[LinkKey, UUID] = {}
        self._quotes: defaultdict[UUID, list[UUID]] = defaultdict(list)
        self._cues: defaultdict[UUID, list[UUID]] = defaultdict(list)
        self._read_links()

    def party(self, name: str, entity_type: str) -> UUID | None:
        """Take the next party of this name and type that no line has taken."""
        return _next(self._parties[name, entity_type])

    def outlet(self, name: str) -> UUID | None:
        """Take the next outlet of this name."""
        return _next(self._outlets[name])

    def incident(self, title: str) -> UUID | None:
        """Take the next incident of this title."""
        return _next(self._incidents[title])

    def article(self, sha256: str) -> UUID | None:
        """Find the article with this text."""
        return self._articles.get(sha256)

    def text(self, article: UUID) -> str:
        """Read a stored text."""
        text: str = Article.objects.values_list("text", flat=True).get(pk=article)
        return text

    def annotation(self, key: AnnotationKey) -> UUID | None:
        """Find a living annotation that says the same."""
        return self._annotations.get(key)

    def link(self, key: LinkKey) -> UUID | None:
        """Find a living link of the same type between the same ends."""
        return self._links.get(key)

    def quotes_of(self, claim: UUID) -> Collection[UUID]:
        """Find the quotes that express a claim."""
        return self._quotes[claim]

    def cues_of(self, source: UUID) -> Collection[UUID]:
        """Find the cues of an annotation."""
        return self._cues[source]

    def _read_annotations(self) -> None:
        visible = visible_annotations(self._actor, self._project.id).exclude(state__in=NOT_LIVING)
        visible = visible.filter(article__in=self._articles.values())
        columns = ("id", "article_id", "kind", "segments", "attributes", "origin", "author_id", "author__username")
        for row in visible.values_list(*columns).iterator(chunk_size=_IDS_AT_ONCE):
            pk, article, kind, segments, attributes, origin, author, username = row
            place = tuple((start, end) for start, end in segments)
            paraphrase = str(attributes.get("paraphrase") or "")
            for annotator in self._names(origin, author, username):
                self._annotations.setdefault((article, kind, place, paraphrase, annotator), pk)

    def _names(self, origin: dict[str, object], author: UUID | None, username: str | None) -> set[str]:
        """Name the annotator in every way in which a file may do it."""
        if origin.get("by") == "imported":
            annotator = str(origin.get("annotator") or "")
            return {annotator, stranger_pseudonym(self._stranger_key, annotator)} if annotator else {""}
        if author is None:
            return set()
        names = {pseudonym(self._project.id, author), username or ""}
        return names | {""} if author == self._actor.user.id else names

    def _read_links(self) -> None:
        # Also those the importer may not see: they take the one place that the database allows.
        ends = list(set(self._annotations.values()))
        for start in range(0, len(ends), _IDS_AT_ONCE):
            links = Link.objects.living().filter(source__in=ends[start : start + _IDS_AT_ONCE])
            for pk, type_, source, target in links.values_list("id", "type", "source_id", "target_id"):
                self._links[link_key(LinkType(type_), source, target)] = pk
                if type_ == LinkType.CUED_BY:
                    self._cues[source].append(target)
            quotes = Link.objects.living().filter(
                target__in=ends[start : start + _IDS_AT_ONCE], type=LinkType.EXPRESSES
            )
            for source, target in quotes.values_list("source_id", "target_id"):
                self._quotes[target].append(source)


def _by_name(rows: Iterable[tuple[UUID, str]]) -> defaultdict[str, deque[UUID]]:
    found: defaultdict[str, deque[UUID]] = defaultdict(deque)
    for pk, name in rows:
        found[name].append(pk)
    return found


def _next(waiting: deque[UUID]) -> UUID | None:
    return waiting.popleft() if waiting else None
