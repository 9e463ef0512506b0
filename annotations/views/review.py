"""The review page: the queue, one record in its text, and the decision on it or on all that goes with it."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotations.errors import InvalidInput, NewsdeskError, NotFound
from annotations.models import Project
from annotations.queries.access import Actor, get_annotation_for, get_link_for
from annotations.queries.record import ReviewedRecord, reviewed_annotation, reviewed_link
from annotations.queries.review import Queue, QueueCursor, QueueView, require_queue, review_queue
from annotations.rules.permissions import Action
from annotations.rules.review import Reason, State, Verdict
from annotations.services.review import DecisionDraft, decide, decide_one
from annotations.views.htmx import fragment, is_htmx, push_address
from annotations.views.labels import REASON_LABELS, STATE_PILLS
from annotations.views.problems import alert_of, page
from annotations.views.projects import open_project
from annotations.views.review_words import (
    name_of,
    shown_attributes,
    shown_bundle,
    shown_history,
    shown_relations,
    shown_row,
    value_of,
)

_MAX_RECORDS: Final = 200
_TOGETHER: Final = "approve_together"
_RECORD: Final = re.compile(
    r"^(annotation|link):([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}):([1-9][0-9]{0,8})\Z"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the queue somebody is: which part of it, after which row, and on which record."""

    view: QueueView
    after: QueueCursor | None = None
    annotation: UUID | None = None
    link: UUID | None = None

    @property
    def query(self) -> str:
        """The address of the page of the queue, without a record."""
        return urlencode({"view": self.view, **({"after": str(self.after)} if self.after else {})})


class PlaceForm(forms.Form):
    """The address of the review page; what makes no sense is left out."""

    view = forms.ChoiceField(required=False, choices=[(view.value, view.value) for view in QueueView])
    after = forms.CharField(required=False, max_length=80)
    annotation = forms.UUIDField(required=False)
    link = forms.UUIDField(required=False)

    def place(self, default: QueueView) -> Place:
        """Give what is usable of the address."""
        self.is_valid()
        clean = self.cleaned_data
        return Place(
            view=QueueView(clean.get("view") or default),
            after=QueueCursor.read(clean.get("after") or ""),
            annotation=clean.get("annotation"),
            link=clean.get("link"),
        )


class DecisionForm(forms.Form):
    """A verdict on one record, or the approval of all that goes with it; records are written as kind:id:version."""

    verdict = forms.ChoiceField(choices=[(name, name) for name in (*Verdict, _TOGETHER)])
    record = forms.RegexField(_RECORD)
    reason = forms.ChoiceField(required=False, choices=[(reason.value, reason.value) for reason in Reason])
    comment = forms.CharField(required=False, strip=False)

    def drafts(self, others: list[str]) -> list[DecisionDraft]:
        """Give what the service takes; the record itself comes first. Raises: InvalidInput."""
        if not self.is_valid() or len(others) > _MAX_RECORDS:
            raise InvalidInput(gettext("This decision cannot be read; load the page again."), field="record")
        clean = self.cleaned_data
        is_together = clean["verdict"] == _TOGETHER
        verdict = Verdict.APPROVE if is_together else Verdict(clean["verdict"])
        reason = Reason(clean["reason"]) if clean["reason"] and verdict is not Verdict.APPROVE else None
        written = [clean["record"], *(others if is_together else [])]
        return [
            DecisionDraft(
                annotation=pk if kind == "annotation" else None,
                link=pk if kind == "link" else None,
                version=version,
                verdict=verdict,
                reason=reason,
                comment=clean["comment"],
            )
            for kind, pk, version in map(_read_record, written)
        ]


@require_safe
@page
def show_review(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show the queue and one record of it."""
    project = open_project(request, actor, slug)
    require_queue(actor, project.id)
    place = PlaceForm(request.GET).place(_default_view(actor, project))
    # htmx takes the deck out of the page; the focus would be lost with the one that it replaces.
    return render(request, "review/queue.html", {**_deck(actor, project, place), "takes_focus": is_htmx(request)})


@require_POST
@page
def decide_records(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Take a verdict, then show the next record; a refusal shows the record as it is now."""
    project = open_project(request, actor, slug)
    require_queue(actor, project.id)
    place = PlaceForm(request.POST).place(_default_view(actor, project))
    form = DecisionForm(request.POST)
    try:
        drafts = form.drafts(request.POST.getlist("with"))
        here = _place_of(place, drafts[0])
        article, record = _position(actor, project, here)
    except InvalidInput as refusal:
        return _refused(request, actor, project, place, refusal)
    try:
        if len(drafts) == 1:
            decide_one(actor=actor, draft=drafts[0])
        else:
            decide(actor=actor, drafts=drafts)
    except NewsdeskError as refusal:
        return _refused(request, actor, project, here, refusal)
    return _decided(request, actor, project, _next_place(actor, project, place, (article, record)), drafts)


def _default_view(actor: Actor, project: Project) -> QueueView:
    return QueueView.MINE if actor.may(Action.DECIDE, project.id) else QueueView.ALL


def _read_record(written: str) -> tuple[str, UUID, int]:
    found = _RECORD.fullmatch(written)
    if found is None:
        raise InvalidInput(gettext("This record cannot be read; load the page again."), field="record")
    return found[1], UUID(found[2]), int(found[3])


def _place_of(place: Place, draft: DecisionDraft) -> Place:
    return Place(place.view, place.after, draft.annotation, draft.link)


def _position(actor: Actor, project: Project, place: Place) -> tuple[UUID, UUID]:
    """Answer where the record stands in the queue's order. Raises: NotFound."""
    if place.annotation is not None:
        annotation = get_annotation_for(actor, place.annotation)
        project_id, position = annotation.project_id, (annotation.article_id, annotation.id)
    elif place.link is not None:
        link = get_link_for(actor, place.link)
        project_id, position = link.project_id, (link.source_article_id, link.id)
    else:
        raise NotFound
    if project_id != project.id:
        raise NotFound
    return position


def _next_place(actor: Actor, project: Project, place: Place, done: tuple[UUID, UUID]) -> Place:
    """Go to the row after the one decided on; at the end of the page to the first one left."""
    queue = review_queue(actor, project, place.view, place.after)
    if not queue.rows:
        return Place(place.view)
    later = [row for row in queue.rows if (row.article, row.id) > done]
    row = (later or queue.rows)[0]
    return Place(place.view, place.after, None if row.is_link else row.id, row.id if row.is_link else None)


def _decided(
    request: HttpRequest, actor: Actor, project: Project, place: Place, drafts: list[DecisionDraft]
) -> HttpResponse:
    told = _told(drafts)
    address = f"{reverse('review', args=[project.slug])}?{_query_of(place)}"
    if not is_htmx(request):
        messages.success(request, told, extra_tags="ok")
        return HttpResponseRedirect(address)
    context = {**_deck(actor, project, place), "told": told, "takes_focus": True}
    return push_address(fragment(request, "review/decided.html", context), address)


def _refused(
    request: HttpRequest, actor: Actor, project: Project, place: Place, refusal: NewsdeskError
) -> HttpResponse:
    """Say why not, above the record as it is now; reason and comment stay as they were typed."""
    typed = {"chosen_reason": request.POST.get("reason", ""), "comment": request.POST.get("comment", "")}
    context = {**_deck(actor, project, place), **typed, "alert": alert_of(refusal)}
    if not is_htmx(request):
        return render(request, "review/queue.html", context, status=refusal.status)
    response = fragment(request, "shared/_alert.html", context, status=refusal.status)
    response.write(render_to_string("review/_deck.html", {**context, "swap_oob": True}, request))
    return response


def _told(drafts: list[DecisionDraft]) -> str:
    number = len(drafts)
    words = {"count": number}
    if drafts[0].verdict is Verdict.APPROVE:
        return ngettext("Approved.", "%(count)d records approved.", number) % words
    if drafts[0].verdict is Verdict.REJECT:
        return ngettext("Rejected.", "%(count)d records rejected.", number) % words
    return ngettext("Sent back for changes.", "%(count)d records sent back for changes.", number) % words


def _query_of(place: Place) -> str:
    record = f"&annotation={place.annotation}" if place.annotation else f"&link={place.link}" if place.link else ""
    return place.query + record


def _deck(actor: Actor, project: Project, place: Place) -> dict[str, object]:
    """Give all that the deck shows: the queue and the record, the first of the queue when none is named."""
    queue = review_queue(actor, project, place.view, place.after)
    if place.annotation is None and place.link is None and queue.rows:
        first = queue.rows[0]
        place = Place(place.view, place.after, None if first.is_link else first.id, first.id if first.is_link else None)
    shown = _shown(actor, project, place)
    current = shown.record.id if shown else None
    return {
        "project": project,
        "section": "review",
        "queue": queue,
        "rows": [shown_row(row, current=current, query=place.query) for row in queue.rows],
        "view": place.view,
        "after": place.after,
        "is_later": place.after is not None,
        "next_query": _next_query(place, queue),
        "shown": shown,
        **(_record_context(shown, place) if shown else {}),
    }


def _next_query(place: Place, queue: Queue) -> str:
    return Place(place.view, queue.next_after).query if queue.next_after else ""


def _shown(actor: Actor, project: Project, place: Place) -> ReviewedRecord | None:
    if place.annotation is None and place.link is None:
        return None
    _position(actor, project, place)
    if place.annotation is not None:
        return reviewed_annotation(actor, get_annotation_for(actor, place.annotation))
    return reviewed_link(actor, get_link_for(actor, place.link)) if place.link else None


def _record_context(shown: ReviewedRecord, place: Place) -> dict[str, object]:
    record, article = shown.record, shown.article
    return {
        "place": article.outlet.name if article.outlet else gettext("No outlet"),
        "name": name_of(shown.label, is_link=shown.is_link),
        "pill": STATE_PILLS[record.state],
        "value": value_of(record),
        "relations": list(shown_relations(shown, place.query)),
        "attributes": list(shown_attributes(record)),
        "history": list(shown_history(shown.history)),
        "bundle": shown_bundle(shown.bundle) if record.state == State.SUBMITTED else None,
        "refusal": _why_not(shown),
        "may_approve": record.state == State.SUBMITTED,
        "reasons": REASON_LABELS.items(),
    }


def _why_not(shown: ReviewedRecord) -> str:
    """Say why nothing can be decided here; empty when it can."""
    if not shown.may_decide:
        return gettext("You may look, but reviewers decide in this project.")
    if shown.is_barred:
        return gettext("You wrote or edited this, so somebody else has to decide on it.")
    if not shown.is_open:
        return gettext("There is nothing to decide on now: %(state)s.") % {
            "state": STATE_PILLS[shown.record.state].words
        }
    return ""
