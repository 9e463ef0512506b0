"""UIMA CAS, as JSON 0.4 (`casjson`) or XMI 1.1 (`casxmi`): a zip with one file an article and the type system."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import orjson

from annotations.formats.codec import Codec
from annotations.formats.document import (
    Annotation,
    ArticleDocument,
    Incident,
    JsonObject,
    Link,
    Outlet,
    Party,
    Registry,
)
from annotations.formats.losses import GONE, Loss
from annotations.formats.native import line_of
from annotations.formats.outgoing import Outgoing
from annotations.formats.uima_reader import read_json_archive, read_xmi_archive
from annotations.formats.uima_types import (
    ENTRY,
    LINK,
    RECORD,
    SEGMENT,
    TYPE_SYSTEM_NAME,
    cassis,
    maker_of,
    type_system,
)
from annotations.formats.zipped import MEDIA_TYPE, ZipStream

UNUSED: Final = Loss(
    "registry_unused", "Outlets, incidents and parties that no article of this export names stay behind."
)
ILLEGAL: Final = Loss("illegal_characters", "Characters that XML 1.0 cannot hold are written as U+FFFD.")

_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_Serialize = Callable[[Any], bytes]


def _as_json(cas: Any) -> bytes:
    written: str = cas.to_json()
    return written.encode()


def _as_xmi(cas: Any) -> bytes:
    written: str = cas.to_xmi()
    return written.encode()


def _write(outgoing: Outgoing, *, name: str, ending: str, serialize: _Serialize) -> Iterator[bytes]:
    """Write one file for each article; each holds the registry records that it names."""
    archive, named = ZipStream(), _Named(outgoing.registry)
    archive.add(TYPE_SYSTEM_NAME, type_system().to_xml().encode())
    yield archive.take()
    for document in outgoing.articles:
        article = _Article(document, is_xml=ending == "xmi")
        cas = article.cas([outgoing_header(outgoing), *named.by(document)])
        outgoing.lost.add_all(ILLEGAL, sorted(article.changed))
        archive.add(f"{quote(document.article.id, safe='')}.{ending}", serialize(cas))
        yield archive.take()
    outgoing.lost.add_all(UNUSED, named.unused())
    yield from archive.finish(outgoing, name)


def outgoing_header(outgoing: Outgoing) -> JsonObject:
    """Give the header as a line of newsdesk-jsonl."""
    header = outgoing.header
    return {
        "type": "newsdesk",
        "version": 1,
        "offset_unit": "codepoint",
        "project": {"id": header.project, "slug": header.slug, "name": header.name},
        "state": header.state,
        "chain_head": header.chain_head,
        "exported_at": header.exported_at,
    }


class _Named:
    """Finds what an article names in the registry, and remembers what none does."""

    def __init__(self, registry: Registry) -> None:
        records: list[Outlet | Incident | Party] = [*registry.outlets, *registry.incidents, *registry.parties]
        self._records = {record.id: record for record in records}
        self._used: set[str] = set()

    def by(self, document: ArticleDocument) -> Iterator[JsonObject]:
        wanted = [*document.article.incidents, document.article.outlet]
        wanted += [party for annotation in document.annotations for party in annotation.parties]
        seen: set[str] = set()
        while wanted:
            record = self._records.get(wanted.pop() or "")
            if record is None or record.id in seen:
                continue
            seen.add(record.id)
            if isinstance(record, Outlet):
                wanted.append(record.party)
            elif isinstance(record, Party):
                wanted.append(record.parent)
        self._used |= seen
        # In the order of the registry: outlets, incidents, parties.
        yield from (line_of(record) for identifier, record in self._records.items() if identifier in seen)

    def unused(self) -> list[str]:
        return [identifier for identifier in self._records if identifier not in self._used]


class _Article:
    """The CAS of one article; `changed` are the records in which a character was replaced."""

    def __init__(self, document: ArticleDocument, *, is_xml: bool) -> None:
        self._document, self._is_xml = document, is_xml
        self._cas = cassis().Cas(typesystem=type_system())
        self._records: dict[str, Any] = {}
        self.changed: set[str] = set()

    def cas(self, entries: list[JsonObject]) -> Any:
        document = self._document
        # The library counts UTF-16 units in the file by itself; here everything is code points.
        self._cas.sofa_string = self._legal(document.text, document.article.id)
        self._cas.sofa_mime = "text/plain"
        own = {name: value for name, value in line_of(document.article).items() if name != "text"}
        for entry in [*entries, own, *map(line_of, document.decisions)]:
            self._entry(entry)
        for annotation in document.annotations:
            self._annotation(annotation)
        for link in document.links:
            self._link(link)
        return self._cas

    def _entry(self, values: JsonObject) -> None:
        # Written with escapes, so that XML can hold every character of it.
        json = orjson.dumps(values).decode()
        escaped = _NOT_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", json) if self._is_xml else json
        self._cas.add(maker_of(ENTRY)(entryType=values["type"], json=escaped))

    def _annotation(self, annotation: Annotation) -> None:
        record = self._records[annotation.id] = maker_of(RECORD)(
            recordId=annotation.id,
            kind=annotation.kind,
            parties=orjson.dumps(annotation.parties).decode(),
            **self._frame(annotation),
        )
        make = maker_of(SEGMENT)
        for number, segment in enumerate(annotation.segments, start=1):
            exact = self._cas.sofa_string[segment.start : segment.end]
            own = {"kind": annotation.kind, "number": number, "exact": exact, "record": record}
            self._cas.add(make(begin=segment.start, end=segment.end, **own))

    def _link(self, link: Link) -> None:
        target = self._records.get(link.target)
        ends = {"source": self._records[link.source], "target": target}
        other = {} if target is not None else {"targetId": link.target}
        made = maker_of(LINK)(linkId=link.id, linkType=link.link_type, **ends, **other, **self._frame(link))
        self._cas.add(made)

    def _frame(self, record: Annotation | Link) -> Mapping[str, object]:
        return {
            "attributes": self._legal(orjson.dumps(record.attributes).decode(), record.id),
            "note": self._legal(record.note, record.id),
            "state": record.state,
            "version": record.version,
            "author": record.author,
            "origin": self._legal(orjson.dumps(record.origin).decode(), record.id),
            "createdAt": record.created_at,
            "updatedAt": record.updated_at,
        }

    def _legal(self, text: str, record: str) -> str:
        if not self._is_xml or not _NOT_XML.search(text):
            return text
        self.changed.add(record)
        return _NOT_XML.sub("\ufffd", text)


CAS_JSON: Final = Codec(
    name="casjson",
    media_type=MEDIA_TYPE,
    extension="zip",
    losses=(UNUSED, GONE),
    read=read_json_archive,
    write=partial(_write, name="casjson", ending="json", serialize=_as_json),
    needs_text=True,
)
CAS_XMI: Final = Codec(
    name="casxmi",
    media_type=MEDIA_TYPE,
    extension="zip",
    losses=(UNUSED, ILLEGAL, GONE),
    read=read_xmi_archive,
    write=partial(_write, name="casxmi", ending="xmi", serialize=_as_xmi),
    needs_text=True,
)
