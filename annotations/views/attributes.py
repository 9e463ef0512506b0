"""Changing one attribute of a tag on its panel."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from annotations.errors import InvalidFields, Stale
from annotations.models import Annotation
from annotations.queries.access import Actor
from annotations.rules.kinds import ATTRIBUTES, Kind
from annotations.rules.steps import StepKind
from annotations.rules.texts import MAX_NOTE
from annotations.services.annotations import AnnotationChange
from annotations.services.tagging import change_tag
from annotations.views.attribute_fields import field_with_problem, first_problem, value_sent
from annotations.views.conflicts import answer_conflict
from annotations.views.htmx import fragment, is_htmx, retarget
from annotations.views.labels import ATTRIBUTE_LABELS
from annotations.views.problems import field_sentence, page
from annotations.views.writing import ChangeForm, Desk, answer_write, once_id, open_desk, read, segments_of


class AttributeForm(ChangeForm):
    """One attribute and its value; a quantity has low, high and unit in its place. Empty leaves it out."""

    name = forms.ChoiceField(choices=[(name, name) for known in ATTRIBUTES.values() for name in known])
    value = forms.CharField(required=False, max_length=MAX_NOTE * 2, strip=False)
    low = forms.CharField(required=False, max_length=50)
    high = forms.CharField(required=False, max_length=50)
    unit = forms.CharField(required=False, max_length=1000)


@require_POST
@page
def change_attribute(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Set or leave out one attribute; a wrong value is told beside its field."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(AttributeForm(request.POST))
    found = desk.annotation(sent["annotation"])
    value = value_sent(sent["name"], sent)
    kept = {name: old for name, old in found.attributes.items() if name != sent["name"]}
    change = AnnotationChange(attributes=kept if value is None else {**kept, sent["name"]: value})

    def write() -> UUID:
        return change_tag(
            actor=actor,
            article=desk.article,
            annotation=found,
            version=sent["version"],
            change=change,
            kind=StepKind.ATTRIBUTE,
        ).id

    try:
        done = once_id(request, actor, sent["key"], write)
    except Stale as refusal:
        return answer_conflict(request, desk, found, sent, refusal)
    except InvalidFields as refusal:
        answer = _beside_field(request, desk, found, sent, refusal)
        if answer is None:
            raise
        return answer
    said = gettext("%(name)s saved") % {"name": ATTRIBUTE_LABELS[sent["name"]]}
    return answer_write(request, desk, focus=done, touched=segments_of(found), said=said)


def _beside_field(
    request: HttpRequest, desk: Desk, found: Annotation, sent: dict[str, Any], refusal: InvalidFields
) -> HttpResponse | None:
    """Answer the form with its problem; None where there is no such form to tell it in."""
    problem, name, kind = first_problem(refusal.errors, sent["name"]), sent["name"], Kind(found.kind)
    if problem is None or name not in ATTRIBUTES[kind] or not is_htmx(request):
        return None
    field = field_with_problem(kind, name, sent, field_sentence(problem))
    context = {"field": field, "tag": found, "desk": desk}
    answer = fragment(request, "annotations/_attribute.html", context, status=refusal.status)
    return retarget(answer, f"#annotation-attribute-{name}")
