"""Reads brat standoff in two passes: what may be pointed at first, whatever its place in the file; then the rest."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from urllib.parse import unquote

from annotations.anchoring.anchor import Segment
from annotations.formats.codec import Reading
from annotations.formats.incoming import (
    Collector,
    bare_article,
    draft_annotation,
    draft_link,
    folder_of,
    refuse_file,
    stem_of,
)
from annotations.formats.names import Left, Names
from annotations.formats.standoff import joined
from annotations.formats.zipped import read_zip
from annotations.rules.kinds import ATTRIBUTES, Kind
from annotations.rules.links import LinkType

# Offsets with tabs between them are an old habit of some writers.
_SPAN: Final = re.compile(
    r"(T\d+)\t([^\s]+)[ \t]((?:\d{1,12}[ \t]+\d{1,12})(?:;\d{1,12}[ \t]+\d{1,12})*)(?:\t(.*))?", re.ASCII
)
_EVENT: Final = re.compile(r"(E\d+)\t([^\s:]+):(T\d+)((?:[ \t]+[^\s:]+:[TE]\d+)*)[ \t]*", re.ASCII)
_RELATION: Final = re.compile(r"(R\d+)\t([^\s]+)[ \t]+[^\s:]+:([TE]\d+)[ \t]+[^\s:]+:([TE]\d+)[ \t]*", re.ASCII)
_EQUIVALENCE: Final = re.compile(r"\*\t([^\s]+)((?:[ \t]+[TE]\d+){2,})[ \t]*", re.ASCII)
_ATTRIBUTE: Final = re.compile(r"([AM]\d+)\t([^\s]+)[ \t]+([TER]\d+)(?:[ \t]+(\S+))?[ \t]*", re.ASCII)
_NOTE: Final = re.compile(r"#\d*\t([^\s]+)[ \t]+([TERANM]\d+|\*)(?:\t(.*))?", re.ASCII)
_REFERENCE: Final = re.compile(r"N\d+\t.*")
_ROLE_NUMBER: Final = re.compile(r"\d+\Z", re.ASCII)


def read(file: BinaryIO) -> Reading:
    """Read an archive whose labels are kinds and whose relations are link types. Raises: as read_named()."""
    return read_named(file, Names())


def read_named(file: BinaryIO, names: Names) -> Reading:
    """Read an archive of pairs `.txt` and `.ann`; a folder is the annotator of the files in it.

    Raises: IncompleteFile, Unprocessable.
    """
    texts: dict[str, bytes] = {}
    marks: dict[str, bytes] = {}
    is_ours = False
    for member in read_zip(file):
        stem, _dot, ending = member.name.rpartition(".")
        if ending == "txt":
            texts[stem] = member.content
        elif ending == "ann":
            marks[stem] = member.content
        is_ours = is_ours or member.name == "annotation.conf"
    if not texts and not is_ours:
        refuse_file("unknown_format", "There is no .txt in this archive: this is not brat standoff.")
    collector = Collector()
    for stem in sorted(texts.keys() | marks.keys()):
        _pair(collector, names, stem, (texts.get(stem), marks.get(stem, b"")))
    return collector.reading()


def _pair(collector: Collector, names: Names, stem: str, raw: tuple[bytes | None, bytes]) -> None:
    raw_text, raw_marks = raw
    lines = raw_marks.split(b"\n")
    collector.begin_part(f"{stem}.ann", len(lines))
    if raw_text is None:
        collector.refuse(1, "no_text", "The .txt of the same name is missing.")
        return
    try:
        text, marks = raw_text.decode(), raw_marks.decode()
    except UnicodeDecodeError:
        collector.refuse(1, "malformed", "The files must be UTF-8.")
        return
    collector.add(1, bare_article(stem, text, unquote(stem_of(stem))))
    _Standoff(collector, names, stem, text).take(marks.split("\n"))


@dataclass(slots=True)
class _Mark:
    """A text-bound annotation while its attributes and notes are collected."""

    line: int
    kind: Kind
    segments: tuple[Segment, ...]
    attributes: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Relation:
    line: int
    type: str
    source: str
    target: str
    attributes: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class _Standoff:
    def __init__(self, collector: Collector, names: Names, stem: str, text: str) -> None:
        self._collector, self._names, self._stem, self._text = collector, names, stem, text
        self._left_out: set[str] = set()
        self._marks: dict[str, _Mark] = {}
        self._relations: dict[str, _Relation] = {}
        # An event stands for its trigger.
        self._triggers: dict[str, str] = {}

    def take(self, lines: list[str]) -> None:
        passes: tuple[Mapping[str, tuple[re.Pattern[str], Callable[[int, re.Match[str]], None]]], ...] = (
            {"T": (_SPAN, self._span), "E": (_EVENT, self._trigger)},
            {"E": (_EVENT, self._roles), "R": (_RELATION, self._relation), "*": (_EQUIVALENCE, self._equivalence)},
            {"A": (_ATTRIBUTE, self._attribute), "M": (_ATTRIBUTE, self._attribute), "#": (_NOTE, self._note)},
        )
        known = {letter for readers in passes for letter in readers} | {"N"}
        for readers in passes:
            for number, line in enumerate(lines, start=1):
                raw = line.removesuffix("\r")
                if raw[:1] in readers:
                    pattern, act = readers[raw[0]]
                    match = pattern.fullmatch(raw)
                    if match:
                        act(number, match)
                    elif raw[0] != "E" or readers is passes[0]:
                        self._collector.refuse(number, "malformed", "This line does not follow the standoff format.")
        for number, line in enumerate(lines, start=1):
            if line.strip() and line[0] not in known:
                self._collector.refuse(number, "unknown_type", "No line of standoff begins like this.")
        self._finish()

    # --- first pass -----------------------------------------------------------------------------------

    def _span(self, number: int, match: re.Match[str]) -> None:
        mark, label, places, covered = match.groups()
        kind = self._names.kind(label)
        if mark in self._marks:
            self._collector.refuse(number, "duplicate_id", f"{mark} stands twice.")
        elif kind is Left.OUT:
            self._left_out.add(mark)
        elif kind is None:
            self._collector.refuse(number, "unknown_label", f"{label[:50]}: a label is one of {', '.join(Kind)}.")
        else:
            fragments = [Segment(*map(int, place.split())) for place in places.split(";")]
            if self._is_right(number, fragments, covered):
                self._marks[mark] = _Mark(number, kind, joined(self._text, fragments))

    def _is_right(self, number: int, fragments: list[Segment], covered: str | None) -> bool:
        edges = [edge for fragment in fragments for edge in (fragment.start, fragment.end)]
        if edges != sorted(edges) or any(fragment.start >= fragment.end for fragment in fragments):
            self._collector.refuse(number, "invalid", "Fragments are not empty and stand in order.")
        elif edges[-1] > len(self._text):
            self._collector.refuse(number, "out_of_range", f"The text ends at {len(self._text)} code points.")
        elif covered is not None and covered != self._covered(fragments):
            self._collector.refuse(number, "text_mismatch", "The words differ from the text at these offsets.")
        else:
            return True
        return False

    def _covered(self, fragments: list[Segment]) -> str:
        # brat itself writes a line break inside a fragment as a blank.
        return " ".join(self._text[fragment.start : fragment.end].replace("\n", " ") for fragment in fragments)

    def _trigger(self, _number: int, match: re.Match[str]) -> None:
        self._triggers[match[1]] = match[3]

    # --- second and third -----------------------------------------------------------------------------

    def _roles(self, number: int, match: re.Match[str]) -> None:
        for role in match[4].split():
            name, _colon, target = role.partition(":")
            self._join(f"{match[1]}:{role}", number, _ROLE_NUMBER.sub("", name), (match[1], target))

    def _relation(self, number: int, match: re.Match[str]) -> None:
        self._join(match[1], number, match[2], (match[3], match[4]))

    def _equivalence(self, number: int, match: re.Match[str]) -> None:
        first, *others = match[2].split()
        label = match[1] if match[1] in self._names.relations else LinkType.SAME_AS
        for other in others:
            self._join(f"*{number}:{first}:{other}", number, label, (first, other))

    def _join(self, identifier: str, number: int, label: str, ends: tuple[str, str]) -> None:
        type_ = self._names.link_type(label)
        source, target = (self._triggers.get(end, end) for end in ends)
        if type_ is Left.OUT:
            return
        if self._left_out.intersection((source, target)):
            self._names.leave_out()
        elif type_ is None:
            detail = f"{label[:50]}: a relation is one of {', '.join(LinkType)}."
            self._collector.refuse(number, "unknown_label", detail)
        elif source not in self._marks or target not in self._marks:
            self._collector.refuse(number, "not_found", "An end is not among the good lines.")
        elif identifier in self._relations:
            self._collector.refuse(number, "duplicate_id", f"{identifier} stands twice.")
        else:
            self._relations[identifier] = _Relation(number, type_, source, target)

    def _attribute(self, number: int, match: re.Match[str]) -> None:
        _mark, name, owner, value = match.groups()
        record = self._record(owner)
        if self._triggers.get(owner, owner) in self._left_out:
            return
        if record is None:
            self._collector.refuse(number, "not_found", "What this describes is not among the good lines.")
        elif isinstance(record, _Mark) and name not in ATTRIBUTES[record.kind]:
            self._collector.refuse(number, "unknown_attribute", f"A {record.kind} has no attribute {name[:50]}.")
        else:
            record.attributes[name] = True if value is None else value

    def _note(self, number: int, match: re.Match[str]) -> None:
        record = self._record(match[2])
        if self._triggers.get(match[2], match[2]) in self._left_out:
            return
        if record is None:
            self._collector.refuse(number, "not_found", "What this note is about is not among the good lines.")
        else:
            record.notes.append(match[3] or "")

    def _record(self, mark: str) -> _Mark | _Relation | None:
        return self._relations.get(mark) or self._marks.get(self._triggers.get(mark, mark))

    # --- the end --------------------------------------------------------------------------------------

    def _finish(self) -> None:
        # In two folders the same text may be marked by two people.
        frame = {"author": folder_of(self._stem) or None}
        for mark, found in self._marks.items():
            fields = {"segments": found.segments, "attributes": found.attributes, "note": "\n".join(found.notes)}
            record = draft_annotation(f"{self._stem}#{mark}", self._stem, found.kind.value, **fields, **frame)
            self._collector.add(found.line, record)
        for mark, relation in self._relations.items():
            source, target = (f"{self._stem}#{end}" for end in (relation.source, relation.target))
            fields = {"attributes": relation.attributes, "note": "\n".join(relation.notes)}
            link = draft_link(f"{self._stem}#{mark}", relation.type, source, target, **fields, **frame)
            self._collector.add(relation.line, link)
