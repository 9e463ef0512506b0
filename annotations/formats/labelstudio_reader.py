"""Reads Label Studio's JSON export: every offset from UTF-16, every annotation of a task its own annotator's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from annotations.anchoring.anchor import Segment
from annotations.anchoring.units import utf16_to_code_points
from annotations.errors import InvalidInput
from annotations.formats.codec import Reading
from annotations.formats.incoming import (
    Collector,
    bare_article,
    draft_annotation,
    draft_link,
    read_json,
    refuse_file,
    text_or,
)
from annotations.formats.names import Left, Names
from annotations.rules.kinds import ATTRIBUTES, Kind
from annotations.rules.links import LinkType

# The key of what we add ourselves to a region's meta.
OWN: Final = "newsdesk"
_VALUES: Final = ("choices", "text")
_REGIONS: Final = frozenset({"labels", "hypertextlabels", "paragraphlabels"})


def read(file: BinaryIO) -> Reading:
    """Read a file whose labels are kinds and whose relations are link types. Raises: as read_named()."""
    return read_named(file, Names())


def read_named(file: BinaryIO, names: Names) -> Reading:
    """Read a list of tasks; lines are numbers of results, counted through each task.

    Raises: IncompleteFile, Unprocessable.
    """
    tasks = read_json(file)
    if not isinstance(tasks, list) or not all(isinstance(task, dict) and "data" in task for task in tasks):
        refuse_file("unknown_format", "This is no list of tasks with data: not Label Studio's JSON.")
    collector = Collector()
    for number, task in enumerate(tasks, start=1):
        _task(collector, names, number, task)
    return collector.reading()


def _task(collector: Collector, names: Names, number: int, task: Mapping[str, Any]) -> None:
    found = task.get("annotations", task.get("completions", []))
    annotations = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    collector.begin_part(f"task {number}", sum(len(_list(one.get("result"))) for one in annotations))
    data = task["data"] if isinstance(task["data"], dict) else {}
    text = data.get("text")
    if not isinstance(text, str):
        collector.refuse(1, "no_text", "data.text is missing; the text must lie in the file.")
        return
    identifier = text_or(data.get("article"), f"task-{number}")
    title = text_or(data.get("title"), identifier)
    collector.add(1, bare_article(identifier, text, title, text_or(data.get("language"), "")))
    line = 0
    for place, annotation in enumerate(annotations):
        prefix = f"{identifier}#{place}:" if len(annotations) > 1 else ""
        reader = _Result((collector, names), identifier, text, prefix)
        results = _list(annotation.get("result"))
        reader.convert(results)
        is_cancelled = annotation.get("was_cancelled") is True
        for result in results:
            line += 1
            if not is_cancelled:
                reader.take(line, result)
        reader.finish(_annotator(annotation.get("completed_by")))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _annotator(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("email") or value.get("username") or value.get("id")
    return None if value is None else str(value)


@dataclass(slots=True)
class _Region:
    line: int
    kind: Kind
    segments: list[Segment]
    note: str
    attributes: dict[str, object] = field(default_factory=dict)


class _Result:
    """The results of one annotator on one text."""

    def __init__(self, tools: tuple[Collector, Names], article: str, text: str, prefix: str) -> None:
        self._collector, self._names = tools
        self._article, self._text, self._prefix = article, text, prefix
        self._left_out: set[str] = set()
        # Offsets that were converted together.
        self._known: Mapping[int, int] = {}
        self._regions: dict[str, _Region] = {}
        # Other results name a region by its own id, of which a record may have several.
        self._records: dict[str, str] = {}
        self._later: list[tuple[int, Mapping[str, Any]]] = []

    def convert(self, results: Sequence[object]) -> None:
        """Convert all offsets at once, which is quick; if one is wrong, each is converted when it is needed."""
        values = [_object(_object(result).get("value")) for result in results]
        offsets = [value.get(name) for value in values for name in ("start", "end")]
        numbers = sorted({offset for offset in offsets if type(offset) is int})
        try:
            self._known = dict(zip(numbers, utf16_to_code_points(self._text, numbers), strict=True))
        except InvalidInput:
            self._known = {}

    def take(self, line: int, result: object) -> None:
        if not isinstance(result, dict) or not isinstance(result.get("value", {}), dict):
            self._collector.refuse(line, "malformed", "A result is an object with a value.")
        elif str(result.get("type")) in _REGIONS:
            self._region(line, result)
        else:
            self._later.append((line, result))

    def finish(self, author: str | None) -> None:
        for line, result in self._later:
            if result.get("type") != "relation":
                self._attribute(line, result)
        for identifier, region in self._regions.items():
            fields = {"segments": tuple(region.segments), "attributes": region.attributes, "note": region.note}
            record = draft_annotation(
                self._prefix + identifier, self._article, region.kind.value, **fields, author=author
            )
            self._collector.add(region.line, record)
        for line, result in self._later:
            if result.get("type") == "relation":
                self._relation(line, result, author)

    def _region(self, line: int, result: Mapping[str, Any]) -> None:
        value, identifier = result.get("value", {}), text_or(result.get("id"), "")
        labels = value.get("labels", value.get(str(result["type"])))
        kind = self._names.kind(str(labels[0])) if isinstance(labels, list) and len(labels) == 1 else None
        if kind is Left.OUT:
            self._left_out.add(identifier)
            return
        if kind is None:
            self._collector.refuse(line, "unknown_label", f"A region has one label, of: {', '.join(Kind)}.")
            return
        if not identifier or identifier in self._records:
            self._collector.refuse(line, "duplicate_id", "Each region has an id of its own.")
            return
        segment = self._segment(line, value)
        if segment is None:
            return
        meta = _object(result.get("meta"))
        own = _object(meta.get(OWN))
        record = self._records[identifier] = text_or(own.get("record"), identifier)
        if record in self._regions:
            self._regions[record].segments.append(segment)
            return
        notes = meta.get("text")
        note = "\n".join(map(str, notes)) if isinstance(notes, list) else text_or(notes, "")
        self._regions[record] = _Region(line, kind, [segment], note)

    def _segment(self, line: int, value: Mapping[str, Any]) -> Segment | None:
        start, end, words = value.get("start"), value.get("end"), value.get("text")
        if type(start) is not int or type(end) is not int:
            self._collector.refuse(line, "invalid_type", "start and end are whole numbers of UTF-16 units.")
            return None
        try:
            segment = Segment(*self._code_points(start, end))
        except InvalidInput as error:
            self._collector.refuse(line, error.code, error.detail)
            return None
        if isinstance(words, str) and words != self._text[segment.start : segment.end]:
            self._collector.refuse(line, "text_mismatch", "The words differ from the text at these offsets (UTF-16).")
            return None
        return segment

    def _code_points(self, start: int, end: int) -> list[int]:
        if start in self._known and end in self._known:
            return [self._known[start], self._known[end]]
        return utf16_to_code_points(self._text, [start, end])

    def _attribute(self, line: int, result: Mapping[str, Any]) -> None:
        region = self._regions.get(self._records.get(text_or(result.get("id"), ""), ""))
        name, value = text_or(result.get("from_name"), ""), result.get("value", {})
        said = next((value[key] for key in _VALUES if isinstance(value.get(key), list)), None)
        if region is None and text_or(result.get("id"), "") in self._left_out:
            return
        if region is None:
            self._collector.refuse(line, "not_found", "This describes no region among the good ones.")
        elif name not in ATTRIBUTES[region.kind] or said is None or len(said) != 1:
            detail = f"{name[:50]}: a {region.kind} has no such attribute, or not one value of it."
            self._collector.refuse(line, "unknown_attribute", detail)
        else:
            region.attributes[name] = True if name == "speaker_unknown" and said == ["true"] else said[0]

    def _relation(self, line: int, result: Mapping[str, Any], author: str | None) -> None:
        labels = result.get("labels")
        label, *modes = [str(label) for label in labels] if isinstance(labels, list) and labels else [""]
        type_ = self._names.link_type(label)
        ends = [self._records.get(text_or(result.get(name), ""), "") for name in ("from_id", "to_id")]
        if result.get("direction") == "left":
            ends.reverse()
        if type_ is Left.OUT:
            return
        if self._left_out.intersection(text_or(result.get(name), "") for name in ("from_id", "to_id")):
            self._names.leave_out()
        elif type_ is None or len(modes) > 1:
            detail = f"A relation has one label, of: {', '.join(LinkType)}; disputes has its mode as a second."
            self._collector.refuse(line, "unknown_label", detail)
        elif not all(end in self._regions for end in ends):
            self._collector.refuse(line, "not_found", "An end is not among the good regions.")
        else:
            source, target = (self._prefix + end for end in ends)
            fields = {"attributes": {"mode": modes[0].lower()} if modes else {}, "author": author}
            identifier = f"{self._article}#relation{line}"
            self._collector.add(line, draft_link(identifier, type_, source, target, **fields))
