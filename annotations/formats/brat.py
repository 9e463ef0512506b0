"""brat standoff, as documented at brat.nlplab.org/standoff.html: a zip of `.txt` and `.ann`, offsets in code points."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote

from annotations.anchoring.anchor import Segment
from annotations.formats.brat_reader import read, read_named
from annotations.formats.codec import Codec
from annotations.formats.document import Annotation, ArticleDocument, Party
from annotations.formats.losses import (
    ATTRIBUTES,
    CROSS_ARTICLE,
    DECISIONS,
    FRAME,
    GONE,
    METADATA,
    NOTES,
    PARTIES,
    REGISTRY,
    SEGMENTS,
    LossList,
)
from annotations.formats.outgoing import Outgoing
from annotations.formats.standoff import fragments_of, joined
from annotations.formats.zipped import MEDIA_TYPE, ZipStream
from annotations.rules.kinds import ATTRIBUTES as KNOWN_ATTRIBUTES
from annotations.rules.kinds import Kind
from annotations.rules.links import MATRIX, MODES

_BREAKS: Final = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


def write(outgoing: Outgoing) -> Iterator[bytes]:
    """Write one pair of files for each article, and the configuration that brat needs to show them."""
    archive, lost = ZipStream(), outgoing.lost
    archive.add("annotation.conf", _configuration().encode())
    yield archive.take()
    lost.add_registry(outgoing.registry)
    parties = {party.id: party for party in outgoing.registry.parties}
    for document in outgoing.articles:
        name = quote(document.article.id, safe="")
        archive.add(f"{name}.txt", document.text.encode())
        archive.add(f"{name}.ann", "".join(_Standoff(document, parties, lost).lines()).encode())
        yield archive.take()
    yield from archive.finish(outgoing, BRAT.name)


class _Standoff:
    """The lines of one `.ann` file; ids are numbered by their letter."""

    def __init__(self, document: ArticleDocument, parties: Mapping[str, Party], lost: LossList) -> None:
        self._document, self._parties, self._lost = document, parties, lost
        self._marks: dict[str, str] = {}
        self._attributes = self._notes = self._references = 0

    def lines(self) -> Iterator[str]:
        self._lost.add_frames(self._document)
        for annotation in self._document.annotations:
            yield from self._annotation(annotation)
        number = 0
        for link in self._document.links:
            if link.target not in self._marks or link.source not in self._marks:
                self._lost.add(CROSS_ARTICLE, link.id)
                continue
            number += 1
            mark = f"R{number}"
            yield f"{mark}\t{link.link_type} Arg1:{self._marks[link.source]} Arg2:{self._marks[link.target]}\n"
            for name, value in link.attributes.items():
                yield self._attribute(mark, name, value)
            yield from self._note(mark, link.note, link.id)

    def _annotation(self, annotation: Annotation) -> Iterator[str]:
        mark = self._marks[annotation.id] = f"T{len(self._marks) + 1}"
        text = self._document.text
        fragments = fragments_of(text, annotation.segments)
        if joined(text, fragments) != annotation.segments:
            self._lost.add(SEGMENTS, annotation.id)
        places = ";".join(f"{fragment.start} {fragment.end}" for fragment in fragments)
        yield f"{mark}\t{annotation.kind} {places}\t{_covered(text, fragments)}\n"
        known = KNOWN_ATTRIBUTES[Kind(annotation.kind)]
        plain = {name: value for name, value in annotation.attributes.items() if value is True or known[name].choices}
        if len(plain) != len(annotation.attributes):
            self._lost.add(ATTRIBUTES, annotation.id)
        for name, value in plain.items():
            yield self._attribute(mark, name, value)
        yield from self._note(mark, annotation.note, annotation.id)
        if annotation.parties:
            self._lost.add(PARTIES, annotation.id)
        for party in annotation.parties:
            self._references += 1
            name = self._parties[party].name if party in self._parties else ""
            yield f"N{self._references}\tReference {mark} newsdesk:{party}\t{name}\n"

    def _attribute(self, mark: str, name: str, value: object) -> str:
        self._attributes += 1
        said = "" if value is True else f" {value}"
        return f"A{self._attributes}\t{name} {mark}{said}\n"

    def _note(self, mark: str, note: str, record: str) -> Iterator[str]:
        if not note:
            return
        one_line = _BREAKS.sub(" ", note).strip()
        if one_line != note:
            self._lost.add(NOTES, record)
        if one_line:
            self._notes += 1
            yield f"#{self._notes}\tAnnotatorNotes {mark}\t{one_line}\n"


def _covered(text: str, fragments: tuple[Segment, ...]) -> str:
    return " ".join(text[fragment.start : fragment.end] for fragment in fragments)


def _configuration() -> str:
    """Describe kinds, link types and attributes as brat's `annotation.conf`."""
    relations = [
        f"{type_}\tArg1:{'|'.join(sorted(rule.sources))}, Arg2:{'|'.join(sorted(rule.targets))}"
        for type_, rule in MATRIX.items()
    ]
    attributes: dict[str, tuple[list[str], tuple[str, ...]]] = {}
    for kind, known in KNOWN_ATTRIBUTES.items():
        for name, attribute in known.items():
            if attribute.choices or name == "speaker_unknown":
                attributes.setdefault(name, ([], attribute.choices))[0].append(kind)
    shown = [
        f"{name}\tArg:{'|'.join(kinds)}" + (f", Value:{'|'.join(choices)}" if choices else "")
        for name, (kinds, choices) in attributes.items()
    ]
    shown.append(f"mode\tArg:<RELATION>, Value:{'|'.join(MODES)}")
    parts: dict[str, list[str]] = {"entities": [*Kind], "relations": relations, "events": [], "attributes": shown}
    return "\n".join(f"[{name}]\n" + "".join(f"{line}\n" for line in lines) for name, lines in parts.items())


BRAT: Final = Codec(
    name="brat",
    media_type=MEDIA_TYPE,
    extension="zip",
    losses=(FRAME, DECISIONS, REGISTRY, METADATA, CROSS_ARTICLE, PARTIES, ATTRIBUTES, NOTES, SEGMENTS, GONE),
    read=read,
    read_named=read_named,
    write=write,
    needs_text=True,
)
