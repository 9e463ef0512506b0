"""The review page: the queue, one record in its text, and the decision on it or on all that goes with it."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from annotations.errors import NotFound
from annotations.models import Annotation, Link, Project
from annotations.queries.access import Actor, get_annotation_for, get_link_for
from annotations.queries.record import ReviewedRecord, reviewed_annotation, reviewed_link
from annotations.queries.review import (
    MOST_COUNTED,
    Counts,
    Queue,
    QueueView,
    queue_choices,
    require_queue,
    review_queue,
)
from annotations.rules.kinds import TOPICS, Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Action
from annotations.rules.review import State
from annotations.services.comments import see_record
from annotations.views.content_forms import ContentForm
from annotations.views.htmx import fragment, is_htmx
from annotations.views.labels import KIND_LABELS, LINK_LABELS, REASON_LABELS, STATE_PILLS, VALUE_LABELS
from annotations.views.problems import page
from annotations.views.projects import open_project
from annotations.views.record_words import shown_comparison, shown_thread
from annotations.views.review_forms import AGES, Place, PlaceForm, initial_of, value_of
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
    return render(
        request, "review/queue.html", {**deck_context(actor, project, place), "takes_focus": is_htmx(request)}
    )


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


def deck_context(actor: Actor, project: Project, place: Place) -> dict[str, object]:
    """Give all that the deck shows: the queue and the record, the first of the queue when none is named."""
    queue = review_queue(actor, project, place.wanted, place.after)
    if place.annotation is None and place.link is None and queue.rows:
        place = place.on(is_link=queue.rows[0].is_link, pk=queue.rows[0].id)
    shown = _shown(actor, project, place)
    current = shown.record.id if shown else None
    return {
        "project": project,
        "section": "review",
        "bar_template": "annotations/_save_state.html",
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
        "counts": counted(queue.counts),
    }


def counted(counts: Counts) -> dict[str, str]:
    """Write what waits, up to the most that is counted."""
    numbers = {"mine": counts.mine, "all": counts.all}
    return {name: f"{MOST_COUNTED:,}+" if number > MOST_COUNTED else str(number) for name, number in numbers.items()}


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
        "frame_query": place.on(is_link=shown.is_link, pk=record.id).full_query,
        "about": "" if shown.is_link else " … ".join(shown.words),
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
