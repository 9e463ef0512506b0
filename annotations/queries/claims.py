"""The ledger: claims that say the same are one cluster; what disputes and supports each, across articles.

Clusters are the connected sets of living `same_as` links. Five statements, whatever the size.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from annotations.models import Annotation, Article, IncidentArticle, Link, Party
from annotations.queries.access import Actor, visible_annotations, visible_links
from annotations.queries.annotations import with_approved_content
from annotations.rules.kinds import CLAIMS, Kind
from annotations.rules.links import LinkType
from annotations.rules.review import NOT_LIVING, State

_ROW: Final = ("id", "article_id", "kind", "exact", "attributes", "parties", "approved_version")
_JOINING: Final = (LinkType.SAME_AS, LinkType.DISPUTES, LinkType.SUPPORTS, LinkType.CLAIMANT)
_NOT_COUNTED: Final = NOT_LIVING | {State.SUGGESTED}


class Status(StrEnum):
    """How a cluster stands, computed from its links."""

    DISPUTED = "disputed"
    DOUBTED = "doubted"
    CORROBORATED = "corroborated"
    UNCONTESTED = "uncontested"


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who makes a claim: a party of the registry, a mention without one, or an outlet in its own voice."""

    party: UUID | None
    name: str
    outlet: UUID | None = None

    @property
    def key(self) -> tuple[str, object]:
        """What tells claimants apart."""
        if self.outlet is not None:
            return ("outlet", self.outlet)
        return ("party", self.party) if self.party is not None else ("name", self.name.casefold())


@dataclass(frozen=True, slots=True)
class Member:
    """One claim or counterclaim with where it stands. `source` tells outlets apart: one side's own is that side."""

    annotation: UUID
    article: UUID
    outlet: UUID | None
    source: tuple[str, object] | None
    published_at: datetime | None
    text: str
    paraphrase: str
    topic: str
    claimants: tuple[Claimant, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A claim from outside a cluster that disputes or supports it; `mode` only for disputes."""

    member: Member
    link: UUID
    mode: str | None


@dataclass(slots=True)
class Cluster:
    """The same claim wherever it was made. `id` is that of its oldest member."""

    id: UUID
    members: list[Member]
    disputed_by: list[Relation] = field(default_factory=list)
    supported_by: list[Relation] = field(default_factory=list)
    # A dispute between two of its own members: it can be stored, and disputes nothing.
    is_contradiction: bool = False

    @property
    def earliest(self) -> Member:
        """The member that was published first; those without a date come last."""
        return min(self.members, key=lambda m: (m.published_at is None, m.published_at or 0, m.annotation))

    @property
    def claimants(self) -> list[Claimant]:
        """Everybody who makes the claim, each once."""
        return list({claimant.key: claimant for member in self.members for claimant in member.claimants}.values())

    @property
    def outlets(self) -> list[UUID]:
        """Every outlet that carries it, each once."""
        return list(dict.fromkeys(member.outlet for member in self.members if member.outlet is not None))

    @property
    def status(self) -> Status:
        """Disputed by a rebuttal, doubted when only undercut, corroborated by another claimant or outlet."""
        modes = {relation.mode for relation in self.disputed_by}
        if "rebuts" in modes:
            return Status.DISPUTED
        if modes:
            return Status.DOUBTED
        return Status.CORROBORATED if self._is_corroborated() else Status.UNCONTESTED

    def _is_corroborated(self) -> bool:
        first = self.members[0]
        others = [*self.members[1:], *(relation.member for relation in self.supported_by)]
        return any(_is_another(other, first) for other in others)


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """What the ledger is narrowed to; None and empty mean everything."""

    project: UUID | None = None
    approved: bool = False
    status: tuple[Status, ...] = ()
    claimant: UUID | None = None
    outlet: UUID | None = None
    incident: UUID | None = None
    topic: str | None = None
    q: str | None = None


def claim_clusters(actor: Actor, wanted: ClaimFilter) -> list[Cluster]:
    """Compute the clusters an actor may see, in the order of their ids."""
    found = visible_annotations(actor, wanted.project)
    links = _links(visible_links(actor, wanted.project), approved=wanted.approved)
    rows = _claims(found, approved=wanted.approved)
    mentions = _mentions(found, links, approved=wanted.approved)
    members = _members(rows, links, mentions)
    clusters = _clusters(members, links)
    of_incident = _incident_articles(wanted.incident)
    return [cluster for cluster in clusters if _is_wanted(cluster, wanted, of_incident)]


def _links(found: QuerySet[Link], *, approved: bool) -> list[Mapping[str, Any]]:
    found = found.filter(type__in=_JOINING)
    found = found.filter(approved_version__isnull=False) if approved else found.exclude(state__in=_NOT_COUNTED)
    return list(found.order_by("id").values("id", "type", "source_id", "target_id", "attributes"))


def _claims(found: QuerySet[Annotation], *, approved: bool) -> list[Mapping[str, Any]]:
    if not approved:
        found = found.filter(kind__in=sorted(CLAIMS)).exclude(state__in=_NOT_COUNTED)
        return list(found.order_by("id").values(*_ROW))
    rows = found.filter(approved_version__isnull=False).order_by("id").values(*_ROW)
    return [row for row in with_approved_content(list(rows)) if row["kind"] in CLAIMS]


def _mentions(
    found: QuerySet[Annotation], links: Sequence[Mapping[str, Any]], *, approved: bool
) -> dict[UUID, tuple[Claimant, ...]]:
    """Whom each mention at the end of a claimant link names; a merged party is shown as the surviving one."""
    ends = [link["target_id"] for link in links if link["type"] == LinkType.CLAIMANT]
    rows: list[Any] = list(found.filter(pk__in=ends).values(*_ROW))
    if approved:
        rows = with_approved_content([row for row in rows if row["approved_version"] is not None])
    named = {row["id"]: [UUID(str(pk)) for pk in row["parties"]] for row in rows if row["kind"] == Kind.PARTY}
    parties = {
        pk: Claimant(survivor or pk, survivor_name or name)
        for pk, name, survivor, survivor_name in Party.objects.filter(
            pk__in={pk for pks in named.values() for pk in pks}
        ).values_list("id", "name", "merged_into", "merged_into__name")
    }
    words = {row["id"]: " ".join(row["exact"]) for row in rows}
    return {
        mention: tuple(parties[pk] for pk in pks if pk in parties) or (Claimant(None, words[mention]),)
        for mention, pks in named.items()
    }


def _members(
    rows: Sequence[Mapping[str, Any]],
    links: Sequence[Mapping[str, Any]],
    mentions: Mapping[UUID, tuple[Claimant, ...]],
) -> dict[UUID, Member]:
    by_claim: dict[UUID, list[Claimant]] = defaultdict(list)
    for link in links:
        if link["type"] == LinkType.CLAIMANT:
            by_claim[link["source_id"]].extend(mentions.get(link["target_id"], ()))
    articles = {
        row["id"]: row
        for row in Article.objects.filter(pk__in={row["article_id"] for row in rows}).values(
            "id", "published_at", "outlet_id", "outlet__name", "outlet__party_id", "outlet__party__name"
        )
    }
    return {row["id"]: _member(row, articles[row["article_id"]], by_claim[row["id"]]) for row in rows}


def _member(row: Mapping[str, Any], article: Mapping[str, Any], claimants: Iterable[Claimant]) -> Member:
    attributes = row["attributes"]
    side = article["outlet__party_id"]
    outlet = article["outlet_id"]
    everybody = list(claimants)
    if attributes.get("voice") == "outlet" and outlet is not None:
        own = (
            Claimant(side, article["outlet__party__name"]) if side else Claimant(None, article["outlet__name"], outlet)
        )
        everybody.append(own)
    return Member(
        annotation=row["id"],
        article=row["article_id"],
        outlet=outlet,
        source=("party", side) if side else ("outlet", outlet) if outlet else None,
        published_at=article["published_at"],
        text=" … ".join(row["exact"]),
        paraphrase=attributes.get("paraphrase", ""),
        topic=attributes.get("topic", "other"),
        claimants=tuple({claimant.key: claimant for claimant in everybody}.values()),
    )


def _clusters(members: Mapping[UUID, Member], links: Sequence[Mapping[str, Any]]) -> list[Cluster]:
    both = [link for link in links if link["source_id"] in members and link["target_id"] in members]
    root = _union(
        [(link["source_id"], link["target_id"]) for link in both if link["type"] == LinkType.SAME_AS], members
    )
    grouped: dict[UUID, Cluster] = {}
    for pk in sorted(members):
        grouped.setdefault(root[pk], Cluster(pk, [])).members.append(members[pk])
    for link in both:
        source, target = root[link["source_id"]], root[link["target_id"]]
        relation = Relation(members[link["source_id"]], link["id"], link["attributes"].get("mode"))
        if link["type"] == LinkType.DISPUTES and source == target:
            grouped[target].is_contradiction = True
        elif link["type"] == LinkType.DISPUTES:
            grouped[target].disputed_by.append(relation)
        elif link["type"] == LinkType.SUPPORTS and source != target:
            grouped[target].supported_by.append(relation)
    return sorted(grouped.values(), key=lambda cluster: cluster.id)


def _union(pairs: Sequence[tuple[UUID, UUID]], members: Iterable[UUID]) -> dict[UUID, UUID]:
    """Give each claim the root of its connected set."""
    parent = {pk: pk for pk in members}

    def root(pk: UUID) -> UUID:
        while parent[pk] != pk:
            parent[pk] = parent[parent[pk]]
            pk = parent[pk]
        return pk

    for left, right in pairs:
        parent[root(left)] = root(right)
    return {pk: root(pk) for pk in parent}


def _is_another(other: Member, first: Member) -> bool:
    """Say whether a claim comes from another claimant, or from another outlet."""
    mine, theirs = {c.key for c in first.claimants}, {c.key for c in other.claimants}
    if mine and theirs and mine != theirs:
        return True
    return other.source is not None and first.source is not None and other.source != first.source


def _incident_articles(incident: UUID | None) -> set[UUID]:
    if incident is None:
        return set()
    return set(IncidentArticle.objects.filter(incident=incident).values_list("article_id", flat=True))


def _is_wanted(cluster: Cluster, wanted: ClaimFilter, of_incident: set[UUID]) -> bool:
    words = wanted.q.casefold() if wanted.q is not None else ""
    texts = (text for member in cluster.members for text in (member.text, member.paraphrase))
    return (
        (not wanted.status or cluster.status in wanted.status)
        and (wanted.claimant is None or any(claimant.party == wanted.claimant for claimant in cluster.claimants))
        and (wanted.outlet is None or wanted.outlet in cluster.outlets)
        and (wanted.incident is None or any(member.article in of_incident for member in cluster.members))
        and (wanted.topic is None or cluster.earliest.topic == wanted.topic)
        and (not words or any(words in text.casefold() for text in texts))
    )
