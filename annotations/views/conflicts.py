"""A change that came too late: the tag as it is now and as it was wanted, side by side on its card."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from annotations.errors import Stale
from annotations.models import Annotation
from annotations.queries.access import visible_parties
from annotations.queries.workbench import touched_text
from annotations.rules.kinds import ATTRIBUTES, Kind
from annotations.views.attribute_fields import field_with_problem, fields_of
from annotations.views.htmx import fragment, is_htmx
from annotations.views.labels import ATTRIBUTE_LABELS, KIND_LABELS, Label
from annotations.views.problems import alert_of
from annotations.views.writing import Desk, beside_context, segments_of

_SEPARATOR: Final = " … "
_NOT_REPEATED: Final = frozenset({"csrfmiddlewaretoken", "key", "version"})


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides in words, and the form that asks for one's own once more, now that the other was seen."""

    name: Label
    theirs: Label
    mine: Label
    address: str
    fields: tuple[tuple[str, str], ...]


def answer_conflict(
    request: HttpRequest, desk: Desk, found: Annotation, sent: Mapping[str, Any], refusal: Stale
) -> HttpResponse:
    """Answer the fresh card with both sides on it. Raises: the refusal itself for a page without scripts; NotFound."""
    if not is_htmx(request):
        raise refusal
    now = desk.annotation(found.id)
    name, theirs, mine = _sides(request, desk, now, sent)
    fields = [(name, value) for name, values in request.POST.lists() if name not in _NOT_REPEATED for value in values]
    conflict = Conflict(name, theirs, mine, request.path, (*fields, ("version", str(now.version))))
    text = touched_text(desk.actor, desk.article, [*segments_of(found), *segments_of(now)])
    context = beside_context(desk, text, focus=now.id, parties=True)
    context |= {"blocks": text.blocks, "conflict": conflict, "alert": alert_of(refusal), "said": ""}
    return fragment(request, "annotations/conflict.html", context, status=refusal.status)


def _sides(request: HttpRequest, desk: Desk, now: Annotation, sent: Mapping[str, Any]) -> tuple[Label, Label, Label]:
    """Name what was changed, and say what it is now and what it was to be."""
    route = request.resolver_match.url_name if request.resolver_match else ""
    tell: Callable[[], tuple[Label, Label, Label]] | None = {
        "annotation-kind": lambda: (gettext("Kind"), KIND_LABELS[now.kind], KIND_LABELS[sent["kind"]]),
        "annotation-note": lambda: (gettext("Note"), now.note, sent["note"]),
        "annotation-span": lambda: (gettext("Span"), _SEPARATOR.join(now.exact), _wanted_words(sent)),
        "annotation-attribute": lambda: _attribute(now, sent),
        "annotation-parties": lambda: _parties(desk, now, sent),
    }.get(route or "")
    if tell is None:
        return gettext("Tag"), _SEPARATOR.join(now.exact), gettext("removed")
    return tell()


def _wanted_words(sent: Mapping[str, Any]) -> str:
    return sent["words"] or _SEPARATOR.join(sent["exact"])


def _attribute(now: Annotation, sent: Mapping[str, Any]) -> tuple[Label, Label, Label]:
    name = sent["name"]
    theirs = next((field.shown for field in fields_of(now) if field.name == name), "")
    kind = Kind(now.kind)
    mine = field_with_problem(kind, name, sent, "").shown if name in ATTRIBUTES[kind] else sent.get("value", "")
    return ATTRIBUTE_LABELS[name], theirs, mine


def _parties(desk: Desk, now: Annotation, sent: Mapping[str, Any]) -> tuple[Label, Label, Label]:
    wanted = [*sent["keep"], *sent["add"]]
    known = visible_parties(desk.actor, desk.project.id).filter(pk__in=[*now.parties, *wanted])
    names = dict(known.values_list("pk", "name"))
    mine = [names[party] for party in dict.fromkeys(wanted) if party in names]
    theirs = [names[party] for party in now.parties if party in names]
    return gettext("Parties"), " + ".join(theirs), " + ".join([*mine, *filter(None, [sent["new"]])])
