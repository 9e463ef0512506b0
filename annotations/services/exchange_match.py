"""What a project holds already, asked for some lines of a file at a time before they are compared with it."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from annotations.models import Article, Incident, Link, Outlet, Party, Project
from annotations.queries.access import Actor, visible_annotations
from annotations.queries.people import pseudonym, stranger_key, stranger_pseudonym
from annotations.rules.links import LinkType
from annotations.rules.review import NOT_LIVING

# Kind, segments, paraphrase and annotator of an annotation of one article.
AnnotationKey = tuple[str, tuple[tuple[int, int], ...], str, str]
# Type, source and target; the ends of same_as in the order of their ids
LinkKey = tuple[str, str, str]


@dataclass(slots=True)
class StoredLinks:
    """Living links at some annotations: by what they say, quotes by claim, and sources that have a cue."""

    by_key: dict[LinkKey, str] = field(default_factory=dict)
    quoted: set[str] = field(default_factory=set)
    cued: set[str] = field(default_factory=set)


class StoredRegistry:
    """Parties, outlets and incidents of a project, handed out one by one."""

    def __init__(self, project: Project) -> None:
        """Read their names."""
        self._parties: defaultdict[tuple[str, str], deque[UUID]] = defaultdict(deque)
        parties = Party.objects.filter(project=project).order_by("id")
        for pk, name, entity_type in parties.values_list("id", "name", "entity_type"):
            self._parties[name, entity_type].append(pk)
        self._outlets = _by_name(Outlet.objects.filter(project=project).order_by("id").values_list("id", "name"))
        incidents = Incident.objects.filter(project=project).order_by("id")
        self._incidents = _by_name(incidents.values_list("id", "title"))

    def party(self, name: str, entity_type: str) -> UUID | None:
        """Take the next party of this name and type that no line has taken."""
        return _next(self._parties[name, entity_type])

    def outlet(self, name: str) -> UUID | None:
        """Take the next outlet of this name."""
        return _next(self._outlets[name])

    def incident(self, title: str) -> UUID | None:
        """Take the next incident of this title."""
        return _next(self._incidents[title])


class StoredRecords:
    """What is there, as far as the importer may see it."""

    def __init__(self, actor: Actor, project: Project) -> None:
        """Ask nothing yet but whether there are articles at all."""
        self._actor, self._project = actor, project
        self._stranger_key = stranger_key(project.id)
        self._names_of: dict[UUID, str] = {}
        self.holds_articles = Article.objects.filter(project=project).exists()

    def articles(self, hashes: Collection[str]) -> dict[str, str]:
        """Find the articles with these texts."""
        found = Article.objects.filter(project=self._project, sha256__in=hashes)
        return {sha256: str(pk) for sha256, pk in found.values_list("sha256", "id")}

    def text(self, article: str) -> str:
        """Read a stored text."""
        text: str = Article.objects.values_list("text", flat=True).get(pk=article)
        return text

    def annotations(self, articles: Collection[str]) -> dict[str, dict[AnnotationKey, str]]:
        """Find the living annotations of some articles by what they say; by every name a file may give its author."""
        found: dict[str, dict[AnnotationKey, str]] = {article: {} for article in articles}
        visible = visible_annotations(self._actor, self._project.id).exclude(state__in=NOT_LIVING)
        columns = ("id", "article_id", "kind", "segments", "attributes", "origin", "author_id", "author__username")
        for row in visible.filter(article__in=[UUID(article) for article in articles]).values_list(*columns):
            pk, article, kind, segments, attributes, origin, author, username = row
            place = tuple((start, end) for start, end in segments)
            paraphrase = str(attributes.get("paraphrase") or "")
            for annotator in self._names(origin, author, username):
                found[str(article)].setdefault((kind, place, paraphrase, annotator), str(pk))
        return found

    def _names(self, origin: dict[str, object], author: UUID | None, username: str | None) -> set[str]:
        """Name the annotator in every way in which a file may do it."""
        if origin.get("by") == "imported":
            annotator = str(origin.get("annotator") or "")
            return {annotator, stranger_pseudonym(self._stranger_key, annotator)} if annotator else {""}
        if author is None:
            return set()
        if author not in self._names_of:
            self._names_of[author] = pseudonym(self._project.id, author)
        names = {self._names_of[author], username or ""}
        return names | {""} if author == self._actor.user.id else names


def stored_links(ends: Collection[str]) -> StoredLinks:
    """Find the living links at some annotations, also those that one may not see.

    They take the one place that the database allows.
    """
    found = StoredLinks()
    wanted = Q(source__in=ends) | Q(target__in=ends, type=LinkType.EXPRESSES)
    for pk, type_, *ends_of in Link.objects.living().filter(wanted).values_list("id", "type", "source_id", "target_id"):
        source, target = map(str, ends_of)
        found.by_key[link_key(LinkType(type_), source, target)] = str(pk)
        if type_ == LinkType.CUED_BY:
            found.cued.add(source)
        elif type_ == LinkType.EXPRESSES:
            found.quoted.add(target)
    return found


def link_key(type_: LinkType, source: str, target: str) -> LinkKey:
    """Name a link by what makes it the same as another."""
    if type_ is LinkType.SAME_AS and target < source:
        source, target = target, source
    return (type_.value, source, target)


def _by_name(rows: Iterable[tuple[UUID, str]]) -> defaultdict[str, deque[UUID]]:
    found: defaultdict[str, deque[UUID]] = defaultdict(deque)
    for pk, name in rows:
        found[name].append(pk)
    return found


def _next(waiting: deque[UUID]) -> UUID | None:
    return waiting.popleft() if waiting else None
