"""What a codec is given to write: the header, the registry, then one article at a time with what hangs on it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from annotations.formats.document import (
    Annotation,
    ArticleDocument,
    Decision,
    Document,
    Gone,
    Header,
    Link,
    Registry,
)
from annotations.formats.losses import LossList


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One export. Every codec reads `articles`, then `gone`, once each; what it cannot carry it notes in `lost`.

    Reading `gone` may note further losses, so the report is complete only afterwards.
    """

    header: Header
    registry: Registry
    article_count: int
    articles: Iterator[ArticleDocument]
    gone: Iterator[Gone]
    flavour: str = ""
    lost: LossList = field(default_factory=LossList)


def outgoing_of(document: Document, flavour: str = "") -> Outgoing:
    """Take a whole document apart by article."""
    article_of = {annotation.id: annotation.article for annotation in document.annotations}
    article_of |= {link.id: article_of[link.source] for link in document.links}
    annotations = _by_article(document.annotations, article_of)
    links = _by_article(document.links, article_of)
    decisions: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in document.decisions:
        decisions[article_of[decision.record]].append(decision)
    articles = (
        ArticleDocument(
            article,
            tuple([record for record in annotations[article.id] if isinstance(record, Annotation)]),
            tuple([record for record in links[article.id] if isinstance(record, Link)]),
            tuple(decisions[article.id]),
        )
        for article in document.articles
    )
    registry = Registry(document.outlets, document.incidents, document.parties)
    return Outgoing(document.header, registry, len(document.articles), articles, iter(document.gone), flavour)


def _by_article(
    records: Iterable[Annotation | Link], article_of: dict[str, str]
) -> defaultdict[str, list[Annotation | Link]]:
    found: defaultdict[str, list[Annotation | Link]] = defaultdict(list)
    for record in records:
        found[article_of[record.id]].append(record)
    return found
