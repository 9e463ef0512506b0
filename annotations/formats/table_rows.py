"""Annotations, links, articles and claims as rows of tables; `csv` and `parquet` write the same columns."""

from collections.abc import Iterator
from typing import Final

import orjson

from annotations.formats.document import Annotation, ArticleDocument, Link, Outlet, Party, Registry
from annotations.rules.kinds import CLAIMS
from annotations.rules.links import LinkType

Cell = str | int | float | bool | None
Row = tuple[Cell, ...]

_CHOICES: Final = ("mention_form", "quote_type", "speaker_unknown", "voice", "act", "topic", "commitment")
_DETAILS: Final = ("paraphrase", "quantity_low", "quantity_high", "quantity_unit", "place", "event_date")
_FRAME: Final = ("note", "state", "version", "author", "origin", "created_at", "updated_at")

ANNOTATION_COLUMNS: Final = (
    "id",
    "article",
    "kind",
    "start_codepoint",
    "end_codepoint",
    "segments_codepoint",
    "exact",
    *_CHOICES,
    *_DETAILS,
    "parties",
    "party_names",
    *_FRAME,
)
LINK_COLUMNS: Final = ("id", "type", "source", "target", "source_article", "mode", *_FRAME)
ARTICLE_COLUMNS: Final = (
    "id",
    "title",
    "outlet",
    "outlet_name",
    "url",
    "byline",
    "language",
    "direction",
    "published_at",
    "retrieved_at",
    "sha256",
    "length_codepoint",
    "license",
    "incidents",
    "supersedes",
    "chain_head",
    "text",
)
CLAIM_COLUMNS: Final = (
    "id",
    "kind",
    "text",
    "claimants",
    "disputes",
    "supports",
    "same_as",
    "article",
    "article_title",
    "outlet_name",
    "published_at",
    "voice",
    "act",
    "topic",
    "commitment",
    *_DETAILS,
    "state",
)
# Between the texts of two segments, and between several ids or names in a cell.
GAP: Final = " […] "
SEPARATOR: Final = "; "


class Tables:
    """Makes the rows of one article at a time."""

    def __init__(self, registry: Registry) -> None:
        self._parties: dict[str, Party] = {party.id: party for party in registry.parties}
        self._outlets: dict[str, Outlet] = {outlet.id: outlet for outlet in registry.outlets}

    def article(self, document: ArticleDocument) -> Row:
        """Make the article's row."""
        article = document.article
        return (
            article.id,
            article.title,
            article.outlet,
            self._outlet_name(document),
            article.url,
            article.byline,
            article.language,
            article.direction,
            article.published_at,
            article.retrieved_at,
            article.sha256,
            article.length,
            article.license,
            SEPARATOR.join(article.incidents),
            article.supersedes,
            article.chain_head,
            article.text,
        )

    def annotations(self, document: ArticleDocument) -> Iterator[Row]:
        """Make a row for each annotation."""
        for annotation in document.annotations:
            segments = annotation.segments
            yield (
                annotation.id,
                annotation.article,
                annotation.kind,
                segments[0].start,
                segments[-1].end,
                ";".join([f"{segment.start}-{segment.end}" for segment in segments]),
                _exact(annotation),
                *_choices(annotation, _CHOICES),
                *_details(annotation),
                SEPARATOR.join(annotation.parties),
                self._names(annotation),
                *_frame(annotation),
            )

    def links(self, document: ArticleDocument) -> Iterator[Row]:
        """Make a row for each link whose source lies in the article."""
        for link in document.links:
            mode = link.attributes.get("mode")
            own = (link.id, link.link_type, link.source, link.target, document.article.id)
            yield (*own, None if mode is None else str(mode), *_frame(link))

    def claims(self, document: ArticleDocument) -> Iterator[Row]:
        """Make a row for each claim and counterclaim, with the names of those who make it."""
        article, outlet = document.article, self._outlet_name(document)
        mentions = {annotation.id: annotation for annotation in document.annotations if annotation.kind == "party"}
        targets = _targets_by_source(document)
        for claim in document.annotations:
            if claim.kind not in CLAIMS:
                continue
            claimants = [mentions[end] for end in targets.get((claim.id, LinkType.CLAIMANT), ()) if end in mentions]
            names = [self._names(mention) or _exact(mention) or "" for mention in claimants]
            joined = (LinkType.DISPUTES, LinkType.SUPPORTS, LinkType.SAME_AS)
            yield (
                claim.id,
                claim.kind,
                _exact(claim),
                SEPARATOR.join(dict.fromkeys(names)),
                *[SEPARATOR.join(targets.get((claim.id, type_), ())) for type_ in joined],
                article.id,
                article.title,
                outlet,
                article.published_at,
                *_choices(claim, ("voice", "act", "topic", "commitment")),
                *_details(claim),
                claim.state,
            )

    def _outlet_name(self, document: ArticleDocument) -> str | None:
        outlet = self._outlets.get(document.article.outlet or "")
        return outlet.name if outlet else None

    def _names(self, mention: Annotation) -> str:
        return SEPARATOR.join([self._parties[party].name for party in mention.parties if party in self._parties])


def _targets_by_source(document: ArticleDocument) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for link in document.links:
        found.setdefault((link.source, link.link_type), []).append(link.target)
    return found


def _exact(annotation: Annotation) -> str | None:
    return None if annotation.exact is None else GAP.join(annotation.exact)


def _choices(annotation: Annotation, names: tuple[str, ...]) -> list[Cell]:
    values = annotation.attributes
    return [values.get(name) for name in names]  # type: ignore[misc]


def _details(annotation: Annotation) -> tuple[Cell, ...]:
    values = annotation.attributes
    quantity = values.get("quantity")
    amounts = quantity if isinstance(quantity, dict) else {}
    return (
        *_choices(annotation, ("paraphrase",)),
        amounts.get("low"),
        amounts.get("high"),
        amounts.get("unit"),
        *_choices(annotation, ("place", "event_date")),
    )


def _frame(record: Annotation | Link) -> Row:
    return (
        record.note,
        record.state,
        record.version,
        record.author,
        orjson.dumps(record.origin).decode(),
        record.created_at,
        record.updated_at,
    )
