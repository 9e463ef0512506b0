"""schema.org ClaimReview as JSON-LD: claims that a reviewer approved; who disputes whom stands under `nd:`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from annotations.formats.codec import Codec
from annotations.formats.document import Annotation, Article, ArticleDocument, JsonObject, Link, Outlet, Party
from annotations.formats.losses import DECISIONS, GONE, Loss
from annotations.formats.outgoing import Outgoing
from annotations.formats.table_rows import GAP
from annotations.formats.web_annotation_reader import iri_of
from annotations.rules.kinds import CLAIMS
from annotations.rules.links import LinkType
from annotations.rules.review import State

NOT_APPROVED: Final = Loss("not_approved", "A claim that no reviewer approved is left out.")
NO_CLAIM: Final = Loss("no_claim", "Only claims are written: quotes, cues and mentions show in them at most by name.")
OTHER_LINKS: Final = Loss("links", "Only claimants, disputes, supports and same claims are written.")
REST: Final = Loss("rest", "Positions, attributes but topic and paraphrase, notes, versions and origins stay behind.")

CONTEXT: Final = [
    "https://schema.org",
    {
        "nd": "urn:newsdesk:terms#",
        "nd:disputes": {"@type": "@id"},
        "nd:supports": {"@type": "@id"},
        "nd:sameClaim": {"@type": "@id"},
    },
]
_BETWEEN: Final[Mapping[str, str]] = {
    LinkType.DISPUTES: "nd:disputes",
    LinkType.SUPPORTS: "nd:supports",
    LinkType.SAME_AS: "nd:sameClaim",
}


def write(outgoing: Outgoing) -> Iterator[bytes]:
    """Write one graph. No rating is written: newsdesk says who disputes a claim, not whether it is true."""
    reviews = _Reviews(outgoing)
    yield b'{"@context":' + orjson.dumps(CONTEXT) + b',"@graph":['
    count = 0
    for document in outgoing.articles:
        for review in reviews.of(document):
            yield (b",\n" if count else b"\n") + orjson.dumps(review)
            count += 1
    yield b"\n]}\n"
    outgoing.lost.add_gone(outgoing.gone)


class _Reviews:
    def __init__(self, outgoing: Outgoing) -> None:
        self._lost, header = outgoing.lost, outgoing.header
        self._author = {"@type": "Organization", "@id": iri_of("project", header.project), "name": header.name}
        self._outlets: dict[str, Outlet] = {outlet.id: outlet for outlet in outgoing.registry.outlets}
        self._parties: dict[str, Party] = {party.id: party for party in outgoing.registry.parties}

    def of(self, document: ArticleDocument) -> Iterator[JsonObject]:
        reviewed = {
            decision.record: decision.at
            for decision in document.decisions
            if decision.of == "annotation" and decision.verdict == "approve"
        }
        self._lost.add_all(DECISIONS, (decision.id for decision in document.decisions))
        targets = self._targets(document)
        mentions = {annotation.id: annotation for annotation in document.annotations if annotation.kind == "party"}
        for annotation in document.annotations:
            if annotation.kind not in CLAIMS:
                self._lost.add(NO_CLAIM, annotation.id)
            elif annotation.state != State.APPROVED:
                self._lost.add(NOT_APPROVED, annotation.id)
            else:
                self._lost.add(REST, annotation.id)
                made = targets[annotation.id]
                claimants = [mentions[end] for end in made[LinkType.CLAIMANT] if end in mentions]
                claim = self._claim(annotation, document.article, self._people(claimants))
                between = {
                    name: [f"{iri_of('annotation', end)}#claim" for end in made[type_]]
                    for type_, name in _BETWEEN.items()
                    if made[type_]
                }
                yield self._review(annotation, document.article, {**claim, **between}, reviewed.get(annotation.id))

    def _targets(self, document: ArticleDocument) -> defaultdict[str, defaultdict[str, list[str]]]:
        found: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for link in document.links:
            if self._is_written(link):
                found[link.source][link.link_type].append(link.target)
            else:
                self._lost.add(OTHER_LINKS, link.id)
        return found

    def _is_written(self, link: Link) -> bool:
        is_known = link.link_type in _BETWEEN or link.link_type == LinkType.CLAIMANT
        return is_known and link.state == State.APPROVED

    def _review(
        self, annotation: Annotation, article: Article, claim: JsonObject, reviewed_at: str | None
    ) -> JsonObject:
        words = GAP.join(annotation.exact or ())
        review = {
            "@type": "ClaimReview",
            "@id": iri_of("annotation", annotation.id),
            "claimReviewed": str(annotation.attributes.get("paraphrase") or words),
            "author": self._author,
            "inLanguage": article.language,
            "itemReviewed": claim,
        }
        return review if reviewed_at is None else {**review, "datePublished": reviewed_at}

    def _claim(self, annotation: Annotation, article: Article, people: list[JsonObject]) -> JsonObject:
        claim: dict[str, object] = {
            "@type": "Claim",
            "@id": f"{iri_of('annotation', annotation.id)}#claim",
            "text": GAP.join(annotation.exact or ()),
            "appearance": self._appearance(article),
            "nd:kind": annotation.kind,
        }
        if people:
            claim["author"] = people
        if "topic" in annotation.attributes:
            claim["about"] = str(annotation.attributes["topic"])
        return claim

    def _appearance(self, article: Article) -> JsonObject:
        outlet = self._outlets.get(article.outlet or "")
        values = {
            "@type": "NewsArticle",
            "@id": iri_of("article", article.id),
            "headline": article.title,
            "url": article.url,
            "datePublished": article.published_at,
            "publisher": None if outlet is None else {"@type": "NewsMediaOrganization", "name": outlet.name},
        }
        return {name: value for name, value in values.items() if value}

    def _people(self, claimants: list[Annotation]) -> list[JsonObject]:
        people: dict[str, JsonObject] = {}
        for mention in claimants:
            for party in (self._parties[party] for party in mention.parties if party in self._parties):
                sort = "Person" if party.entity_type == "person" else "Organization"
                people[party.id] = {"@type": sort, "@id": iri_of("party", party.id), "name": party.name}
            if not mention.parties:
                name = GAP.join(mention.exact or ())
                people[mention.id] = {"@type": "Thing", "@id": iri_of("annotation", mention.id), "name": name}
        return list(people.values())


CLAIM_REVIEW: Final = Codec(
    name="claimreview",
    media_type="application/ld+json",
    extension="jsonld",
    losses=(NOT_APPROVED, NO_CLAIM, OTHER_LINKS, REST, DECISIONS, GONE),
    read=None,
    write=write,
    needs_text=True,
)
