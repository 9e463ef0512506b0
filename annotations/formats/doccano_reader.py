"""Reads doccano's JSONL, old and new; the unit of the offsets is inferred from all of its lines together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from annotations.anchoring.anchor import Segment
from annotations.errors import FieldError, IncompleteFile
from annotations.formats.codec import Reading
from annotations.formats.doccano_units import Inference, Places, Span, Unit
from annotations.formats.incoming import Collector, bare_article, draft_annotation, draft_link, refuse_file, text_or
from annotations.formats.names import Left, Names
from annotations.formats.native_json import NotStrict, strict_object
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType

MAX_LINE_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Entity:
    """A good entity: its id in the file, its label, its record where we wrote it, and where it may lie."""

    id: str
    kind: str
    record: str
    places: Places


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    article: str
    entities: tuple[_Entity, ...]
    relations: tuple[object, ...]
    author: str | None
    left_out: frozenset[str]


def read(file: BinaryIO) -> Reading:
    """Read a file whose labels are kinds and whose relations are link types. Raises: as read_named()."""
    return read_named(file, Names())


def read_named(file: BinaryIO, names: Names) -> Reading:
    """Read a whole file. Raises: IncompleteFile, Unprocessable `undecidable_offsets`, `unknown_format`."""
    collector, inference = Collector(), Inference()
    lines: list[_Line] = []
    last: Mapping[str, object] = {}
    number = 0
    while raw := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            refuse_file("too_long", f"A line is at most {MAX_LINE_BYTES} bytes long.")
        if not raw.strip():
            continue
        try:
            last = strict_object(raw)
        except NotStrict as error:
            if not raw.endswith(b"\n"):
                _refuse_incomplete("The last line is cut; download the file again.", number)
            collector.refuse(number, "malformed", str(error))
            continue
        if line := _line((collector, names, inference), number, last):
            lines.append(line)
    _check_whole(last, number)
    unit = inference.unit() if lines else Unit.CODE_POINTS
    for line in lines:
        _take(collector, names, line, unit)
    return collector.reading()


def _check_whole(last: Mapping[str, object], number: int) -> None:
    """Refuse a file of ours that ends too early; doccano's own holds comments."""
    if not last:
        _refuse_incomplete("There is not one line in the file.", number)
    if "Comments" not in last and "of" in last and last["of"] != last.get("number"):
        _refuse_incomplete("Lines are missing at the end; download the file again.", number)


def _refuse_incomplete(detail: str, line: int) -> None:
    raise IncompleteFile(detail, errors=[FieldError("", IncompleteFile.code, detail, line=max(line, 1))])


_Tools = tuple[Collector, Names, Inference]


def _line(tools: _Tools, number: int, values: Mapping[str, Any]) -> _Line | None:
    collector = tools[0]
    text = values.get("text", values.get("data"))
    if not isinstance(text, str):
        collector.refuse(number, "no_text", "A line has a text.")
        return None
    article = text_or(values.get("article"), f"line-{number}")
    collector.add(
        number, bare_article(article, text, text_or(values.get("title"), article), text_or(values.get("language"), ""))
    )
    entities = values.get("entities", values.get("label", values.get("labels", [])))
    relations = values.get("relations", [])
    author = values.get("annotator", values.get("user"))
    is_told = values.get("offset_unit") == "codepoint"
    found = (text, entities if isinstance(entities, list) else [None], is_told)
    left_out: set[str] = set()
    good = _entities(tools, number, found, left_out)
    listed = tuple(relations) if isinstance(relations, list) else (None,)
    return _Line(number, article, good, listed, None if author is None else str(author), frozenset(left_out))


def _entities(
    tools: _Tools, number: int, found: tuple[str, list[Any], bool], left_out: set[str]
) -> tuple[_Entity, ...]:
    collector, names, inference = tools
    text, listed, is_told = found
    known: list[tuple[str, str, str, Span]] = []
    for position, value in enumerate(listed):
        one = _as_object(value)
        label, start, end = one.get("label"), one.get("start_offset"), one.get("end_offset")
        identifier = str(one.get("id", f"{number}.{position}"))
        kind = names.kind(label) if isinstance(label, str) else None
        if kind is Left.OUT:
            left_out.add(identifier)
        elif kind is None:
            collector.refuse(number, "unknown_label", f"{str(label)[:50]}: a label is one of {', '.join(Kind)}.")
        elif type(start) is not int or type(end) is not int:
            collector.refuse(number, "invalid_type", "Offsets are whole numbers.")
        else:
            words = one.get("text")
            span = Span(number, start, end, words if isinstance(words, str) else None)
            known.append((identifier, kind.value, text_or(one.get("record"), f"{number}#{identifier}"), span))
    good: list[_Entity] = []
    places = inference.places(text, [span for *_names, span in known], is_told=is_told)
    for (identifier, name, record, span), possible in zip(known, places, strict=True):
        if possible:
            good.append(_Entity(identifier, name, record, possible))
        else:
            code = "out_of_range" if span.end > 2 * len(text) else "text_mismatch"
            detail = f"From {span.start} to {span.end} there are no words in any unit, or others than the file says."
            collector.refuse(number, code, detail)
    return tuple(good)


def _as_object(value: object) -> Mapping[str, Any]:
    """Read an entity as an object, or as the older [start, end, label]."""
    if isinstance(value, list) and len(value) == 3:
        return {"start_offset": value[0], "end_offset": value[1], "label": value[2]}
    return value if isinstance(value, dict) else {}


def _take(collector: Collector, names: Names, line: _Line, unit: Unit) -> None:
    segments: dict[str, list[Segment]] = {}
    kinds: dict[str, str] = {}
    records = {entity.id: entity.record for entity in line.entities}
    for entity in line.entities:
        if unit not in entity.places:
            collector.refuse(
                line.number, "text_mismatch", f"In {unit}, as the other lines count, no words stand there."
            )
            continue
        segments.setdefault(entity.record, []).append(entity.places[unit])
        kinds[entity.record] = entity.kind
    for record, places in segments.items():
        found = draft_annotation(record, line.article, kinds[record], segments=tuple(places), author=line.author)
        collector.add(line.number, found)
    for position, value in enumerate(line.relations):
        relation = _as_object(value)
        ends = [records.get(str(relation.get(name)), "") for name in ("from_id", "to_id")]
        label = str(relation.get("type", ""))
        type_ = names.link_type(label)
        if type_ is Left.OUT:
            continue
        if line.left_out.intersection(str(relation.get(name)) for name in ("from_id", "to_id")):
            names.leave_out()
        elif type_ is None:
            detail = f"{label[:50]}: a relation is one of {', '.join(LinkType)}."
            collector.refuse(line.number, "unknown_label", detail)
        elif not all(end in segments for end in ends):
            collector.refuse(line.number, "not_found", "An end is not among the good entities.")
        else:
            attributes = {"mode": relation["mode"]} if "mode" in relation else {}
            identifier = f"{line.article}#relation{position}"
            link = draft_link(identifier, type_, *ends, attributes=attributes, author=line.author)
            collector.add(line.number, link)
