"""Redactions: an admin asks for a passage to go, a second person confirms, and both decide on every other place."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.anchoring.anchor import Segment
from annotations.errors import Conflict, InvalidInput, NewsdeskError
from annotations.models import Project, RedactionRequest
from annotations.queries.access import Actor, require
from annotations.queries.redactions import Elsewhere, Extent, extent_of, get_request_for, places_of_words, requests_for
from annotations.rules.permissions import Action
from annotations.rules.redaction import MOST_SEGMENTS
from annotations.rules.texts import MAX_LINE, MAX_NOTE
from annotations.services.redactions import Choices, RedactionDraft, close_request, confirm_redaction, request_redaction
from annotations.views.forms import PlainForm
from annotations.views.labels import Label
from annotations.views.problems import Alert, alert_of, page
from annotations.views.projects import open_project
from annotations.views.redaction_words import REQUEST_PILLS, WHAT_LABELS, field_label
from annotations.views.writing import Desk, open_desk

_CHOICE: Final = "choice:"
_PLACE: Final = re.compile(r"(0|[1-9][0-9]{0,8}):([1-9][0-9]{0,8})", re.ASCII)
_MASK, _LEAVE = "mask", "leave"
Shown = list[tuple[Elsewhere, Label, Label, str, str]]


class AskForm(PlainForm):
    """The words that are to go, and why. Their places are chosen once they are found."""

    words = forms.CharField(
        label=_("Words"),
        max_length=MAX_LINE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=_("As they stand in the text; every other way of writing them needs a redaction of its own."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is kept, so leave the words themselves out of it."),
    )


@require_safe
@page
def show_redactions(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """List what was asked for and done."""
    project = open_project(request, actor, slug)
    listed = [(one, REQUEST_PILLS[one.closed_as]) for one in requests_for(actor, project)]
    return render(request, "redactions/list.html", {**_frame(actor, project), "listed": listed})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def ask(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Find words in an article, and ask a second person to confirm that they go; words never stand in an address."""
    desk = open_desk(request, actor, slug, pk)
    require(actor, Action.REQUEST_REDACTION, desk.project.id)
    form = AskForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _asking(request, desk, form)
    found = places_of_words(desk.article, form.cleaned_data["words"])[:MOST_SEGMENTS]
    if not found:
        form.add_error("words", gettext("These words do not stand in the text."))
    wanted = _places_sent(request.POST) if "ask" in request.POST else found
    extent = extent_of(desk.article, [one for one in found if one in wanted] or found) if found else None
    alert: Alert | None = None
    if "ask" in request.POST and extent is not None:
        draft = RedactionDraft(tuple(wanted), form.cleaned_data["reason"], _choices_sent(request.POST))
        try:
            made = request_redaction(actor=actor, article=desk.article, draft=draft)
        except (InvalidInput, Conflict) as refusal:
            alert = _refused(form, refusal)
        else:
            messages.success(request, gettext("A second person has to confirm this now."), extra_tags="ok")
            return redirect("redaction", desk.project.slug, made.id)
    return _asking(request, desk, form, extent, alert)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def confirm(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Show one request with all that it concerns; mask it when a second person says so."""
    project = open_project(request, actor, slug)
    asked = get_request_for(actor, project, pk)
    alert: Alert | None = None
    if request.method == "POST":
        try:
            confirm_redaction(actor=actor, request=asked, choices=_choices_sent(request.POST))
        except (InvalidInput, Conflict) as refusal:
            alert = alert_of(refusal)
        else:
            return redirect("redaction", project.slug, asked.id)
    is_open = asked.closed_at is None
    extent = extent_of(asked.article, [Segment(*pair) for pair in asked.segments]) if is_open else None
    context = {
        **_frame(actor, project),
        "asked": asked,
        "pill": REQUEST_PILLS[asked.closed_as],
        "is_own": asked.requested_by_id == actor.user.id,
        "extent": extent,
        "elsewhere": _shown(extent, _choices_sent(request.POST), _choices_asked(asked)) if extent else [],
        "done": getattr(asked, "redaction", None),
        "alert": alert,
    }
    return render(request, "redactions/redaction.html", context, status=409 if alert else 200)


@require_POST
@page
def end(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """End a request: take one's own back, or refuse another's."""
    project = open_project(request, actor, slug)
    close_request(actor=actor, request=get_request_for(actor, project, pk))
    return redirect("redaction", project.slug, pk)


def _asking(
    request: HttpRequest, desk: Desk, form: AskForm, extent: Extent | None = None, alert: Alert | None = None
) -> HttpResponse:
    # Finding the words needs no reason yet, asking does.
    form.fields["reason"].required = True
    places = []
    if extent is not None:
        shown = sorted([*extent.passages, *extent.left], key=lambda place: place.segment)
        places = [(place, f"{place.segment.start}:{place.segment.end}", place in extent.passages) for place in shown]
    context = {
        **_frame(desk.actor, desk.project),
        "article": desk.article,
        "form": form,
        "extent": extent,
        "places": places,
        "elsewhere": _shown(extent, _choices_sent(request.POST), {}) if extent else [],
        "alert": alert,
    }
    return render(request, "redactions/ask.html", context, status=400 if form.errors else 409 if alert else 200)


def _refused(form: AskForm, refusal: NewsdeskError) -> Alert | None:
    """Tell a refusal beside its field where it has one, else above the form."""
    if any(error.field in form.fields for error in refusal.errors):
        form.add_refusal(refusal)
        return None
    return alert_of(refusal)


def _frame(actor: Actor, project: Project) -> dict[str, Any]:
    may_ask = actor.may(Action.REQUEST_REDACTION, project.id)
    return {"project": project, "section": "redactions", "may_ask": may_ask}


def _places_sent(sent: QueryDict) -> list[Segment]:
    matches = [_PLACE.fullmatch(place) for place in sent.getlist("place")]
    return [Segment(int(match[1]), int(match[2])) for match in matches if match]


def _choices_sent(sent: QueryDict) -> Choices:
    """Read what was chosen for each other place; what makes no sense is no choice."""
    found: dict[tuple[str, UUID, str], bool] = {}
    for name, value in sent.items():
        parts = name.removeprefix(_CHOICE).split(":")
        if name.startswith(_CHOICE) and len(parts) == 3 and value in {_MASK, _LEAVE} and _is_id(parts[1]):
            found[parts[0], UUID(parts[1]), parts[2]] = value == _MASK
    return found


def _choices_asked(asked: RedactionRequest) -> Choices:
    return {(one["what"], UUID(one["record"]), one["field"]): bool(one["mask"]) for one in asked.choices}


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.ASCII) is not None


def _shown(extent: Extent, chosen: Choices, asked: Choices) -> Shown:
    """Give each other place with its words, what is chosen here, and what was asked for."""
    return [
        (
            one,
            WHAT_LABELS.get(one.what, one.what),
            field_label(one.field),
            _word(chosen, one.key),
            _word(asked, one.key),
        )
        for one in extent.elsewhere
    ]


def _word(choices: Mapping[tuple[str, UUID, str], bool], key: tuple[str, UUID, str]) -> str:
    if key not in choices:
        return ""
    return _MASK if choices[key] else _LEAVE
