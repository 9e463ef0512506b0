"""Inviting people into a project, and the page behind the link. `invitations_of` fills accounts/_invitations.html."""

from typing import Any, Final
from uuid import UUID

from allauth.account.utils import perform_login
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from annotations.errors import Conflict, InvalidFields, NotFound
from annotations.models import Invitation, Project, User
from annotations.queries.access import Actor
from annotations.queries.invitations import invitation_of, open_invitations
from annotations.rules.permissions import Role
from annotations.rules.texts import MAX_LINE
from annotations.services.invitations import accept_invitation, join_as_new, make_invitation, revoke_invitation
from annotations.views.forms import PlainForm
from annotations.views.labels import ROLE_LABELS
from annotations.views.problems import page
from annotations.views.projects import open_project

_DAYS: Final = (("1", _("A day")), ("7", _("A week")), ("30", _("30 days")))


class InvitationForm(PlainForm):
    """A place for somebody."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, ROLE_LABELS[role]) for role in Role], initial=Role.ANALYST.value
    )
    days = forms.ChoiceField(label=_("Valid for"), choices=_DAYS, initial="7")
    note = forms.CharField(label=_("For whom"), required=False, max_length=MAX_LINE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take ids of its own: the page of members has another form with a role."""
        super().__init__(*args, auto_id="invitation-%s", **kwargs)


class NewAccountForm(PlainForm):
    """An account for who was invited."""

    username = forms.CharField(
        label=_("User name"),
        strip=False,
        max_length=150,
        help_text=_("Letters, digits and . @ + - _; others in your projects see it."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "dir": "auto"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_("For a new password, should you forget it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what is asked of a password."""
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> None:
        """Refuse a weak password. Raises nothing: the refusal stands beside the field."""
        password = self.cleaned_data.get("password")
        if password:
            person = User(username=self.cleaned_data.get("username", ""), email=self.cleaned_data.get("email", ""))
            try:
                validate_password(password, person)
            except forms.ValidationError as weakness:
                self.add_error("password", weakness)


def invitations_of(actor: Actor, project: Project, **more: Any) -> dict[str, Any]:
    """Give accounts/_invitations.html what it shows. Raises: NotFound, NotAllowed."""
    waiting = [(invitation, ROLE_LABELS[invitation.role]) for invitation in open_invitations(actor, project)]
    return {"project": project, "waiting": waiting, "invitation_form": InvitationForm(), "made": "", **more}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show_invitations(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """List the invitations of a project, and make one: its link is shown in the answer and never again."""
    project = open_project(request, actor, slug)
    form, made = InvitationForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            path = make_invitation(
                actor=actor, project=project, role=Role(asked["role"]), days=int(asked["days"]), note=asked["note"]
            )
        except InvalidFields as refusal:
            form.add_refusal(refusal)
        else:
            made = request.build_absolute_uri(path)
    context = invitations_of(actor, project, invitation_form=InvitationForm() if made else form, made=made)
    return render(request, "accounts/invitations.html", context, status=400 if form.errors else 200)


@require_POST
@page
def revoke(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Take an invitation back."""
    project = open_project(request, actor, slug)
    revoke_invitation(actor=actor, project=project, pk=pk)
    messages.success(request, gettext("The invitation is revoked."), extra_tags="ok")
    return redirect("members", project.slug)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def show_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what somebody is invited to; join as who is signed in, or with a new account."""
    try:
        invitation = invitation_of(secret)
        response = _join(request, invitation, secret) if request.method == "POST" else _offer(request, invitation)
    except NotFound:
        response = render(request, "accounts/invitation_over.html", status=410)
    add_never_cache_headers(response)
    return response


def _join(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    if isinstance(request.user, User):
        try:
            project = accept_invitation(user=request.user, secret=secret)
        except Conflict:
            return _offer(request, invitation, is_member=True, status=409)
        return redirect("article-list", project.slug)
    form = NewAccountForm(request.POST)
    if not form.is_valid():
        return _offer(request, invitation, form=form, status=400)
    try:
        user, project = join_as_new(secret=secret, **form.cleaned_data)
    except InvalidFields as refusal:
        form.add_refusal(refusal)
        return _offer(request, invitation, form=form, status=400)
    response: HttpResponse = perform_login(request, user, redirect_url=reverse("article-list", args=[project.slug]))
    return response


def _offer(request: HttpRequest, invitation: Invitation, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "invitation": invitation,
        "role": ROLE_LABELS[invitation.role],
        "form": NewAccountForm(),
        "is_member": False,
        **more,
    }
    return render(request, "accounts/invitation.html", context, status=status)
