"""The review page: the queue, one record in its text, and the decision on it or on all that goes with it."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotations.errors import InvalidInput, NewsdeskError, NotFound
from annotations.models import Annotation, Article, Link, Project
from annotations.queries.access import Actor, get_annotation_for, get_link_for
from annotations.queries.record import ReviewedRecord, reviewed_annotation, reviewed_link
from annotations.queries.review import (
    MOST_COUNTED,
    Queue,
    QueueCursor,
    QueueView,
    place_in_queue,
    queue_choices,
    require_queue,
    review_queue,
)
from annotations.rules.kinds import TOPICS, Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Action
from annotations.rules.review import State, Verdict
from annotations.services.annotations import AnnotationChange
from annotations.services.comments import see_record
from annotations.services.review import DecisionDraft, decide, decide_one
from annotations.views.content_forms import ContentForm
from annotations.views.htmx import fragment, is_htmx, push_address
from annotations.views.labels import KIND_LABELS, LINK_LABELS, REASON_LABELS, STATE_PILLS, VALUE_LABELS
from annotations.views.problems import alert_of, page
from annotations.views.projects import open_project
from annotations.views.record_words import shown_comparison, shown_thread
from annotations.views.review_forms import AGES, DecisionForm, Place, PlaceForm, initial_of, value_of
from annotations.views.review_words import (
    name_of,
    shown_attributes,
    shown_bundle,
    shown_history,
    shown_relations,
    shown_row,
)


@require_safe
@page
def show_review(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show the queue and one record of it."""
    project = open_project(request, actor, slug)
    require_queue(actor, project.id)
    place = PlaceForm(request.GET).place(default_view(actor, project))
    # htmx takes the deck out of the page; the focus would be lost with the one that it replaces.
    return render(request, "review/queue.html", {**_deck(actor, project, place), "takes_focus": is_htmx(request)})


@require_safe
@page
def show_frame(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show one record without the queue beside it, for going from row to row."""
    project = open_project(request, actor, slug)
    require_queue(actor, project.id)
    place = PlaceForm(request.GET).place(default_view(actor, project))
    shown = _shown(actor, project, place)
    if shown is None:
        raise NotFound
    context = {"project": project, "place": place, "shown": shown, "takes_focus": True}
    return fragment(request, "review/moved.html", {**context, **_record_context(actor, shown, place)})


@require_POST
@page
def decide_records(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Take a verdict, then show the next record; a refusal shows the record as it is now."""
    project = open_project(request, actor, slug)
    require_queue(actor, project.id)
    place = PlaceForm(request.POST).place(default_view(actor, project))
    form = DecisionForm(request.POST)
    try:
        proposal = _proposal(request, actor, project, form)
        drafts = form.drafts(request.POST.getlist("with"), proposal)
        here = place.on(is_link=drafts[0].link is not None, pk=drafts[0].link or drafts[0].annotation or UUID(int=0))
        done = place_in_queue(record_at(actor, project, here))
    except InvalidInput as refusal:
        return _refused(request, actor, project, place, refusal)
    try:
        if len(drafts) == 1:
            decide_one(actor=actor, draft=drafts[0])
        else:
            decide(actor=actor, drafts=drafts)
    except NewsdeskError as refusal:
        return _refused(request, actor, project, here, refusal)
    return _decided(request, actor, project, (place, done), drafts)


def default_view(actor: Actor, project: Project) -> QueueView:
    """Show reviewers what is theirs to decide, and others all that waits."""
    return QueueView.MINE if actor.may(Action.DECIDE, project.id) else QueueView.ALL


def record_at(actor: Actor, project: Project, place: Place) -> Annotation | Link:
    """Fetch the record of a place. Raises: NotFound."""
    record: Annotation | Link
    if place.annotation is not None:
        record = get_annotation_for(actor, place.annotation)
    elif place.link is not None:
        record = get_link_for(actor, place.link)
    else:
        raise NotFound
    if record.project_id != project.id:
        raise NotFound
    return record


def _proposal(request: HttpRequest, actor: Actor, project: Project, form: DecisionForm) -> AnnotationChange | None:
    """Read what the reviewer would write instead; None when nothing was changed. Raises: InvalidInput."""
    if not form.asks_for_changes or "content-kind" not in request.POST:
        return None
    named = PlaceForm({"annotation": form.cleaned_data["record"].split(":")[1]}).place(QueueView.ALL)
    record = record_at(actor, project, named)
    if not isinstance(record, Annotation):
        return None
    text = Article.objects.values_list("text", flat=True).get(pk=record.article_id)
    content = ContentForm(record, actor, request.POST)
    if not content.find(text):
        problems = [str(problem) for found in content.errors.values() for problem in found]
        raise InvalidInput(" ".join(problems), field="proposal", code="invalid_proposal")
    change = content.change(text)
    return None if change == AnnotationChange() else change


def _decided(
    request: HttpRequest,
    actor: Actor,
    project: Project,
    where: tuple[Place, QueueCursor],
    drafts: list[DecisionDraft],
) -> HttpResponse:
    """Go to the row after the one decided on; at the end of the page to the first one left."""
    place, done = where
    queue = review_queue(actor, project, place.wanted, place.after)
    if not queue.rows and place.after is not None:
        place = replace(place, after=None)
        queue = review_queue(actor, project, place.wanted, None)
    place = replace(place, annotation=None, link=None)
    if queue.rows:
        row = next((row for row in queue.rows if row.place > done), queue.rows[0])
        place = place.on(is_link=row.is_link, pk=row.id)
    told = _told(drafts)
    address = f"{reverse('review', args=[project.slug])}?{place.full_query}"
    if not is_htmx(request):
        messages.success(request, told, extra_tags="ok")
        return HttpResponseRedirect(address)
    context = {**_deck(actor, project, place, queue), "told": told, "takes_focus": True}
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
    if drafts[0].proposal is not None:
        return gettext("Sent back with your proposal.")
    return ngettext("Sent back for changes.", "%(count)d records sent back for changes.", number) % words


def _deck(actor: Actor, project: Project, place: Place, queue: Queue | None = None) -> dict[str, object]:
    """Give all that the deck shows: the queue and the record, the first of the queue when none is named."""
    queue = queue or review_queue(actor, project, place.wanted, place.after)
    if place.annotation is None and place.link is None and queue.rows:
        place = place.on(is_link=queue.rows[0].is_link, pk=queue.rows[0].id)
    shown = _shown(actor, project, place)
    current = shown.record.id if shown else None
    return {
        "project": project,
        "section": "review",
        "queue": queue,
        "rows": [shown_row(row, current=current, query=place.query) for row in queue.rows],
        "place": place,
        "view": place.wanted.view,
        "is_later": place.after is not None,
        "first_query": replace(place, after=None).query,
        "next_query": replace(place, after=queue.next_after).query if queue.next_after else "",
        "may_decide": actor.may(Action.DECIDE, project.id),
        "shown": shown,
        **_filters(actor, project, place, queue),
        **(_record_context(actor, shown, place) if shown else {}),
    }


def _filters(actor: Actor, project: Project, place: Place, queue: Queue) -> dict[str, object]:
    """Give what the filters offer and how they stand."""
    choices = queue_choices(actor, project)
    without_view = {name: value for name, value in place.filters.items() if name != "view"}
    return {
        "filters": initial_of(place),
        "kept": without_view,
        "view_queries": {view.value: Place(replace(place.wanted, view=view)).query for view in QueueView},
        "clear_query": f"view={place.wanted.view}",
        "authors": choices.authors,
        "outlets": choices.outlets,
        "kinds": [(kind, KIND_LABELS[kind]) for kind in Kind],
        "link_types": [(type_, LINK_LABELS[type_]) for type_ in LinkType],
        "topics": [(topic, VALUE_LABELS[topic]) for topic in TOPICS],
        "ages": [(str(days), ngettext("%d day or more", "%d days or more", days) % days) for days in AGES],
        "counts": {"mine": _counted(queue.mine), "all": _counted(queue.all)},
    }


def _counted(number: int) -> str:
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def _shown(actor: Actor, project: Project, place: Place) -> ReviewedRecord | None:
    if place.annotation is None and place.link is None:
        return None
    record = record_at(actor, project, place)
    shown = reviewed_annotation(actor, record) if isinstance(record, Annotation) else reviewed_link(actor, record)
    see_record(actor=actor, record=record)
    return shown


def _record_context(actor: Actor, shown: ReviewedRecord, place: Place) -> dict[str, object]:
    record, article = shown.record, shown.article
    refusal = _why_not(shown)
    is_proposable = isinstance(record, Annotation) and not refusal
    return {
        "source_name": article.outlet.name if article.outlet else gettext("No outlet"),
        "name": name_of(shown.label, is_link=shown.is_link),
        "pill": STATE_PILLS[record.state],
        "value": value_of(record),
        "relations": list(shown_relations(shown, place.query)),
        "attributes": list(shown_attributes(record)),
        "comparison": shown_comparison(shown),
        "history": list(shown_history(shown.history)),
        "thread": shown_thread(shown.thread, actor),
        "may_comment": actor.may(Action.COMMENT, record.project_id),
        "bundle": shown_bundle(shown.bundle) if record.state == State.SUBMITTED else None,
        "refusal": refusal,
        "may_approve": record.state == State.SUBMITTED,
        "reasons": REASON_LABELS.items(),
        "article_query": _article_query(place, article.id),
        "content_form": ContentForm(record, actor) if is_proposable and isinstance(record, Annotation) else None,
    }


def _article_query(place: Place, article: UUID) -> str:
    """Narrow the queue to the record's article, or widen it again."""
    narrowed = None if place.wanted.article else article
    return replace(place, wanted=replace(place.wanted, article=narrowed), after=None).full_query


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
