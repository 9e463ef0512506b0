"""What must hold for each record of a file before anything of it is stored; the same rules as for single records."""

from collections.abc import Iterator
from typing import Final

from annotations.anchoring.intake import clean, text_digest
from annotations.anchoring.locate import check_segments
from annotations.errors import FieldError, InvalidFields, NewsdeskError
from annotations.formats import document
from annotations.models import Incident, Outlet, Party
from annotations.rules.kinds import Kind, attribute_errors
from annotations.rules.links import LinkType, link_attribute_errors
from annotations.rules.review import State
from annotations.rules.texts import note_errors
from annotations.services.articles import MAX_TEXT, METADATA
from annotations.services.fields import check_fields
from annotations.services.registry import CHECKS

MAX_ANNOTATOR: Final = 500
_KINDS: Final = {kind.value: kind for kind in Kind}
_LINK_TYPES: Final = frozenset(LinkType)
_STATES: Final = frozenset(State)


def check_outlet(outlet: document.Outlet) -> None:
    """Refuse an outlet that could not be made by hand. Raises: InvalidFields."""
    fields = {name: getattr(outlet, name) or "" for name in ("name", "domain", "country", "kind", "scale")}
    check_fields(fields, CHECKS[Outlet])


def check_incident(incident: document.Incident) -> None:
    """Refuse an incident that could not be made by hand. Raises: InvalidFields."""
    check_fields({"title": incident.title, "place": incident.place}, CHECKS[Incident])
    if incident.date_from and incident.date_to and incident.date_from > incident.date_to:
        raise InvalidFields([FieldError("date_to", "invalid", "An incident cannot end before it begins.")])


def check_party(party: document.Party) -> None:
    """Refuse a party that could not be made by hand. Raises: InvalidFields."""
    aliases = [{"text": alias.text, "language": alias.language} for alias in party.aliases]
    fields = {
        "name": party.name,
        "entity_type": party.entity_type,
        "actor_type": party.actor_type or "",
        "aliases": aliases,
        "external_ids": party.external_ids,
    }
    check_fields(fields, CHECKS[Party])


def check_article(article: document.Article) -> None:
    """Refuse an article whose text is not what its hash, its length or the intake say. Raises: InvalidFields."""
    fields = {name: getattr(article, name) for name in ("title", "byline", "license", "url", "language")}
    check_fields(fields, METADATA)
    found = list(_text_errors(article))
    if article.direction not in {None, "ltr", "rtl"}:
        found.append(FieldError("direction", "invalid_choice", "One of: ltr, rtl."))
    if found:
        raise InvalidFields(found)


def check_annotation(annotation: document.Annotation, text: str) -> tuple[Kind, tuple[str, ...]]:
    """Answer kind and exact texts of an annotation that may stand in this text.

    Raises: InvalidFields, SplitsGrapheme, TextMismatch.
    """
    kind = _KINDS.get(annotation.kind)
    if kind is None:
        raise InvalidFields([FieldError("kind", "invalid_choice", f"One of: {', '.join(Kind)}.")])
    if found := _frame_errors(annotation):
        raise InvalidFields(found)
    if annotation.segments and max(segment.end for segment in annotation.segments) > len(text):
        raise InvalidFields([FieldError("segments", "out_of_range", "A segment ends within the text.")])
    exact = annotation.exact
    if exact is None:
        exact = tuple([text[segment.start : segment.end] for segment in annotation.segments])
    # What check_draft asks of a record of our own.
    if found := attribute_errors(kind, annotation.attributes) + note_errors("note", annotation.note):
        raise InvalidFields(found)
    check_segments(text, annotation.segments, exact)
    return kind, exact


def check_link(link: document.Link) -> LinkType:
    """Answer the type of a link whose own fields are right. Raises: InvalidFields."""
    if link.link_type not in _LINK_TYPES:
        raise InvalidFields([FieldError("link_type", "invalid_choice", f"One of: {', '.join(LinkType)}.")])
    type_ = LinkType(link.link_type)
    found = link_attribute_errors(type_, link.attributes) + note_errors("note", link.note) + _frame_errors(link)
    if found:
        raise InvalidFields(found)
    return type_


def refusals_of(error: NewsdeskError) -> list[tuple[str, str]]:
    """Answer (code, detail) of everything an error says."""
    if isinstance(error, InvalidFields):
        return [(found.code, f"{found.field}: {found.detail}") for found in error.errors]
    return [(error.code, error.detail)]


def _text_errors(article: document.Article) -> Iterator[FieldError]:
    text = article.text
    if text is None:
        return
    if not text.strip():
        yield FieldError("text", "blank", "An article needs a text.")
    elif len(text) > MAX_TEXT:
        yield FieldError("text", "too_long", f"At most {MAX_TEXT} characters.")
    elif clean(text).changes:
        detail = "Adding this text would change it, and move its offsets: clean line ends and control characters first."
        yield FieldError("text", "not_clean", detail)
    elif text_digest(text) != article.sha256:
        yield FieldError("sha256", "text_mismatch", "This is not the SHA-256 of the text's UTF-8.")
    elif len(text) != article.length:
        yield FieldError("length", "text_mismatch", "This is not the length of the text in code points.")


def _frame_errors(record: document.Annotation | document.Link) -> list[FieldError]:
    found: list[FieldError] = []
    if record.state not in _STATES:
        found.append(FieldError("state", "invalid_choice", f"One of: {', '.join(State)}."))
    if record.author is not None and len(record.author) > MAX_ANNOTATOR:
        found.append(FieldError("author", "too_long", f"At most {MAX_ANNOTATOR} characters."))
    return found
