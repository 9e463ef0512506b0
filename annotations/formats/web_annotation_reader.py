"""Reads W3C Web Annotations: ours whole; others as far as they point by position into texts that the file holds."""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final, cast
from urllib.parse import quote, unquote

from annotations.formats.codec import Reading
from annotations.formats.document import Header
from annotations.formats.incoming import Collector, read_json, refuse_file
from annotations.formats.native_lines import header_of, record_of

ANNO_CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
# Our own lists of records, as in newsdesk-jsonl.
LISTS: Final = ("outlets", "incidents", "parties", "articles", "decisions", "gone")

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UUID_IRI: Final = "urn:uuid:"
_OUR_IRI: Final = "urn:newsdesk:"
_TAGS: Final = frozenset({"classifying", "tagging", "identifying"})

_Object = Mapping[str, object]


def iri_of(sort: str, identifier: str) -> str:
    """Make an IRI of an id, which may be any text."""
    if _UUID.fullmatch(identifier):
        return _UUID_IRI + identifier
    return f"{_OUR_IRI}{sort}:{quote(identifier, safe='')}"


def id_of(iri: object) -> object:
    """Take the id out of one of our IRIs; any other is an id as it is."""
    if not isinstance(iri, str):
        return iri
    if iri.startswith(_UUID_IRI):
        return iri.removeprefix(_UUID_IRI)
    if iri.startswith(_OUR_IRI):
        return unquote(iri.removeprefix(_OUR_IRI).partition(":")[2])
    return iri


def read(file: BinaryIO) -> Reading:
    """Read a collection, a page, a list of annotations or a single one. Lines are numbers of items in their list.

    Raises: IncompleteFile, Unprocessable.
    """
    found = read_json(file)
    whole: _Object = found if isinstance(found, dict) else {"items": found}
    collector = Collector()
    header = _header(whole)
    for name in LISTS[:4]:
        _records(collector, whole, name)
    _items(collector, _page_of(whole))
    for name in LISTS[4:]:
        _records(collector, whole, name)
    return collector.reading(header)


def _header(whole: _Object) -> Header | None:
    if "nd:project" not in whole:
        return None
    names = ("version", "offset_unit", "project", "state", "chain_head")
    values = {name: whole.get(f"nd:{name}") for name in names}
    header, problems = header_of({"type": "newsdesk", **values, "exported_at": whole.get("generated")})
    if header is None:
        refuse_file(*problems[0])
    return header


def _records(collector: Collector, whole: _Object, name: str) -> None:
    values = whole.get(f"nd:{name}", [])
    if not isinstance(values, list):
        refuse_file("malformed", f"nd:{name} is no list.")
    collector.begin_part(f"nd:{name}", len(values))
    for number, value in enumerate(values, start=1):
        _take(collector, number, value if isinstance(value, dict) else {})


def _take(collector: Collector, number: int, values: _Object) -> None:
    record, problems = record_of(values)
    if record is not None:
        collector.add(number, record)
    for code, detail in problems:
        collector.refuse(number, code, detail)


def _page_of(whole: _Object) -> list[object]:
    if "target" in whole:
        return [whole]
    first = whole.get("first")
    if isinstance(first, str) and "items" not in whole:
        refuse_file("incomplete_file", "The first page is elsewhere; send a collection that holds its items.")
    page = first if isinstance(first, dict) else whole
    if "next" in page:
        refuse_file("incomplete_file", "There are further pages elsewhere; send a collection that holds its items.")
    items = page.get("items")
    if not isinstance(items, list):
        refuse_file("unknown_format", "There are no items: this is no collection of Web Annotations.")
    return cast(list[object], items)


def _items(collector: Collector, items: list[object]) -> None:
    collector.begin_part("items", len(items))
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict) or "target" not in item:
            collector.refuse(number, "malformed", "This is no annotation with a target.")
            continue
        is_link = "linking" in _listed(item.get("motivation"))
        values = _link(item) if is_link else _annotation(item)
        if isinstance(values, str):
            collector.refuse(number, values, _SENTENCES[values])
        else:
            _take(collector, number, values | _frame(item))


_SENTENCES: Final = {
    "no_label": "The body has no tag that says the kind or the type of link.",
    "no_position": "Each target has a TextPositionSelector, counted in code points.",
    "two_sources": "All targets of an annotation lie in one article.",
    "two_targets": "A link has two targets, its source and its target.",
}


def _annotation(item: _Object) -> dict[str, object] | str:
    kind = _tag(item)
    if kind is None:
        return "no_label"
    targets = _listed(item["target"])
    places = [_place(target) for target in targets]
    sources = {str(target.get("source")) for target in targets if isinstance(target, dict)}
    if None in places:
        return "no_position"
    if len(sources) != 1:
        return "two_sources"
    found = [place for place in places if place is not None]
    exact = {"exact": [words for _pair, words in found]} if all(words is not None for _pair, words in found) else {}
    return {
        "type": "annotation",
        "id": id_of(item.get("id")),
        "article": id_of(sources.pop()),
        "kind": kind.lower(),
        "segments": [pair for pair, _words in found],
        "parties": item.get("nd:parties", []),
        **exact,
    }


def _link(item: _Object) -> dict[str, object] | str:
    type_ = _tag(item)
    if type_ is None:
        return "no_label"
    ends = [end.get("id", end.get("source")) if isinstance(end, dict) else end for end in _listed(item["target"])]
    if len(ends) != 2:
        return "two_targets"
    source, target = (id_of(end) for end in ends)
    return {"type": "link", "id": id_of(item.get("id")), "link_type": type_.lower(), "source": source, "target": target}


def _frame(item: _Object) -> dict[str, object]:
    [note, *_others] = [*_bodies(item, frozenset({"commenting", "describing"})), ""]
    creator = item.get("creator")
    author = creator.get("name", id_of(creator.get("id"))) if isinstance(creator, dict) else creator
    names = ("attributes", "state", "version", "origin")
    own = {name: item[f"nd:{name}"] for name in names if f"nd:{name}" in item}
    times = {"created_at": item.get("created"), "updated_at": item.get("modified")}
    return {"note": note, "author": author, **own, **times}


def _tag(item: _Object) -> str | None:
    return next(_bodies(item, _TAGS), None)


def _bodies(item: _Object, purposes: frozenset[str]) -> Iterator[str]:
    for body in _listed(item.get("body")):
        if isinstance(body, dict) and str(body.get("purpose")) in purposes and isinstance(body.get("value"), str):
            yield cast(str, body["value"])


def _place(target: object) -> tuple[list[object], object] | None:
    """Find the position of a target, and the words that stand there if it says them."""
    if not isinstance(target, dict):
        return None
    selectors = [one for one in _listed(target.get("selector")) if isinstance(one, dict)]
    position = next((one for one in selectors if one.get("type") == "TextPositionSelector"), None)
    words = next((one.get("exact") for one in selectors if one.get("type") == "TextQuoteSelector"), None)
    return None if position is None else ([position.get("start"), position.get("end")], words)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
