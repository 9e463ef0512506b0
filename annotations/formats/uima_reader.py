"""Reads UIMA CAS archives: every offset is checked in UTF-16 before the library converts it, no XML with a DTD."""

import io
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO, Final

import orjson
from lxml import etree

from annotations.anchoring.units import utf16_to_code_points
from annotations.errors import InvalidInput
from annotations.formats.codec import Reading
from annotations.formats.document import Header
from annotations.formats.incoming import Collector, refuse_file
from annotations.formats.native_json import NotStrict, strict_value
from annotations.formats.native_lines import header_of, record_of
from annotations.formats.uima_types import ENTRY, LINK, RECORD, SEGMENT, TYPE_SYSTEM_NAME, cassis, type_system
from annotations.formats.zipped import LOSSES_NAME, Member, read_zip

_DOCUMENT: Final = "uima.tcas.DocumentAnnotation"
_KNOWN: Final = frozenset({SEGMENT, RECORD, LINK, ENTRY, _DOCUMENT, "uima.cas.Sofa"})
_REGISTRY: Final = frozenset({"outlet", "incident", "party"})
_JSON_FIELDS: Final = ("attributes", "origin", "parties")
_NAMES: Final = {"createdAt": "created_at", "updatedAt": "updated_at"}

_MANY_DIGITS: Final = 12

# Where a feature structure stands, its type, begin and end in UTF-16 units.
_Place = tuple[int, str, object, object]


class _Bad(ValueError):
    """A file that cannot be read: line, code and sentence."""

    def __init__(self, line: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.line, self.code = line, code


def read_json_archive(file: BinaryIO) -> Reading:
    """Read a zip of CAS JSON; lines are numbers of feature structures. Raises: IncompleteFile, Unprocessable."""
    return _read(file, ".json", _open_json)


def read_xmi_archive(file: BinaryIO) -> Reading:
    """Read a zip of XMI. Raises: IncompleteFile, Unprocessable."""
    return _read(file, ".xmi", _open_xmi)


def _read(file: BinaryIO, ending: str, open_: Callable[[bytes], tuple[str, list[_Place], Any]]) -> Reading:
    collector = Collector()
    reader = _Reader(collector)
    is_ours = False
    for member in read_zip(file):
        is_ours = is_ours or member.name.rpartition("/")[2] == TYPE_SYSTEM_NAME
        if member.name.endswith(ending) and member.name.rpartition("/")[2] != LOSSES_NAME:
            is_ours = True
            _member(reader, collector, member, open_)
    if not is_ours:
        refuse_file("unknown_format", f"There is neither a {ending} nor a type system in this archive.")
    return collector.reading(reader.header)


def _member(
    reader: "_Reader", collector: Collector, member: Member, open_: Callable[[bytes], tuple[str, list[_Place], Any]]
) -> None:
    collector.begin_part(member.name, member.content.count(b"\n") + member.content.count(b"%ID") + 1)
    try:
        text, places, cas = open_(member.content)
        reader.take(text, places, cas)
    except _Bad as bad:
        collector.refuse(bad.line, bad.code, str(bad))


def _open_json(raw: bytes) -> tuple[str, list[_Place], Any]:
    try:
        found = strict_value(raw)
    except NotStrict as error:
        raise _Bad(1, "malformed", str(error)) from error
    whole = found if isinstance(found, dict) else {}
    structures = whole.get("%FEATURE_STRUCTURES")
    if not isinstance(structures, list) or not all(isinstance(one, dict) for one in structures):
        raise _Bad(1, "malformed", "This is no CAS JSON with a list of feature structures.")
    texts = [one.get("sofaString") for one in structures if one.get("%TYPE") == "uima.cas.Sofa"]
    places = [
        (number, str(one.get("%TYPE")), one.get("begin"), one.get("end"))
        for number, one in enumerate(structures, start=1)
    ]
    text = _checked(texts, places)
    # The library makes Python code of the names in a file's own type system: it never gets to see one.
    known = io.BytesIO(orjson.dumps({**whole, "%TYPES": {}}))
    return text, places, _loaded(lambda: cassis().load_cas_from_json(known, typesystem=type_system()))


def _open_xmi(raw: bytes) -> tuple[str, list[_Place], Any]:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise _Bad(error.lineno or 1, "malformed", "This is no well-formed XML.") from error
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise _Bad(1, "dtd_not_allowed", "XML with a document type or entities is not read.")
    texts, places = [], []
    for element in root.iterchildren(tag=etree.Element):
        name = etree.QName(element)
        if name.namespace == "http:///uima/cas.ecore":
            texts += [element.get("sofaString")] if name.localname == "Sofa" else []
            continue
        package = (name.namespace or "").removeprefix("http:///").removesuffix(".ecore").replace("/", ".")
        begin, end = (_number(element.get(edge)) for edge in ("begin", "end"))
        places.append((element.sourceline or 1, f"{package}.{name.localname}", begin, end))
    text = _checked(texts, places)
    return text, places, _loaded(lambda: cassis().load_cas_from_xmi(io.BytesIO(raw), typesystem=type_system()))


def _number(value: str | None) -> object:
    return int(value) if value and len(value) < _MANY_DIGITS and value.isascii() and value.isdigit() else value


def _checked(texts: Sequence[object], places: Sequence[_Place]) -> str:
    """Answer the one text, after every offset was checked: the library would take a wrong one as it is."""
    if len(texts) != 1 or not isinstance(texts[0], str):
        raise _Bad(1, "no_text", "A file holds one view with its text.")
    text = texts[0]
    spans: list[tuple[int, int, int]] = []
    for line, name, begin, end in places:
        if name not in _KNOWN:
            raise _Bad(line, "unknown_type", f"{name[:100]}: only the types of newsdesk are read.")
        if name not in {SEGMENT, _DOCUMENT}:
            continue
        if type(begin) is not int or type(end) is not int:
            raise _Bad(line, "invalid_type", "begin and end are whole numbers of UTF-16 units.")
        spans.append((line, begin, end))
    _check_offsets(text, spans)
    return text


def _check_offsets(text: str, spans: Sequence[tuple[int, int, int]]) -> None:
    """Check all at once; one by one only to find the line of a wrong one."""
    try:
        utf16_to_code_points(text, [edge for _line, begin, end in spans for edge in (begin, end)])
    except InvalidInput as error:
        if len(spans) == 1:
            raise _Bad(spans[0][0], error.code, error.detail) from error
        for span in spans:
            _check_offsets(text, [span])


def _loaded(load: Callable[[], Any]) -> Any:
    try:
        return load()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError) as error:
        raise _Bad(1, "malformed", f"This is no CAS with our types: {type(error).__name__}.") from error
    except cassis().typesystem.TypeNotFoundError as error:
        raise _Bad(1, "unknown_type", "Only the types of newsdesk are read.") from error


class _Reader:
    """Takes one CAS after the other; registry records that stand in several files are taken once."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._seen: dict[str, object] = {}
        self.header: Header | None = None

    def take(self, text: str, places: Sequence[_Place], cas: Any) -> None:
        lines: defaultdict[str, list[int]] = defaultdict(list)
        for line, name, _begin, _end in places:
            lines[name].append(line)
        article = self._entries(text, cas, lines[ENTRY])
        if article is None:
            raise _Bad(1, "required", "The entry of the article is missing.")
        for record, segments in _by_record(cas).values():
            first = lines[SEGMENT][0]
            exact = [segment.exact for segment in segments]
            values = {
                "type": "annotation",
                "id": record.recordId,
                "article": article,
                "kind": record.kind,
                "segments": [[segment.begin, segment.end] for segment in segments],
                **({} if None in exact else {"exact": exact}),
                **_frame(record, self._collector, first),
            }
            self._record(first, values)
        for line, link in zip(lines[LINK], cas.select(LINK), strict=False):
            target = link.targetId if link.target is None else _record_id(link.target)
            ends = {"id": link.linkId, "link_type": link.linkType, "source": _record_id(link.source), "target": target}
            self._record(line, {"type": "link", **ends, **_frame(link, self._collector, line)})

    def _entries(self, text: str, cas: Any, lines: Sequence[int]) -> str | None:
        article: str | None = None
        later: list[tuple[int, Mapping[str, object]]] = []
        for line, entry in zip(lines, cas.select(ENTRY), strict=False):
            values = _json(entry.json, self._collector, line)
            if not isinstance(values, dict):
                continue
            if values.get("type") == "newsdesk":
                self.header = self.header or header_of(values)[0]
            elif values.get("type") == "article":
                article = str(values.get("id"))
                self._record(line, {**values, "text": text})
            elif values.get("type") in _REGISTRY:
                self._registry(line, values)
            else:
                later.append((line, values))
        for line, values in later:
            self._record(line, values)
        return article

    def _registry(self, line: int, values: Mapping[str, object]) -> None:
        identifier = str(values.get("id"))
        if identifier not in self._seen:
            self._seen[identifier] = values
            self._record(line, values)
        elif self._seen[identifier] != values:
            self._collector.refuse(line, "duplicate_id", "Another file says something else about this record.")

    def _record(self, line: int, values: Mapping[str, object]) -> None:
        record, problems = record_of(values)
        if record is not None:
            self._collector.add(line, record)
        for code, detail in problems:
            self._collector.refuse(line, code, detail)


def _by_record(cas: Any) -> dict[str, tuple[Any, list[Any]]]:
    found: dict[str, tuple[Any, list[Any]]] = {}
    for segment in cas.select(SEGMENT):
        identifier = _record_id(segment.record)
        if identifier is None or type(segment.number) is not int:
            raise _Bad(1, "required", "A segment has its number and belongs to a record with an id.")
        found.setdefault(identifier, (segment.record, []))[1].append(segment)
    for _record, segments in found.values():
        segments.sort(key=lambda segment: segment.number)
    return found


def _record_id(record: object) -> str | None:
    """Give the id of a record; None for anything else that stands in its place."""
    identifier = getattr(record, "recordId", None)
    return identifier if isinstance(identifier, str) else None


def _frame(record: Any, collector: Collector, line: int) -> dict[str, object]:
    names = ("attributes", "note", "state", "version", "author", "origin", "createdAt", "updatedAt", "parties")
    values = {name: getattr(record, name) for name in names if getattr(record, name, None) is not None}
    for name in _JSON_FIELDS:
        if name in values:
            values[name] = _json(values[name], collector, line)
    return {_NAMES.get(name, name): value for name, value in values.items()}


def _json(text: object, collector: Collector, line: int) -> object:
    try:
        return orjson.loads(str(text))
    except orjson.JSONDecodeError:
        collector.refuse(line, "malformed", "A feature that holds JSON does not.")
        return None
