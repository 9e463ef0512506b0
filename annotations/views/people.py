"""Closing the account of a member; the question stands on a page of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from annotations.queries.access import Actor, require
from annotations.queries.projects import get_member
from annotations.rules.permissions import Action
from annotations.services.people import deactivate_member, require_may_deactivate
from annotations.views.problems import page
from annotations.views.projects import open_project


@require_http_methods(["GET", "HEAD", "POST"])
@page
def deactivate(request: HttpRequest, actor: Actor, slug: str, username: str) -> HttpResponse:
    """Ask, then close the account: sessions and tokens end at once."""
    project = open_project(request, actor, slug)
    require(actor, Action.ADMINISTER, project.id)
    member = get_member(project.id, username)
    require_may_deactivate(actor, member.user)
    if request.method == "POST":
        deactivate_member(actor=actor, project=project, username=username)
        told = gettext("The account of %(name)s is closed.") % {"name": member.user.username}
        messages.success(request, told, extra_tags="ok")
        return redirect("members", project.slug)
    return render(request, "accounts/deactivate.html", {"project": project, "member": member})
