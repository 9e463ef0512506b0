"""The members of a project: add, change the role, remove, and hand over what somebody leaves open."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from annotations.errors import Conflict, InvalidInput
from annotations.models import Project
from annotations.queries.access import Actor
from annotations.queries.members import members_of
from annotations.rules.permissions import Role
from annotations.services.handing_over import HandedOver, hand_over
from annotations.services.projects import add_member, change_role, remove_member
from annotations.views.forms import PlainForm
from annotations.views.invitations import invitations_of
from annotations.views.labels import ROLE_LABELS
from annotations.views.problems import page
from annotations.views.projects import open_project
from annotations.views.writing import read

_ROLES = [(role.value, ROLE_LABELS[role]) for role in Role]


class NewMemberForm(PlainForm):
    """Who becomes a member, and as what."""

    user = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=_("The person needs an account on this site already."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=_ROLES, initial=Role.ANALYST.value)


class RoleForm(forms.Form):
    """Another role for a member."""

    user = forms.CharField(max_length=150)
    role = forms.ChoiceField(choices=_ROLES)


class RemovalForm(forms.Form):
    """Who leaves."""

    user = forms.CharField(max_length=150)


class HandoverForm(forms.Form):
    """Whose open records go to whom."""

    user = forms.CharField(max_length=150)
    to = forms.CharField(max_length=150)


@require_safe
@page
def show_members(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show the members with what each has open."""
    return _shown(request, actor, open_project(request, actor, slug), NewMemberForm())


@require_POST
@page
def add(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Make somebody a member."""
    project = open_project(request, actor, slug)
    form = NewMemberForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["user"]
        try:
            add_member(actor=actor, project=project, username=name, role=Role(form.cleaned_data["role"]))
        except InvalidInput:
            form.add_error("user", gettext("Nobody on this site has this name."))
        except Conflict as refusal:
            form.add_refusal(refusal)
        else:
            return _done(request, project, gettext("%(name)s is a member now.") % {"name": name})
    return _shown(request, actor, project, form, status=400)


@require_POST
@page
def give_role(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Give a member another role."""
    project = open_project(request, actor, slug)
    sent = read(RoleForm(request.POST))
    role = Role(sent["role"])
    change_role(actor=actor, project=project, username=sent["user"], role=role)
    told = gettext("%(name)s has the role: %(role)s.") % {"name": sent["user"], "role": ROLE_LABELS[role]}
    # Who gives the own role away may not see this page any more.
    return _done(request, project, told, is_still_admin=sent["user"] != actor.user.username or role is Role.ADMIN)


@require_POST
@page
def remove(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Take somebody out; what they made stays."""
    project = open_project(request, actor, slug)
    name = read(RemovalForm(request.POST))["user"]
    remove_member(actor=actor, project=project, username=name)
    if name == actor.user.username:
        messages.success(request, gettext("You have left %(project)s.") % {"project": project.name}, extra_tags="ok")
        return redirect("project-list")
    return _done(request, project, gettext("%(name)s is no member any more.") % {"name": name})


@require_POST
@page
def give_records(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Let a member go on with what another has open."""
    project = open_project(request, actor, slug)
    sent = read(HandoverForm(request.POST))
    done = hand_over(actor=actor, project=project, from_username=sent["user"], to_username=sent["to"])
    return _done(request, project, _told(done, sent))


def _shown(
    request: HttpRequest, actor: Actor, project: Project, form: NewMemberForm, *, status: int = 200
) -> HttpResponse:
    members = members_of(actor, project)
    context = {
        **invitations_of(actor, project),
        "project": project,
        "section": "members",
        "members": [(one, ROLE_LABELS.get(one.role or "", "")) for one in members],
        "heirs": [one.username for one in members if one.annotates],
        "roles": _ROLES,
        "form": form,
    }
    return render(request, "members/members.html", context, status=status)


def _done(request: HttpRequest, project: Project, told: str, *, is_still_admin: bool = True) -> HttpResponse:
    messages.success(request, told, extra_tags="ok")
    return redirect("members" if is_still_admin else "article-list", project.slug)


def _told(done: HandedOver, sent: dict[str, Any]) -> str:
    records = done.annotations + done.links
    counted = ngettext("%(count)d record", "%(count)d records", records) % {"count": records}
    articles = ngettext("%(count)d article", "%(count)d articles", done.articles) % {"count": done.articles}
    words = {"name": sent["to"], "other": sent["user"], "records": counted, "articles": articles}
    return gettext("%(name)s goes on with %(records)s and %(articles)s of %(other)s.") % words
