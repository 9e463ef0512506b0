"""The types of line of `newsdesk-jsonl`: which fields each has, and the record it stands for."""

from collections.abc import Callable, Mapping
from dataclasses import fields as fields_of
from operator import itemgetter
from typing import Final

from annotations.formats.document import (
    Annotation,
    Article,
    Decision,
    Gone,
    Header,
    Incident,
    Link,
    Outlet,
    Party,
    Record,
)
from annotations.formats.native_fields import Fields, are_texts, is_identifier, is_moment, is_whole, quick_segments

_Build = Callable[[Fields], Record]

COUNTED: Final = ("outlet", "incident", "party", "article", "annotation", "link", "decision")


def header_of(values: Mapping[str, object]) -> tuple[Header | None, list[tuple[str, str]]]:
    """Read the first line; None with (code, detail) of what is wrong with it."""
    if values.get("type") != "newsdesk":
        return None, [("no_header", "The first line is not the header of a newsdesk file.")]
    if type(values.get("version")) is not int or values["version"] != 1:
        return None, [("unknown_version", "Only version 1 of this format can be read.")]
    if values.get("offset_unit") != "codepoint":
        return None, [("unknown_offset_unit", "Offsets must count code points: offset_unit is codepoint.")]
    line = Fields(values, _HEADER)
    project = values.get("project")
    inner = Fields(project if isinstance(project, dict) else {}, frozenset({"id", "slug", "name"}))
    header = Header(
        project=inner.text_or("id", ""),
        slug=inner.text_or("slug", ""),
        name=inner.text_or("name", ""),
        state=line.text_or("state", "all"),
        chain_head=line.text_or_null("chain_head") or "",
        exported_at=line.text_or("exported_at", ""),
    )
    problems = line.problems + inner.problems
    return (None if problems else header), problems


def record_of(values: Mapping[str, object]) -> tuple[Record | None, list[tuple[str, str]]]:
    """Read any other line; None with (code, detail) of what is wrong with it."""
    kind = values.get("type")
    # Most lines are these two, and right: they are not looked at field by field.
    if kind == "annotation" and (annotation := _quick_annotation(values)):
        return annotation, []
    if kind == "link" and (link := _quick_link(values)):
        return link, []
    if not isinstance(kind, str) or kind not in _LINES:
        return None, [("unknown_type", f"type: a line is one of {', '.join(_LINES)}, end.")]
    known, build = _LINES[kind]
    line = Fields(values, known)
    record = build(line)
    return (None if line.problems else record), line.problems


def _outlet(line: Fields) -> Outlet:
    return Outlet(
        id=line.identifier("id"),
        name=line.text("name"),
        domain=line.text_or("domain", ""),
        country=line.text_or("country", ""),
        kind=line.text_or_null("kind"),
        scale=line.text_or_null("scale"),
        party=line.reference("party"),
    )


def _incident(line: Fields) -> Incident:
    return Incident(
        id=line.identifier("id"),
        title=line.text("title"),
        place=line.text_or("place", ""),
        date_from=line.date_or_null("date_from"),
        date_to=line.date_or_null("date_to"),
    )


def _party(line: Fields) -> Party:
    return Party(
        id=line.identifier("id"),
        name=line.text("name"),
        entity_type=line.text("entity_type"),
        actor_type=line.text_or_null("actor_type"),
        parent=line.reference("parent"),
        aliases=line.aliases("aliases"),
        external_ids=line.mapping("external_ids"),
    )


def _article(line: Fields) -> Article:
    return Article(
        id=line.identifier("id"),
        title=line.text("title"),
        outlet=line.reference("outlet"),
        url=line.text_or("url", ""),
        byline=line.text_or("byline", ""),
        language=line.text("language"),
        direction=line.text_or_null("direction"),
        published_at=line.time_or_null("published_at"),
        retrieved_at=line.time_or_null("retrieved_at"),
        sha256=line.text("sha256"),
        length=line.integer("length"),
        license=line.text_or("license", ""),
        incidents=line.texts("incidents"),
        supersedes=line.reference("supersedes"),
        chain_head=line.text_or_null("chain_head") or "",
        text=line.text("text") if line.has("text") else None,
    )


def _annotation(line: Fields) -> Annotation:
    return Annotation(
        id=line.identifier("id"),
        article=line.identifier("article"),
        kind=line.text("kind"),
        segments=line.segments("segments"),
        exact=line.texts("exact") if line.has("exact") else None,
        attributes=line.mapping("attributes"),
        parties=line.texts("parties"),
        note=line.text_or("note", ""),
        state=line.text_or("state", "draft"),
        version=line.integer("version", 1),
        author=line.text_or_null("author"),
        origin=line.mapping("origin"),
        created_at=line.time_or_null("created_at"),
        updated_at=line.time_or_null("updated_at"),
    )


def _quick_annotation(values: Mapping[str, object]) -> Annotation | None:
    """Take a line of known fields, each of its type; None for any other, be it right or wrong."""
    if not values.keys() <= _ANNOTATION:
        return None
    pk, article, kind, segments, exact, attributes, parties, *frame = _IN_ANNOTATION({**_LEFT_OUT, **values})
    note, state, version, author, origin, created_at, updated_at = frame
    if not (is_identifier(pk) and is_identifier(article) and type(kind) is str and are_texts(exact)):
        return None
    if not (type(attributes) is dict and are_texts(parties) and _is_frame(frame)):
        return None
    places = quick_segments(segments)
    if not places:
        return None
    return Annotation(
        pk,
        article,
        kind,
        places,
        tuple(exact),
        attributes,
        tuple(parties),
        note,
        state,
        version,
        author,
        origin,
        created_at,
        updated_at,
    )


def _quick_link(values: Mapping[str, object]) -> Link | None:
    """Take a line of known fields, each of its type; None for any other, be it right or wrong."""
    if not values.keys() <= _LINK:
        return None
    pk, link_type, source, target, attributes, *frame = _IN_LINK({**_LEFT_OUT, **values})
    if not (is_identifier(pk) and type(link_type) is str and is_identifier(source) and is_identifier(target)):
        return None
    if not (type(attributes) is dict and _is_frame(frame)):
        return None
    return Link(pk, link_type, source, target, attributes, *frame)


def _is_frame(frame: list[object]) -> bool:
    note, state, version, author, origin, created_at, updated_at = frame
    return (
        type(note) is str
        and type(state) is str
        and is_whole(version)
        and (author is None or type(author) is str)
        and type(origin) is dict
        and is_moment(created_at)
        and is_moment(updated_at)
    )


def _link(line: Fields) -> Link:
    return Link(
        id=line.identifier("id"),
        link_type=line.text("link_type"),
        source=line.identifier("source"),
        target=line.identifier("target"),
        attributes=line.mapping("attributes"),
        note=line.text_or("note", ""),
        state=line.text_or("state", "draft"),
        version=line.integer("version", 1),
        author=line.text_or_null("author"),
        origin=line.mapping("origin"),
        created_at=line.time_or_null("created_at"),
        updated_at=line.time_or_null("updated_at"),
    )


def _decision(line: Fields) -> Decision:
    return Decision(
        id=line.identifier("id"),
        of=line.text("of"),
        record=line.identifier("record"),
        version=line.integer("version"),
        verdict=line.text("verdict"),
        reason=line.text_or_null("reason"),
        comment=line.text_or("comment", ""),
        reviewer=line.text_or_null("reviewer"),
        at=line.time("at"),
    )


def _gone(line: Fields) -> Gone:
    return Gone(of=line.text("of"), id=line.identifier("id"), at=line.time("at"))


def _known(record: type[Record]) -> frozenset[str]:
    return frozenset({"type", *(field.name for field in fields_of(record))})


_ANNOTATION: Final = _known(Annotation)
_LINK: Final = _known(Link)
_IN_ANNOTATION: Final = itemgetter(*(field.name for field in fields_of(Annotation)))
_IN_LINK: Final = itemgetter(*(field.name for field in fields_of(Link)))
# What stands for a field that is left out. None is of no type that a quick reading takes, but for author and times.
_LEFT_OUT: Final[Mapping[str, object]] = dict.fromkeys(_ANNOTATION | _LINK) | {
    "attributes": {},
    "parties": [],
    "note": "",
    "state": "draft",
    "version": 1,
    "origin": {},
}
_HEADER: Final = frozenset({"type", "version", "offset_unit", "project", "state", "chain_head", "exported_at"})
_LINES: Final[Mapping[str, tuple[frozenset[str], _Build]]] = {
    "outlet": (_known(Outlet), _outlet),
    "incident": (_known(Incident), _incident),
    "party": (_known(Party), _party),
    "article": (_known(Article), _article),
    "annotation": (_ANNOTATION, _annotation),
    "link": (_LINK, _link),
    "decision": (_known(Decision), _decision),
    "gone": (_known(Gone), _gone),
}
