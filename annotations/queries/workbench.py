"""What the workbench shows of an article: blocks with their tags and cards, counters, parties. Code points."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Func, IntegerField, Q, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext

from annotations.anchoring.anchor import Segment
from annotations.anchoring.blocks import Block, blocks_touched, split_blocks
from annotations.anchoring.pieces import Mark, Piece, marks_by_block, pieces_of_block
from annotations.errors import InvalidInput
from annotations.models import Annotation, Article
from annotations.queries.access import Actor, visible_annotations, visible_links, visible_parties
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.review import HIDDEN

WITHOUT_CARD = frozenset({Kind.PARTY, Kind.CUE})
# What a card says of its links, the most telling first.
TOLD = (LinkType.SPEAKER, LinkType.CLAIMANT, LinkType.DISPUTES)
MOST_PARTIES = 60
LIST_SEPARATOR = " + "
# A tag's exact texts as one line.
WORDS = Func(F("exact"), Value(" … "), function="array_to_string", output_field=TextField())


class Tag(NamedTuple):
    """An annotation as the screen needs it; `words` are its exact texts joined. Ids are text: they are only shown."""

    id: str
    kind: str
    segments: tuple[Segment, ...]
    words: str
    state: str
    version: int
    parties: tuple[str, ...]


class Card(NamedTuple):
    """A tag beside the text, one line of words and one of links."""

    id: str
    kind: str
    words: str
    state: str
    told: str


class TextBlock(NamedTuple):
    """A block with the marks in it. Equal blocks look the same.

    `gap` is the stored text between the block before and this one, empty for the usual single line end.
    `labels` are the version of each mark and its parties, named by short tokens, equal for equal parties.
    """

    extent: Block
    text: str
    gap: str
    language: str
    marks: tuple[Mark, ...]
    labels: tuple[tuple[int, str], ...]

    @property
    def pieces(self) -> tuple[Piece | str, ...]:
        """Nest the marks around the text."""
        return pieces_of_block(self.text, self.extent, self.marks)


class CardGroup(NamedTuple):
    """The cards of the tags that begin in the block that starts at `start`; `number` is its paragraph's."""

    start: int
    number: int | None
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class TouchedText:
    """The blocks that a write changed, and the tags in them."""

    blocks: tuple[TextBlock, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class PartyCount:
    """A party of the article with its mentions; `is_known` says whether the registry has it."""

    name: str
    is_known: bool
    mentions: int
    first: str


@dataclass(frozen=True, slots=True)
class PartyList:
    """The parties of an article, those of the registry first; `more` are left out of a long list."""

    shown: tuple[PartyCount, ...]
    more: int


@dataclass(frozen=True, slots=True)
class KindCount:
    """A kind, its key in the palette and how many tags of it the article has."""

    kind: Kind
    key: int
    tags: int


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """The whole workbench of one article."""

    article: Article
    blocks: tuple[TextBlock, ...]
    groups: tuple[CardGroup, ...]
    kinds: tuple[KindCount, ...]
    parties: PartyList


@dataclass(slots=True)
class Ends:
    """What links point at and how it is named: tags and parties, each read at most once."""

    tags: dict[str, Tag] = field(default_factory=dict)
    parties: dict[str, str] = field(default_factory=dict)

    def name(self, pk: str) -> str:
        """Name a mention by its parties, else by its words; other tags by their words."""
        tag = self.tags.get(pk)
        if tag is None:
            return ""
        return LIST_SEPARATOR.join(self.parties[p] for p in tag.parties if p in self.parties) or tag.words


def article_page(actor: Actor, article: Article) -> ArticlePage:
    """Read an article with all tags that the actor may see. Four statements, whatever the number of tags."""
    blocks = split_blocks(article.text)
    tags = tags_of(actor, article)
    told, names = _told(actor, article, tags, Q())
    return ArticlePage(
        article=article,
        blocks=_shaped(article, blocks, blocks, tags),
        groups=_card_groups(blocks, blocks, tags, told),
        kinds=_kind_counts(Counter(tag.kind for tag in tags)),
        parties=_party_counts(tags, names),
    )


def touched_text(actor: Actor, article: Article, segments: Iterable[Segment]) -> TouchedText:
    """Read only the blocks that share text with the segments, for the answer to a write."""
    blocks = split_blocks(article.text)
    touched = blocks_touched(blocks, sorted(set(segments)))
    if not touched:
        return TouchedText((), ())
    reach = Q()
    for low, high in _runs(touched):
        reach |= Q(first__lt=high, last__gt=low)
    tags = tags_of(actor, article, reach)
    return TouchedText(_shaped(article, blocks, touched, tags), tuple(tags))


def touched_cards(actor: Actor, article: Article, touched: TouchedText) -> tuple[CardGroup, ...]:
    """Read the cards beside those blocks."""
    sources = [tag.id for tag in touched.tags if tag.kind not in WITHOUT_CARD]
    told, _ = _told(actor, article, touched.tags, Q(source_id__in=sources))
    wanted = [block.extent for block in touched.blocks]
    return _card_groups(split_blocks(article.text), wanted, touched.tags, told)


def party_counts(actor: Actor, article: Article) -> PartyList:
    """List the parties of an article with the number of their mentions, the most mentioned first."""
    tags = tags_of(actor, article, Q(kind=Kind.PARTY))
    return _party_counts(tags, _party_names(actor, article.project_id, tags))


def neighbours(actor: Actor, article: Article, pk: UUID) -> list[Segment]:
    """Where the tags lie whose cards name this one: the sources of its links in this article."""
    links = visible_links(actor, article.project_id).filter(target_id=pk, source_article=article)
    sources = visible_annotations(actor, article.project_id).filter(pk__in=links.values("source_id"))
    return [Segment(*pair) for found in sources.values_list("segments", flat=True) for pair in found]


def places_of(actor: Actor, article: Article, pks: Iterable[UUID]) -> list[Segment]:
    """Where some tags lie in this article, and the tags whose cards name them."""
    links = visible_links(actor, article.project_id).filter(target_id__in=pks, source_article=article)
    tags = visible_annotations(actor, article.project_id).filter(article=article)
    found = tags.filter(Q(pk__in=pks) | Q(pk__in=links.values("source_id")))
    return [Segment(*pair) for segments in found.values_list("segments", flat=True) for pair in segments]


def tags_named(actor: Actor, article: Article, tag: Annotation) -> list[Segment]:
    """Where tags of the same kind and the same words lie in this article."""
    found = visible_annotations(actor, article.project_id).filter(article=article, kind=tag.kind, exact=tag.exact)
    return [Segment(*pair) for segments in found.values_list("segments", flat=True) for pair in segments]


def missing_words(actor: Actor, article: Article, pks: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Give kind and words of some tags of an article, in the order of the text."""
    found = (
        visible_annotations(actor, article.project_id).filter(article=article, pk__in=set(pks)).annotate(words=WORDS)
    )
    return {pk: (kind, words) for pk, kind, words in found.order_by("segments").values_list("pk", "kind", "words")}


def party_named(actor: Actor, project_id: UUID, words: str) -> tuple[UUID, ...]:
    """Give the one party with exactly this name or alias, whatever the case; nothing when none or several have it."""
    named = Q(name__iexact=words) | Q(aliases__text__iexact=words)
    found = visible_parties(actor, project_id).filter(named, merged_into=None).values_list("pk", flat=True)
    parties = list(found.distinct()[:2])
    return (parties[0],) if len(parties) == 1 else ()


def place_of(text: str, words: str, occurrence: int) -> Segment:
    """Find the n-th place of some words in a text, counted from 1. Raises: InvalidInput `not_in_text`."""
    start = -1
    for _ in range(occurrence):
        start = text.find(words, start + 1)
        if start == -1:
            detail = gettext("These words do not stand in the article so often; copy them from the text.")
            raise InvalidInput(detail, field="words", code="not_in_text")
    return Segment(start, start + len(words))


class FirstStart(Func):
    """Where the first segment of a column of segments starts."""

    template = "(%(expressions)s)[1][1]"
    output_field = IntegerField()


class LastEnd(Func):
    """Where the last segment of a column of segments ends."""

    template = "(%(expressions)s)[array_upper(%(expressions)s, 1)][2]"
    output_field = IntegerField()


def tags_of(actor: Actor, article: Article, reach: Q | None = None) -> list[Tag]:
    """Read the shown tags of an article in the order of the text. `reach` may ask for `first` and `last` offsets."""
    found = visible_annotations(actor, article.project_id).exclude(state__in=HIDDEN).filter(article=article)
    if reach is not None:
        found = found.annotate(first=FirstStart(F("segments")), last=LastEnd(F("segments"))).filter(reach)
    return sorted(map(_tag, found.values_list(*_COLUMNS)), key=lambda tag: (tag.segments[0].start, tag.id))


# PostgreSQL writes ids and arrays as text: the driver would make an object of each of them.
_SEGMENTS = Func(F("segments"), template="%(expressions)s::text", output_field=TextField())
_PARTIES = Func(F("parties"), Value(" "), function="array_to_string", output_field=TextField())
_COLUMNS = (Cast("id", TextField()), "kind", _SEGMENTS, WORDS, "state", "version", _PARTIES)
_NUMBER = re.compile(r"\d+")
# Places that each process keeps as they were read: most tags stay where they are.
_KEPT_PLACES = 16_384
# The end of an id is random, so that so much of it tells the parties of an article apart.
_TOKEN = 8


def _tag(row: tuple[str, str, str, str, str, int, str]) -> Tag:
    pk, kind, segments, words, state, version, parties = row
    return Tag(pk, kind, _segments(segments), words, state, version, tuple(parties.split()))


@lru_cache(maxsize=_KEPT_PLACES)
def _segments(written: str) -> tuple[Segment, ...]:
    numbers = iter(map(int, _NUMBER.findall(written)))
    return tuple(Segment(start, end) for start, end in zip(numbers, numbers, strict=True))


def _runs(blocks: Sequence[Block]) -> list[tuple[int, int]]:
    return [(block.start, block.end) for block in blocks]


def _shaped(
    article: Article, blocks: Sequence[Block], wanted: Sequence[Block], tags: Sequence[Tag]
) -> tuple[TextBlock, ...]:
    marks = [Mark(tag.id, tag.kind, tag.segments) for tag in tags]
    labels = {tag.id: (tag.version, " ".join(party[-_TOKEN:] for party in tag.parties)) for tag in tags}
    shown = dict(zip((block.start for block in blocks), marks_by_block(blocks, marks), strict=True))
    ends = {block.start: before.end for before, block in pairwise(blocks)}
    return tuple(
        TextBlock(
            extent=block,
            text=article.text[block.start : block.end],
            gap=_unusual(article.text[ends.get(block.start, block.start) : block.start]),
            language=article.language,
            marks=tuple(shown[block.start]),
            labels=tuple(labels[mark.id] for mark in shown[block.start]),
        )
        for block in wanted
    )


def _unusual(gap: str) -> str:
    return "" if gap == "\n" else gap


def _card_groups(
    blocks: Sequence[Block], wanted: Sequence[Block], tags: Sequence[Tag], told: Mapping[str, str]
) -> tuple[CardGroup, ...]:
    """Make the cards of the tags that begin in some of the blocks, in the order of the text."""
    cards: dict[int, list[Card]] = {block.start: [] for block in blocks}
    index = 0
    for tag in tags:
        if tag.kind in WITHOUT_CARD:
            continue
        while index + 1 < len(blocks) and blocks[index].end <= tag.segments[0].start:
            index += 1
        cards[blocks[index].start].append(Card(tag.id, tag.kind, tag.words, tag.state, told.get(tag.id, "")))
    return tuple(CardGroup(block.start, block.number, tuple(cards[block.start])) for block in wanted)


def _told(
    actor: Actor, article: Article, tags: Sequence[Tag], sources: Q
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Say in a line what the links of each tag tell: who said or claims it, what it disputes.

    `sources` narrows the links to those of some tags. Answers the lines by tag, and the names of all parties met.
    """
    links = (
        visible_links(actor, article.project_id)
        .exclude(state__in=HIDDEN)
        .filter(sources, source_article=article, type__in=TOLD)
    )
    source, target = Cast("source_id", TextField()), Cast("target_id", TextField())
    rows = list(links.order_by("id").values_list(source, "type", target))
    ends = ends_of(actor, article.project_id, tags, [target for _, _, target in rows])
    sentences = {
        LinkType.SPEAKER: gettext("Said by %(names)s"),
        LinkType.CLAIMANT: gettext("Claimed by %(names)s"),
        LinkType.DISPUTES: gettext("Disputes “%(names)s”"),
    }
    names: dict[str, dict[str, list[str]]] = {}
    for source, type_, target in rows:
        names.setdefault(source, {}).setdefault(type_, []).append(ends.name(target))
    told = {
        source: " · ".join(
            sentences[type_] % {"names": LIST_SEPARATOR.join(by_type[type_])} for type_ in TOLD if type_ in by_type
        )
        for source, by_type in names.items()
    }
    return told, ends.parties


def ends_of(actor: Actor, project_id: UUID, tags: Sequence[Tag], wanted: Iterable[str]) -> Ends:
    """Read what links point at beyond the tags at hand, and the names of all parties among them."""
    known = {tag.id: tag for tag in tags}
    missing = {pk for pk in wanted if pk not in known}
    if missing:
        others = visible_annotations(actor, project_id).filter(pk__in=missing).values_list(*_COLUMNS)
        known |= {tag.id: tag for tag in map(_tag, others)}
    return Ends(known, _party_names(actor, project_id, known.values()))


def _party_names(actor: Actor, project_id: UUID, tags: Iterable[Tag]) -> dict[str, str]:
    wanted = {party for tag in tags for party in tag.parties}
    if not wanted:
        return {}
    return dict(visible_parties(actor, project_id).filter(pk__in=wanted).values_list(Cast("id", TextField()), "name"))


def _kind_counts(counted: Mapping[str, int]) -> tuple[KindCount, ...]:
    return tuple(KindCount(kind, key, counted.get(kind, 0)) for key, kind in enumerate(Kind, start=1))


def _party_counts(tags: Sequence[Tag], names: Mapping[str, str]) -> PartyList:
    mentions = [tag for tag in tags if tag.kind == Kind.PARTY]
    counted: Counter[tuple[str, bool]] = Counter()
    first: dict[tuple[str, bool], str] = {}
    for tag in mentions:
        known = [(names[party], True) for party in tag.parties if party in names]
        for key in known or [(tag.words, False)]:
            counted[key] += 1
            first.setdefault(key, tag.id)
    listed = sorted(counted.items(), key=lambda item: (not item[0][1], -item[1]))
    shown = [PartyCount(*key, number, first[key]) for key, number in listed[:MOST_PARTIES]]
    return PartyList(tuple(shown), len(listed) - len(shown))
