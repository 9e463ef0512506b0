"""Several records at once: a preview of what approving them takes in, before anything is decided."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from annotations.errors import InvalidInput, NotFound
from annotations.models import Annotation, Link, Project
from annotations.queries.access import Actor, require, visible_annotations, visible_links
from annotations.queries.bundles import selection_of
from annotations.queries.review import require_queue
from annotations.rules.permissions import Action
from annotations.views.problems import page
from annotations.views.projects import open_project
from annotations.views.review import default_view
from annotations.views.review_forms import Named, PlaceForm, read_selection
from annotations.views.review_words import shown_selection


@require_safe
@page
def preview_selection(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show what an approval of the ticked records would approve, and which of them it leaves out."""
    project = open_project(request, actor, slug)
    require_queue(actor, project.id)
    place = PlaceForm(request.GET).place(default_view(actor, project))
    records = _records(actor, project, read_selection(request.GET.getlist("record")))
    require(actor, Action.DECIDE, project.id)
    selection = selection_of(actor, project.id, records)
    context = {
        "project": project,
        "section": "review",
        "place": place,
        "items": shown_selection(selection.items),
        "left": shown_selection(selection.left),
        "chosen": selection.chosen,
        "more": len(selection.items) - selection.chosen,
    }
    return render(request, "review/selection.html", context)


def _records(actor: Actor, project: Project, named: list[Named]) -> list[Annotation | Link]:
    """Fetch what was ticked, as it is now. Raises: NotFound, InvalidInput (changed since)."""
    annotations = visible_annotations(actor, project.id).filter(pk__in=[n.id for n in named if not n.is_link])
    links = visible_links(actor, project.id).filter(pk__in=[n.id for n in named if n.is_link])
    records: list[Annotation | Link] = [*annotations, *links]
    found = {record.id: record for record in records}
    if len(found) != len(named):
        raise NotFound
    if any(found[one.id].version != one.version for one in named):
        detail = gettext("Something you selected was changed meanwhile; load the queue again.")
        raise InvalidInput(detail, field="record")
    return [found[one.id] for one in named]
