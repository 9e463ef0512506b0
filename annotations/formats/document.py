"""The neutral document that stands between the tables and every format.

Offsets are code points, half-open. Times are RFC 3339 in UTC ending in `Z`; ids are texts unique in the document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotations.anchoring.anchor import Segment

JsonObject = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Header:
    """Where a document comes from, and which states it shows."""

    project: str
    slug: str
    name: str
    state: str
    chain_head: str
    exported_at: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who published; `kind` and `scale` are null when not chosen."""

    id: str
    name: str
    domain: str
    country: str
    kind: str | None
    scale: str | None
    party: str | None


@dataclass(frozen=True, slots=True)
class Incident:
    """An event in several outlets; dates are `YYYY-MM-DD`."""

    id: str
    title: str
    place: str
    date_from: str | None
    date_to: str | None


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a party."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Party:
    """An actor with all its names."""

    id: str
    name: str
    entity_type: str
    actor_type: str | None
    parent: str | None
    aliases: tuple[Alias, ...]
    external_ids: JsonObject


@dataclass(frozen=True, slots=True)
class Article:
    """A text with what is known of it; `text` is None where the file leaves texts out. `length` in code points."""

    id: str
    title: str
    outlet: str | None
    url: str
    byline: str
    language: str
    direction: str | None
    published_at: str | None
    retrieved_at: str | None
    sha256: str
    length: int
    license: str
    incidents: tuple[str, ...]
    supersedes: str | None
    chain_head: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Annotation:
    """A highlight; `exact` is None where the file leaves texts out."""

    id: str
    article: str
    kind: str
    segments: tuple[Segment, ...]
    exact: tuple[str, ...] | None
    attributes: JsonObject
    parties: tuple[str, ...]
    note: str
    state: str
    version: int
    author: str | None
    origin: JsonObject
    created_at: str | None
    updated_at: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A relation between two annotations."""

    id: str
    link_type: str
    source: str
    target: str
    attributes: JsonObject
    note: str
    state: str
    version: int
    author: str | None
    origin: JsonObject
    created_at: str | None
    updated_at: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decided on one version of a record (`of` says which sort of record)."""

    id: str
    of: str
    record: str
    version: int
    verdict: str
    reason: str | None
    comment: str
    reviewer: str | None
    at: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that left the chosen set."""

    of: str
    id: str
    at: str


Record = Outlet | Incident | Party | Article | Annotation | Link | Decision | Gone


@dataclass(frozen=True, slots=True)
class Document:
    """Everything of one exchange, each sort in the order in which it is written."""

    header: Header
    outlets: tuple[Outlet, ...] = ()
    incidents: tuple[Incident, ...] = ()
    parties: tuple[Party, ...] = ()
    articles: tuple[Article, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    links: tuple[Link, ...] = ()
    decisions: tuple[Decision, ...] = ()
    gone: tuple[Gone, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Registry:
    """Outlets, incidents and parties, which articles and mentions name."""

    outlets: tuple[Outlet, ...] = ()
    incidents: tuple[Incident, ...] = ()
    parties: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleDocument:
    """An article, its annotations, the links whose source lies in it (their target may not), and decisions on these."""

    article: Article
    annotations: tuple[Annotation, ...] = ()
    links: tuple[Link, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def text(self) -> str:
        """The article's text; empty where the export leaves texts out."""
        return self.article.text or ""
