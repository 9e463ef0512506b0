"""The list of a person's projects and making a new one; every page of a project comes through `open_project`."""

from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotations.errors import Conflict, InvalidInput
from annotations.models import Project
from annotations.queries.access import Actor, get_project_for
from annotations.queries.projects import listed_memberships
from annotations.rules.texts import MAX_LINE, MAX_NOTE
from annotations.services.projects import create_project
from annotations.views.forms import PlainForm
from annotations.views.htmx import redirect_to
from annotations.views.labels import ROLE_LABELS
from annotations.views.problems import page

LAST_PROJECT: Final = "last_project"


class ProjectForm(PlainForm):
    """A new project; its address is made from the name."""

    name = forms.CharField(label=_("Name"), max_length=MAX_LINE)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )


def open_project(request: HttpRequest, actor: Actor, slug: str) -> Project:
    """Fetch the project of a page and remember it for the start page. Raises: NotFound."""
    project = get_project_for(actor, slug)
    if request.session.get(LAST_PROJECT) != project.slug:
        request.session[LAST_PROJECT] = project.slug
    return project


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show_projects(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show one's projects, and make a new one."""
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            project = create_project(actor=actor, **form.cleaned_data)
        except (InvalidInput, Conflict) as refusal:
            form.add_refusal(refusal)
        else:
            return redirect_to(request, reverse("article-list", args=[project.slug]))
    listed = [(member.project, ROLE_LABELS[member.role], waits) for member, waits in listed_memberships(actor)]
    return render(request, "projects/list.html", {"listed": listed, "form": form}, status=400 if form.errors else 200)
