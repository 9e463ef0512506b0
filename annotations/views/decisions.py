"""Verdicts from the review page: on one record, on all that goes with it, or on a selection."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from annotations.errors import InvalidInput, NewsdeskError
from annotations.models import Annotation, Article, Project
from annotations.queries.access import Actor, visible_annotations, visible_links
from annotations.queries.review import QueueCursor, place_in_queue, queue_counts, require_queue, review_queue
from annotations.rules.review import State, Verdict
from annotations.services.annotations import AnnotationChange
from annotations.services.review import DecisionDraft, decide, decide_one
from annotations.views.content_forms import ContentForm
from annotations.views.htmx import fragment, is_htmx
from annotations.views.problems import alert_of, page
from annotations.views.projects import open_project
from annotations.views.review import counted, deck_context, default_view, record_at
from annotations.views.review_forms import DecisionForm, Place, PlaceForm, read_named
from annotations.views.writing import once


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who decides, from which page of the queue, and on which record first."""

    request: HttpRequest
    actor: Actor
    project: Project
    place: Place
    here: Place


@dataclass(frozen=True, slots=True)
class _Proposed:
    """The proposal as it was typed, and the text it has to stand in."""

    form: ContentForm
    text: str


@require_POST
@page
def decide_records(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Take a verdict, once for each key. The script has moved on by itself; without it the next record is shown."""
    project = open_project(request, actor, slug)
    require_queue(actor, project.id)
    place = PlaceForm(request.POST).place(default_view(actor, project))
    form = DecisionForm(request.POST)
    asked = _Asked(request, actor, project, place, _looked_at(place, form))

    def write() -> str:
        # What depends on the record as it stands is read here: a repeat finds it decided already.
        return _store(actor, project, form.drafts(request.POST.getlist("with"), _change(_proposed(asked, form))))

    try:
        form.require()
        done = place_in_queue(record_at(actor, project, asked.here))
        told = once(request, actor, form.cleaned_data["key"], write)
    except NewsdeskError as refusal:
        return _refused(asked, refusal, form)
    return _sent(asked, told) if is_htmx(request) else _next(asked, done, told)


def _looked_at(place: Place, form: DecisionForm) -> Place:
    """Name the record that the form decides on first."""
    if not form.is_valid():
        return place
    named = read_named(form.cleaned_data["record"])
    return place.on(is_link=named.is_link, pk=named.id)


def _proposed(asked: _Asked, form: DecisionForm) -> _Proposed | None:
    """Read what the reviewer would write instead; None when nothing of the kind was sent. Raises: NotFound."""
    sent = asked.request.POST
    if not form.asks_for_changes or "content-kind" not in sent:
        return None
    record = record_at(asked.actor, asked.project, asked.here)
    if not isinstance(record, Annotation):
        return None
    text = Article.objects.values_list("text", flat=True).get(pk=record.article_id)
    return _Proposed(ContentForm(record, asked.actor, sent), text)


def _change(proposed: _Proposed | None) -> AnnotationChange | None:
    """Give the change that is proposed; None when nothing was changed. Raises: InvalidInput."""
    if proposed is None:
        return None
    if not proposed.form.find(proposed.text):
        problems = [str(problem) for found in proposed.form.errors.values() for problem in found]
        raise InvalidInput(" ".join(problems), field="proposal", code="invalid_proposal")
    change = proposed.form.change(proposed.text)
    return None if change == AnnotationChange() else change


def _store(actor: Actor, project: Project, drafts: Sequence[DecisionDraft]) -> str:
    """Store the decisions and say what was done."""
    wanted = _still_open(actor, project, drafts)
    if len(wanted) == 1:
        decide_one(actor=actor, draft=wanted[0])
    else:
        decide(actor=actor, drafts=wanted)
    return _told(wanted)


def _still_open(actor: Actor, project: Project, drafts: Sequence[DecisionDraft]) -> Sequence[DecisionDraft]:
    """Leave out of an approval what somebody approved meanwhile just as it was shown, unless that is all."""
    if len(drafts) == 1:
        return drafts
    annotations = visible_annotations(actor, project.id).filter(pk__in=[draft.annotation for draft in drafts])
    links = visible_links(actor, project.id).filter(pk__in=[draft.link for draft in drafts])
    approved = {
        *annotations.filter(state=State.APPROVED).values_list("id", "version"),
        *links.filter(state=State.APPROVED).values_list("id", "version"),
    }
    left = [draft for draft in drafts if (draft.annotation or draft.link, draft.version) not in approved]
    return left or drafts


def _sent(asked: _Asked, told: str) -> HttpResponse:
    """Answer what changed on a page that shows another record by now."""
    counts = queue_counts(asked.actor, asked.project, asked.place.wanted)
    return fragment(asked.request, "review/sent.html", {"counts": counted(counts), "told": told, "oob": True})


def _next(asked: _Asked, done: QueueCursor, told: str) -> HttpResponse:
    """Go to the row after the one decided on; at the end of the page to the first one left."""
    actor, project, place = asked.actor, asked.project, asked.place
    queue = review_queue(actor, project, place.wanted, place.after)
    if not queue.rows and place.after is not None:
        place = replace(place, after=None)
        queue = review_queue(actor, project, place.wanted, None)
    place = replace(place, annotation=None, link=None)
    if queue.rows:
        row = next((row for row in queue.rows if row.place > done), queue.rows[0])
        place = place.on(is_link=row.is_link, pk=row.id)
    messages.success(asked.request, told, extra_tags="ok")
    return HttpResponseRedirect(f"{reverse('review', args=[project.slug])}?{place.full_query}")


def _refused(asked: _Asked, refusal: NewsdeskError, form: DecisionForm) -> HttpResponse:
    """Say why not; without script above the record as it is now, with all that was typed."""
    request = asked.request
    if is_htmx(request):
        raise refusal
    sent = request.POST
    typed: dict[str, object] = {"typed_reason": sent.get("reason", ""), "comment": sent.get("comment", "")}
    proposed = _proposed(asked, form)
    if proposed is not None:
        typed["content_form"] = proposed.form
    context = {**deck_context(asked.actor, asked.project, asked.here), **typed, "alert": alert_of(refusal)}
    return render(request, "review/queue.html", context, status=refusal.status)


def _told(drafts: Sequence[DecisionDraft]) -> str:
    number = len(drafts)
    words = {"count": number}
    if drafts[0].verdict is Verdict.APPROVE:
        return ngettext("Approved.", "%(count)d records approved.", number) % words
    if drafts[0].verdict is Verdict.REJECT:
        return ngettext("Rejected.", "%(count)d records rejected.", number) % words
    if drafts[0].proposal is not None:
        return gettext("Sent back with your proposal.")
    return ngettext("Sent back for changes.", "%(count)d records sent back for changes.", number) % words
