"""Redactions to be looked at: what one would mask, where else the same words stand, and what was asked and done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from annotations.anchoring.anchor import Segment
from annotations.anchoring.masking import MASK, find_words, inside, words_at
from annotations.errors import NotFound
from annotations.models import Annotation, Article, PartyAlias, Project, RedactionRequest
from annotations.queries.access import Actor, require
from annotations.queries.redaction_sources import Found, find_in_sources, like_patterns
from annotations.rules.permissions import Action

_AROUND: Final = 40
_SAMPLES: Final = 3
# The search reads every text of a project once; a page is given up after five seconds.
_PATIENCE: Final = "SET LOCAL statement_timeout = '60s'"

Key = tuple[str, UUID, str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A place with a little of what stands around it."""

    segment: Segment
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One text of one record that holds the words too; two people decide whether it is masked there."""

    what: str
    record: UUID
    field: str
    passages: tuple[Passage, ...]
    count: int
    where: str

    @property
    def key(self) -> Key:
        """What a choice names."""
        return (self.what, self.record, self.field)


@dataclass(frozen=True, slots=True)
class Extent:
    """What a redaction concerns: its passages, the marks it reaches into, and where else its words stand.

    `left` are further places in the same text; `articles` are others with their numbers of places.
    """

    passages: tuple[Passage, ...]
    left: tuple[Passage, ...]
    annotations: int
    elsewhere: tuple[Elsewhere, ...]
    articles: tuple[tuple[UUID, str, int], ...]


def requests_for(actor: Actor, project: Project) -> QuerySet[RedactionRequest]:
    """Answer the requests of a project, the newest first. Raises: NotFound, NotAllowed."""
    require(actor, Action.CONFIRM_REDACTION, project.id)
    found = RedactionRequest.objects.filter(project=project)
    return found.select_related("article", "requested_by", "redaction__confirmed_by").order_by("-id")


def get_request_for(actor: Actor, project: Project, pk: UUID) -> RedactionRequest:
    """Fetch one request. Raises: NotFound, NotAllowed."""
    found = requests_for(actor, project).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def extent_of(article: Article, segments: Sequence[Segment]) -> Extent:
    """Look up everything that two people have to see before a passage goes. Reads the whole project once."""
    words = words_at(article.text, segments)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        others = [place for place in find_words(article.text, words) if place not in segments]
        return Extent(
            passages=tuple(passage_at(article.text, segment) for segment in segments),
            left=tuple(passage_at(article.text, place) for place in others if not _is_inside(place, segments)),
            annotations=_annotations_within(article, segments),
            elsewhere=tuple(_grouped(find_in_sources(article.project_id, words))),
            articles=tuple(_other_articles(article, words)),
        )


def passage_at(text: str, segment: Segment) -> Passage:
    """Cut a place out of a text with what stands around it."""
    before = text[max(0, segment.start - _AROUND) : segment.start]
    return Passage(segment, before, text[segment.start : segment.end], text[segment.end : segment.end + _AROUND])


def places_of_words(article: Article, words: str) -> list[Segment]:
    """Find the places of some words in an article's text; blanks at their ends do not count."""
    wanted = words.strip()
    return find_words(article.text, [wanted]) if wanted and set(wanted) != {MASK} else []


def _is_inside(place: Segment, segments: Sequence[Segment]) -> bool:
    return any(segment.start <= place.start and place.end <= segment.end for segment in segments)


def _annotations_within(article: Article, segments: Sequence[Segment]) -> int:
    rows = Annotation.objects.filter(article=article).values_list("segments", flat=True)
    return sum(any(inside(Segment(start, end), segments) for start, end in pairs) for pairs in rows)


def _grouped(found: Iterable[Found]) -> Iterable[Elsewhere]:
    """Put together what is decided as one: a field of a record with all of its versions."""
    by_key: dict[Key, list[Found]] = {}
    for one in found:
        by_key.setdefault((one.source.what, one.record, one.field), []).append(one)
    names = _names(by_key, {one.article for of_one in by_key.values() for one in of_one if one.article})
    for (what, record, field), of_one in by_key.items():
        texts = dict.fromkeys((one.text, one.segments) for one in of_one)
        passages = [passage_at(text, segment) for text, segments in texts for segment in segments]
        where = names.get(of_one[0].article or record, "")
        yield Elsewhere(what, record, field, tuple(passages[:_SAMPLES]), len(passages), where)


def _names(keys: Iterable[Key], articles: set[UUID]) -> dict[UUID, str]:
    titles = Article.objects.filter(pk__in=articles).values_list("id", "title")
    aliases = PartyAlias.objects.filter(pk__in=[record for what, record, _field in keys if what == "party_alias"])
    return {**dict(titles), **dict(aliases.values_list("id", "party__name"))}


def _other_articles(article: Article, words: list[str]) -> Iterable[tuple[UUID, str, int]]:
    """Count the places in the texts of other articles: each needs a redaction of its own."""
    if not words:
        return
    statement = "SELECT id, title, text FROM article WHERE project_id = %s AND id <> %s AND text ILIKE ANY (%s)"
    rows = Article.objects.raw(statement, [article.project_id, article.id, like_patterns(words)])
    for other in rows.iterator():
        if count := len(find_words(other.text, words)):
            yield other.id, other.title, count
