"""The start page: on to the articles of the last project, else to the list of projects."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from annotations.queries.access import Actor, visible_projects
from annotations.views.problems import page
from annotations.views.projects import LAST_PROJECT


@require_safe
@page
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Go where the person was last; with one project there is nothing to choose."""
    slugs = list(visible_projects(actor).order_by("name", "id").values_list("slug", flat=True))
    last = request.session.get(LAST_PROJECT)
    if last in slugs:
        return redirect("article-list", last)
    if len(slugs) == 1:
        return redirect("article-list", slugs[0])
    return redirect("project-list")
