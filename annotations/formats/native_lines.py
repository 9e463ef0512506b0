"""The types of line of `newsdesk-jsonl`: which fields each has, and the record it stands for."""

from collections.abc import Callable, Mapping
from dataclasses import fields as fields_of
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
from annotations.formats.native_fields import Fields

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


_HEADER: Final = frozenset({"type", "version", "offset_unit", "project", "state", "chain_head", "exported_at"})
_LINES: Final[Mapping[str, tuple[frozenset[str], _Build]]] = {
    "outlet": (_known(Outlet), _outlet),
    "incident": (_known(Incident), _incident),
    "party": (_known(Party), _party),
    "article": (_known(Article), _article),
    "annotation": (_known(Annotation), _annotation),
    "link": (_known(Link), _link),
    "decision": (_known(Decision), _decision),
    "gone": (_known(Gone), _gone),
}
