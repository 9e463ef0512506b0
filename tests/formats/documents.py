"""Documents for the tests of all formats: strategies for hypothesis, and what must be the same after a round trip."""

import io
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import regex
from hypothesis import strategies as st

from annotations.anchoring.anchor import Segment
from annotations.anchoring.intake import clean, direction_of, text_digest
from annotations.formats.codec import Codec, Reading
from annotations.formats.document import (
    Alias,
    Annotation,
    Article,
    Decision,
    Document,
    Gone,
    Header,
    Incident,
    Link,
    Outlet,
    Party,
)
from annotations.formats.losses import Lost
from annotations.formats.outgoing import outgoing_of
from annotations.rules.kinds import ATTRIBUTES, Kind
from annotations.rules.links import MATRIX

HEADER = Header(
    "00000000-0000-7000-8000-00000000aaaa", "slug", "Name “of” a project", "all", "", "2026-01-01T00:00:00Z"
)
TIME = "2026-01-01T00:00:00Z"
PARTY = Party(
    "00000000-0000-7000-8000-0000000000a1",
    "Army & sons",
    "group",
    None,
    None,
    (Alias("الجيش", "ar"),),
    {"wikidata": "Q1"},
)
OUTLET = Outlet("00000000-0000-7000-8000-0000000000b1", "=Daily", "", "", None, "national", PARTY.id)
INCIDENT = Incident("00000000-0000-7000-8000-0000000000c1", "Bridge", "", "2026-01-01", None)

# Pieces that made others shift offsets, cut lines or write files that nobody can read.
WORDS = "word . “ ” -5 =1+1 🚁 🇺🇦 👨‍👩‍👧 e\u0301 Zürich الجيش קרב ক্ষ &lt; <b> ]]> ' \" \\ # 字 𐌰".split()  # noqa: SIM905 - shorter
BLANKS = [" ", "  ", "\n", "\t", "T1\t", "\u2028", "\x85", "\x7f", "\x9f", "\u200f", "\u202b", "\ufeff", "\u00a0"]
PIECES = [*WORDS, *BLANKS]
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map(lambda pieces: clean("".join(pieces)).text)
texts = texts.filter(lambda text: text.strip() != "")
notes = st.sampled_from(["", "", "a note", "two\nlines", "  blanks ", "tab\there", "🚁 \x85"])


def edges_of(text: str) -> list[int]:
    """Where a segment may begin or end."""
    edges = [0]
    for cluster in regex.findall(r"\X", text):
        edges.append(edges[-1] + len(cluster))
    return edges


@st.composite
def segments_in(draw: Any, text: str) -> tuple[Segment, ...]:
    """One to three segments that do not touch."""
    edges = edges_of(text)
    found: list[Segment] = []
    for _ in range(draw(st.integers(1, 3))):
        left = [edge for edge in edges if not found or edge > found[-1].end]
        if len(left) < 2:
            break
        start = draw(st.sampled_from(left[:-1]))
        end = draw(st.sampled_from([edge for edge in left if edge > start]))
        if text[start:end].strip():
            found.append(Segment(start, end))
    whole = len(text)
    return tuple(found) or (Segment(0, whole),)


@st.composite
def attributes_of(draw: Any, kind: Kind) -> Mapping[str, object]:
    """Some of the attributes of a kind."""
    values: dict[str, Any] = {
        "speaker_unknown": st.just(True),
        "paraphrase": st.sampled_from(["They did.", "=two\nlines 🚁"]),
        "quantity": st.sampled_from([{"low": -5, "high": None, "unit": "men"}, {"low": 1, "high": 2.5, "unit": ""}]),
        "place": st.just("Панджшер"),
        "event_date": st.just("2026-01"),
    }
    found = {}
    for name, attribute in ATTRIBUTES[kind].items():
        if draw(st.booleans()):
            found[name] = draw(st.sampled_from(attribute.choices) if attribute.choices else values[name])
    return found


@st.composite
def documents(draw: Any) -> Document:
    """A whole set: up to three articles, overlapping annotations, links within and between articles, decisions."""
    ids = (str(UUID(int=0x7000_8000_0000_0000_0000 + number)) for number in range(10_000))
    articles, annotations = [], []
    for number, text in enumerate(draw(st.lists(texts, max_size=3, unique=True))):
        articles.append(article_of(next(ids), text, f"Title {number} “🚁”"))
        count = draw(st.integers(0, 5))
        annotations += [annotation_of(draw, next(ids), articles[-1]) for _ in range(count)]
    article_of_annotation = {annotation.id: annotation.article for annotation in annotations}
    links = [link for pair in draw(pairs(annotations)) for link in links_of(draw, next(ids), *pair)]
    order = {article.id: number for number, article in enumerate(articles)}
    links.sort(key=lambda link: order[article_of_annotation[link.source]])
    decisions = tuple(
        Decision(next(ids), "annotation", annotation.id, 1, "approve", None, "well\tdone", "annotator-b", TIME)
        for annotation in annotations[:2]
    )
    return Document(
        HEADER, (OUTLET,), (INCIDENT,), (PARTY,), tuple(articles), tuple(annotations), tuple(links), decisions
    )


def pairs(annotations: Sequence[Annotation]) -> Any:
    """Pairs of annotations that may be linked."""
    possible = [
        (source, target)
        for source in annotations
        for target in annotations
        if source is not target and types_between(source, target)
    ]
    return (
        st.lists(st.sampled_from(possible), max_size=5, unique_by=lambda pair: (pair[0].id, pair[1].id))
        if possible
        else st.just([])
    )


def types_between(source: Annotation, target: Annotation) -> list[str]:
    return [
        type_.value
        for type_, rule in MATRIX.items()
        if source.kind in rule.sources
        and target.kind in rule.targets
        and (rule.across_articles or source.article == target.article)
    ]


def links_of(draw: Any, identifier: str, source: Annotation, target: Annotation) -> list[Link]:
    type_ = draw(st.sampled_from(types_between(source, target)))
    attributes = {"mode": "rebuts"} if type_ == "disputes" else {}
    frame = ("approved", 2, "annotator-a", {"by": "human"}, TIME, TIME)
    return [Link(identifier, type_, source.id, target.id, attributes, draw(notes), *frame)]


def annotation_of(draw: Any, identifier: str, article: Article) -> Annotation:
    kind = draw(st.sampled_from(Kind))
    text = article.text or ""
    segments = draw(segments_in(text))
    exact = tuple(text[segment.start : segment.end] for segment in segments)
    parties = (PARTY.id,) if kind is Kind.PARTY and draw(st.booleans()) else ()
    return Annotation(
        identifier,
        article.id,
        kind.value,
        segments,
        exact,
        draw(attributes_of(kind)),
        parties,
        draw(notes),
        draw(st.sampled_from(["draft", "approved"])),
        draw(st.integers(1, 3)),
        draw(st.sampled_from([None, "annotator-a", "annotator-b"])),
        draw(st.sampled_from([{"by": "human"}, {"by": "imported", "annotator": "x", "version": 1}])),
        TIME,
        "2026-01-02T03:04:05.123456Z",
    )


def article_of(identifier: str, text: str, title: str = "Title", **fields: Any) -> Article:
    """An article with everything that must agree with its text."""
    values: dict[str, Any] = {
        "outlet": OUTLET.id,
        "url": "https://example.org/a?b=c&d",
        "byline": "",
        "language": "en",
        "direction": direction_of("en"),
        "published_at": None,
        "retrieved_at": TIME,
        "sha256": text_digest(text),
        "length": len(text),
        "license": "",
        "incidents": (INCIDENT.id,),
        "supersedes": None,
        "chain_head": "ab",
        "text": text,
    }
    return Article(identifier, title, **{**values, **fields})


# --- round trips ------------------------------------------------------------------------------------------------


def written(codec: Codec, document: Document, flavour: str = "") -> tuple[bytes, tuple[Lost, ...]]:
    """The file of a document and its losses."""
    assert codec.write is not None
    outgoing = outgoing_of(document, flavour)
    content = b"".join(codec.write(outgoing))
    return content, outgoing.lost.report()


def read_back(codec: Codec, content: bytes) -> Reading:
    assert codec.read is not None
    return codec.read(io.BytesIO(content))


def records(reading: Reading, sort: type) -> list[Any]:
    return [item.record for item in reading.items if isinstance(item.record, sort)]


def document_of(reading: Reading) -> Document:
    """The document of a lossless file, in its order."""
    sorts = (Outlet, Incident, Party, Article, Annotation, Link, Decision, Gone)
    return Document(reading.header, *[tuple(records(reading, sort)) for sort in sorts])


def assert_kept(document: Document, reading: Reading, losses: Sequence[Lost]) -> None:
    """Compare record by record; only what is declared as lost for a record may differ."""
    lost = {(loss.what, record) for loss in losses for record in loss.ids}
    assert not reading.problems
    assert [article.text for article in records(reading, Article)] == [article.text for article in document.articles]
    kept = [annotation for annotation in document.annotations if ("not_written", annotation.id) not in lost]
    read = records(reading, Annotation)
    assert len(read) == len(kept)
    ids = {found.id: original.id for found, original in zip(read, kept, strict=True)}
    for found, original in zip(read, kept, strict=True):
        assert found.kind == original.kind
        assert found.segments == original.segments or ("segments", original.id) in lost
        assert found.attributes == original.attributes or ("attributes", original.id) in lost
        assert found.attributes.items() <= original.attributes.items()
        assert found.note == original.note or ("notes", original.id) in lost
    wanted = [link for link in document.links if ("cross_article", link.id) not in lost]
    links = records(reading, Link)
    assert [(link.link_type, ids[link.source], ids[link.target], link.attributes) for link in links] == [
        (link.link_type, link.source, link.target, link.attributes) for link in wanted
    ]
    for link, sent in zip(links, wanted, strict=True):
        assert link.note == sent.note or ("notes", sent.id) in lost
