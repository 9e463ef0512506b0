"""GraphML: annotations and parties as nodes, links as edges; for networkx, Gephi and their kind."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import orjson

from annotations.formats.codec import Codec
from annotations.formats.document import Annotation, ArticleDocument, Link, Party
from annotations.formats.losses import DECISIONS, GONE, NO_NOTES, Loss, LossList
from annotations.formats.outgoing import Outgoing
from annotations.formats.table_rows import GAP

POSITIONS: Final = Loss("positions", "The text of the article stays behind, and where in it the annotations lie.")
FRAMES: Final = Loss("frame", "Versions, origins and times of annotations and links stay behind.")
PLACES: Final = Loss("registry", "Outlets and incidents stay behind, and of a party all but its name and types.")
CONTROLS: Final = Loss("control_characters", "Control characters are written as U+FFFD.")

_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_NODE_KEYS: Final = (
    "sort",
    "label",
    "article",
    "article_title",
    "outlet",
    "author",
    "state",
    "mention_form",
    "quote_type",
    "speaker_unknown",
    "voice",
    "act",
    "topic",
    "commitment",
    "paraphrase",
    "quantity",
    "place",
    "event_date",
    "entity_type",
    "actor_type",
)
_EDGE_KEYS: Final = ("type", "mode", "author", "state")
# Edges that are no links: from a mention to the parties it names, from a party to its parent.
REFERS_TO: Final = "refers_to"
PART_OF: Final = "part_of"


def write(outgoing: Outgoing) -> Iterator[bytes]:
    """Write one directed graph; an edge may come before the node it leads to."""
    graph = _Graph(outgoing)
    yield _head().encode()
    yield "".join(graph.parties()).encode()
    for document in outgoing.articles:
        yield "".join(graph.article(document)).encode()
    yield b"</graph>\n</graphml>\n"
    outgoing.lost.add_gone(outgoing.gone)


def _head() -> str:
    keys = [
        f'<key id="{place[0]}_{name}" for="{place}" attr.name="{name}" attr.type="string"/>\n'
        for place, names in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS))
        for name in names
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    return head + "".join(keys) + '<graph id="newsdesk" edgedefault="directed">\n'


class _Graph:
    def __init__(self, outgoing: Outgoing) -> None:
        self._lost: LossList = outgoing.lost
        self._registry = outgoing.registry
        self._outlets = {outlet.id: outlet.name for outlet in outgoing.registry.outlets}
        self._parties = {party.id for party in outgoing.registry.parties}

    def parties(self) -> Iterator[str]:
        for records in (self._registry.outlets, self._registry.incidents, self._registry.parties):
            self._lost.add_all(PLACES, (record.id for record in records))
        for party in self._registry.parties:
            yield self._node(party.id, _of_party(party))
            if party.parent in self._parties:
                yield self._edge(f"{party.id}/{PART_OF}", (party.id, party.parent or ""), {"type": PART_OF})

    def article(self, document: ArticleDocument) -> Iterator[str]:
        article, lost = document.article, self._lost
        lost.add(POSITIONS, article.id)
        lost.add_all(DECISIONS, (decision.id for decision in document.decisions))
        where = {
            "article": article.id,
            "article_title": article.title,
            "outlet": self._outlets.get(article.outlet or ""),
        }
        for annotation in document.annotations:
            self._lose(annotation)
            yield self._node(annotation.id, {**_of_annotation(annotation), **where})
            for party in annotation.parties:
                if party in self._parties:
                    edge = f"{annotation.id}/{REFERS_TO}/{party}"
                    yield self._edge(edge, (annotation.id, party), {"type": REFERS_TO})
        for link in document.links:
            self._lose(link)
            own = {"type": link.link_type, "author": link.author, "state": link.state}
            yield self._edge(link.id, (link.source, link.target), {**own, **link.attributes})

    def _lose(self, record: Annotation | Link) -> None:
        self._lost.add(FRAMES, record.id)
        if record.note:
            self._lost.add(NO_NOTES, record.id)

    def _node(self, identifier: str, values: Mapping[str, object]) -> str:
        return f"<node id={quoteattr(identifier)}>{self._data('n', identifier, values)}</node>\n"

    def _edge(self, identifier: str, ends: tuple[str, str], values: Mapping[str, object]) -> str:
        source, target = map(quoteattr, ends)
        data = self._data("e", identifier, values)
        return f"<edge id={quoteattr(identifier)} source={source} target={target}>{data}</edge>\n"

    def _data(self, letter: str, identifier: str, values: Mapping[str, object]) -> str:
        said = {name: _text(value) for name, value in values.items() if value is not None and value != ""}
        if any(_CONTROLS.search(text) for text in said.values()):
            self._lost.add(CONTROLS, identifier)
            said = {name: _CONTROLS.sub("\ufffd", text) for name, text in said.items()}
        return "".join([f'<data key="{letter}_{name}">{escape(text)}</data>' for name, text in said.items()])


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _of_party(party: Party) -> Mapping[str, object]:
    types = {"entity_type": party.entity_type, "actor_type": party.actor_type}
    return {"sort": "registered_party", "label": party.name, **types}


def _of_annotation(annotation: Annotation) -> Mapping[str, object]:
    label = "" if annotation.exact is None else GAP.join(annotation.exact)
    own = {"sort": annotation.kind, "label": label, "author": annotation.author, "state": annotation.state}
    return {**own, **annotation.attributes}


GRAPHML: Final = Codec(
    name="graphml",
    media_type="application/graphml+xml",
    extension="graphml",
    losses=(POSITIONS, FRAMES, PLACES, NO_NOTES, CONTROLS, DECISIONS, GONE),
    read=None,
    write=write,
)
