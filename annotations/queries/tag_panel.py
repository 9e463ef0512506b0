"""What the workbench shows of the tag in focus: its links, parties, last decision, and what it may be linked to."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from annotations.anchoring.anchor import Segment
from annotations.anchoring.blocks import split_blocks
from annotations.errors import KindNotAllowed
from annotations.models import Annotation, Article, Decision, Link
from annotations.queries.access import Actor, visible_annotations, visible_decisions, visible_links, visible_parties
from annotations.queries.party_choices import PartyChoices, party_choices_of
from annotations.queries.workbench import LIST_SEPARATOR, WORDS, ends_of, tags_of
from annotations.rules.kinds import CLAIMS, Kind
from annotations.rules.links import MATRIX, LinkType, lies_inside
from annotations.rules.permissions import Action
from annotations.rules.review import HIDDEN, NOT_LIVING, State

# Whom the words of a kind come from.
WHO = {Kind.QUOTE: LinkType.SPEAKER, Kind.CLAIM: LinkType.CLAIMANT, Kind.COUNTERCLAIM: LinkType.CLAIMANT}
MORE_LINKS = (
    LinkType.ABOUT,
    LinkType.EXPRESSES,
    LinkType.CUED_BY,
    LinkType.SAME_AS,
    LinkType.SUPPORTS,
    LinkType.RELAYED_BY,
)
TO_CLAIMS = frozenset(type_ for type_, ends in MATRIX.items() if ends.targets & CLAIMS)
MOST_CHOICES = 60
MOST_FROM_OTHERS = 12


@dataclass(frozen=True, slots=True)
class Relation:
    """One link of the tag; `is_back` when the tag is its target. `article` is the other end's when it is another."""

    link: UUID
    type: str
    version: int
    state: str
    is_back: bool
    other: UUID
    kind: str
    name: str
    article: UUID | None
    may_remove: bool


@dataclass(frozen=True, slots=True)
class NamedParty:
    """A party of the registry by its name."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The tag in focus. `who` is the type of link to its speaker or claimant, None for kinds without."""

    annotation: Annotation
    words: str
    may_edit: bool
    who: LinkType | None
    may_dispute: bool
    relations: tuple[Relation, ...]
    parties: tuple[NamedParty, ...]
    known_parties: tuple[NamedParty, ...]
    choices: PartyChoices | None
    decision: Decision | None

    @property
    def more_links(self) -> tuple[LinkType, ...]:
        """The types of link that may start here beside the one to its speaker or claimant, and the dispute."""
        kind = Kind(self.annotation.kind)
        return tuple(type_ for type_ in MORE_LINKS if kind in MATRIX[type_].sources)

    @property
    def linked(self) -> str:
        """The ids of the other ends, for the page to show them."""
        return " ".join(dict.fromkeys(str(relation.other) for relation in self.relations))


@dataclass(frozen=True, slots=True)
class Choice:
    """A tag that the one in focus may be linked to; `number` is the paragraph, `title` another article's.

    `name` tells a mention's parties, and who claims a claim; empty where the words say it.
    """

    id: str
    kind: str
    words: str
    name: str
    number: int | None
    title: str


@dataclass(frozen=True, slots=True)
class Picker:
    """The choices for one link, the nearest first."""

    annotation: Annotation
    type: LinkType
    query: str
    choices: tuple[Choice, ...]
    is_everywhere: bool = False

    @property
    def leaves_article(self) -> bool:
        """Whether links of this type may end in another article."""
        return MATRIX[self.type].across_articles


def panel_of(actor: Actor, article: Article, annotation: Annotation) -> Panel:
    """Read what the panel of a tag shows. A fixed number of statements."""
    kind = Kind(annotation.kind)
    is_own = annotation.is_in_hands_of(actor.user.id) and actor.may(Action.ANNOTATE, article.project_id)
    may_edit = is_own or actor.may(Action.EDIT_OTHERS, article.project_id)
    known = visible_parties(actor, article.project_id).filter(merged_into=None).order_by("name")
    named = [NamedParty(*row) for row in known.values_list("pk", "name")] if kind is Kind.PARTY else []
    return Panel(
        annotation=annotation,
        words=" … ".join(annotation.exact),
        may_edit=may_edit,
        who=WHO.get(kind),
        may_dispute=kind in CLAIMS,
        relations=_relations(actor, article, annotation),
        parties=tuple(party for party in named if party.id in annotation.parties),
        known_parties=tuple(party for party in named if party.id not in annotation.parties),
        choices=party_choices_of(actor, article, annotation) if kind is Kind.PARTY and may_edit else None,
        decision=_last_decision(actor, article, annotation),
    )


def picker_of(
    actor: Actor, article: Article, annotation: Annotation, type_: LinkType, query: str, *, is_everywhere: bool = False
) -> Picker:
    """List what the tag may be linked to: of this article by distance; of others too when something is sought.

    `is_everywhere` leaves this article's out, so that the others have the digits. Raises: KindNotAllowed.
    """
    kinds = MATRIX[type_].targets
    sources = MATRIX[type_].sources | (CLAIMS if type_ is LinkType.DISPUTES else frozenset())
    if Kind(annotation.kind) not in sources:
        raise KindNotAllowed
    is_everywhere = is_everywhere and MATRIX[type_].across_articles
    here = () if is_everywhere else _choices_here(actor, article, annotation, type_, query)
    seeks = is_everywhere or (MATRIX[type_].across_articles and query)
    others = _choices_elsewhere(actor, article, kinds, query) if seeks else ()
    return Picker(annotation, type_, query, (*here, *others), is_everywhere)


def _relations(actor: Actor, article: Article, annotation: Annotation) -> tuple[Relation, ...]:
    touching = Q(source=annotation) | Q(target=annotation)
    links = list(visible_links(actor, article.project_id).exclude(state__in=HIDDEN).filter(touching).order_by("id"))
    others = [_other(link, annotation) for link in links]
    ends = ends_of(actor, article.project_id, [], map(str, others))
    is_admin = actor.may(Action.EDIT_OTHERS, article.project_id)
    own_source = annotation.is_in_hands_of(actor.user.id)
    found = []
    for link, other in zip(links, others, strict=True):
        is_back = link.target_id == annotation.id
        far = link.source_article_id if is_back else link.target_article_id
        tag = ends.tags.get(str(other))
        if tag is None:
            continue
        may_remove = is_admin or link.is_in_hands_of(actor.user.id) or (own_source and not is_back)
        found.append(
            Relation(
                link=link.id,
                type=link.type,
                version=link.version,
                state=link.state,
                is_back=is_back,
                other=other,
                kind=tag.kind,
                name=ends.name(str(other)),
                article=None if far == article.id else far,
                may_remove=may_remove and link.state != State.REJECTED,
            )
        )
    return tuple(sorted(found, key=lambda relation: relation.is_back))


def _other(link: Link, annotation: Annotation) -> UUID:
    return link.target_id if link.source_id == annotation.id else link.source_id


def _last_decision(actor: Actor, article: Article, annotation: Annotation) -> Decision | None:
    if annotation.state not in {State.RETURNED, State.REJECTED}:
        return None
    decisions = visible_decisions(actor, article.project_id).filter(annotation=annotation)
    return decisions.order_by("-id").first()


def _choices_here(
    actor: Actor, article: Article, annotation: Annotation, type_: LinkType, query: str
) -> tuple[Choice, ...]:
    targets = [str(kind) for kind in MATRIX[type_].targets]
    tags = [tag for tag in tags_of(actor, article, Q(kind__in=targets)) if tag.id != str(annotation.id)]
    linked = set(
        visible_links(actor, article.project_id)
        .exclude(state__in=NOT_LIVING)
        .filter(source=annotation, type=type_)
        .values_list(Cast("target_id", TextField()), flat=True)
    )
    ends = ends_of(actor, article.project_id, tags, [])
    claimants = _claimants(actor, article, Q(source_article=article)) if type_ in TO_CLAIMS else {}
    own = [Segment(*pair) for pair in annotation.segments]
    blocks = split_blocks(article.text)
    found = []
    for tag in sorted(tags, key=lambda tag: _distance(own, tag.segments)):
        if type_ is LinkType.EXPRESSES and not lies_inside(
            [(s.start, s.end) for s in tag.segments], annotation.segments
        ):
            continue
        name = claimants.get(tag.id) or ends.name(tag.id)
        if tag.state == State.REJECTED or tag.id in linked or not _holds(query, tag.words, name):
            continue
        number = max((b.number or 0 for b in blocks if b.start <= tag.segments[0].start), default=0)
        found.append(Choice(tag.id, tag.kind, tag.words, "" if name == tag.words else name, number or None, ""))
    return tuple(found[:MOST_CHOICES])


def _choices_elsewhere(actor: Actor, article: Article, kinds: frozenset[Kind], query: str) -> tuple[Choice, ...]:
    """Find tags of the project's other articles by their words, or by the name of who claims it."""
    found = (
        visible_annotations(actor, article.project_id)
        .exclude(state__in=HIDDEN | NOT_LIVING)
        .filter(kind__in=[str(kind) for kind in kinds])
        .exclude(article=article)
        .annotate(words=WORDS)
        .filter(Q(words__icontains=query) | Q(pk__in=_claimed_by(actor, article, query)))
        .select_related("article")
        .defer("article__text")
        .order_by("-id")[:MOST_FROM_OTHERS]
    )
    claimants = _claimants(actor, article, Q(source_id__in=[a.id for a in found]))
    return tuple(
        Choice(str(a.id), a.kind, " … ".join(a.exact), claimants.get(str(a.id), ""), None, a.article.title)
        for a in found
    )


def _claimants(actor: Actor, article: Article, sources: Q) -> dict[str, str]:
    """Name who claims each claim of the article's project; `sources` narrows their links. Two statements, or three."""
    links = visible_links(actor, article.project_id).exclude(state__in=HIDDEN | NOT_LIVING)
    ids = Cast("source_id", TextField()), Cast("target_id", TextField())
    found = list(links.filter(sources, type=LinkType.CLAIMANT).order_by("id").values_list(*ids))
    ends = ends_of(actor, article.project_id, [], [target for _, target in found])
    names: dict[str, list[str]] = {}
    for source, target in found:
        names.setdefault(source, []).append(ends.name(target))
    return {source: LIST_SEPARATOR.join(filter(None, claimed)) for source, claimed in names.items()}


def _claimed_by(actor: Actor, article: Article, query: str) -> QuerySet[Link, UUID]:
    named = Q(name__icontains=query) | Q(aliases__text__icontains=query)
    parties = visible_parties(actor, article.project_id).filter(named).values_list("pk", flat=True).distinct()
    links = visible_links(actor, article.project_id).exclude(state__in=HIDDEN | NOT_LIVING)
    found: QuerySet[Link, UUID] = links.filter(
        type=LinkType.CLAIMANT, target__parties__overlap=list(parties[:MOST_CHOICES])
    ).values_list("source_id", flat=True)
    return found


def _holds(query: str, words: str, name: str) -> bool:
    sought = query.casefold()
    return sought in words.casefold() or sought in name.casefold()


def _distance(own: Sequence[Segment], other: Sequence[Segment]) -> tuple[int, int]:
    """Code points between the nearest ends of two tags; of equally near ones the earlier is first."""
    gaps = (max(b.start - a.end, a.start - b.end, 0) for a in own for b in other)
    return min(gaps), other[0].start
