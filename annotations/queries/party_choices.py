"""Whom a mention may mean: parties of nearly the same name, those of this article, others, or a new one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from annotations.models import Annotation, Article, Party
from annotations.queries.access import Actor, visible_annotations, visible_parties
from annotations.rules.kinds import Kind
from annotations.rules.review import HIDDEN, NOT_LIVING

MOST_SIMILAR = 5
MOST_CHOICES = 9


@dataclass(frozen=True, slots=True)
class PartyChoice:
    """A party that a mention may mean. `id` is None for a new one; `why` is similar, near, other or new."""

    id: UUID | None
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class PartyChoices:
    """The choices for one mention; the first is the likeliest."""

    annotation: Annotation
    query: str
    choices: tuple[PartyChoice, ...]


def party_choices_of(actor: Actor, article: Article, mention: Annotation, query: str = "") -> PartyChoices:
    """List whom a mention may mean, or who is called as the query: similar names, the article's parties, then others.

    A mention in small letters ("the group") is rarely a new party, so that choice is its last. Three statements.
    """
    words = query or " ".join(mention.exact)
    taken = set(mention.parties)
    known = visible_parties(actor, article.project_id).filter(merged_into=None)
    similar = [PartyChoice(pk, name, "similar") for pk, name in _similar(known, words) if pk not in taken]
    taken |= {choice.id for choice in similar if choice.id is not None}
    near = [] if query else _near(actor, article, mention, known, taken)
    if not query:
        met = taken | {choice.id for choice in near if choice.id is not None}
        near += [PartyChoice(pk, name, "other") for pk, name in _others(known, met)]
    new = (
        []
        if any(choice.name.casefold() == words.casefold() for choice in similar)
        else [PartyChoice(None, words, "new")]
    )
    is_small = words == words.lower() and words != words.upper()
    ordered = [*similar, *near[: MOST_CHOICES - len(similar) - 1], *new] if is_small else [*similar, *new, *near]
    return PartyChoices(mention, query, tuple(ordered[:MOST_CHOICES]))


def _similar(known: QuerySet[Party], words: str) -> Iterable[tuple[UUID, str]]:
    likeness = Greatest(TrigramSimilarity("name", words), Coalesce(Max(TrigramSimilarity("aliases__text", words)), 0.0))
    alike = Q(name__trigram_similar=words) | Q(aliases__text__trigram_similar=words)
    alike |= Q(name__icontains=words) | Q(aliases__text__icontains=words)
    found = known.filter(alike).annotate(likeness=likeness).order_by("-likeness", "name")
    return found.values_list("pk", "name")[:MOST_SIMILAR]


def _near(
    actor: Actor, article: Article, mention: Annotation, known: QuerySet[Party], taken: set[UUID]
) -> list[PartyChoice]:
    """Give the parties of the article's other mentions, the nearest mention first."""
    start = mention.segments[0][0]
    mentions = (
        visible_annotations(actor, article.project_id)
        .exclude(state__in=HIDDEN | NOT_LIVING)
        .filter(article=article, kind=Kind.PARTY)
        .values_list("segments", "parties")
    )
    by_distance = sorted(mentions, key=lambda row: abs(row[0][0][0] - start))
    wanted = [party for party in _once(row[1] for row in by_distance) if party not in taken][:MOST_CHOICES]
    names = dict(known.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    return [PartyChoice(party, names[party], "near") for party in wanted if party in names]


def _others(known: QuerySet[Party], met: set[UUID]) -> Iterable[tuple[UUID, str]]:
    return known.exclude(pk__in=met).order_by("name").values_list("pk", "name")[:MOST_CHOICES]


def _once(lists: Iterable[Sequence[UUID]]) -> list[UUID]:
    return list(dict.fromkeys(party for parties in lists for party in parties))
