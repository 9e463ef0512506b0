"""The page of one's API tokens: make, see when they were used, revoke. A new one is shown once."""

from dataclasses import dataclass
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from annotations.errors import InvalidFields
from annotations.models import ApiToken
from annotations.queries.access import Actor
from annotations.queries.accounts import tokens_of
from annotations.rules.permissions import Scope
from annotations.rules.texts import MAX_LINE
from annotations.services.accounts import issue_token, revoke_token
from annotations.views.forms import PlainForm
from annotations.views.problems import page

SCOPE_LABELS: Final = (
    (Scope.READ.value, _("Read")),
    (Scope.WRITE.value, _("Read and write, without decisions")),
    (Scope.REVIEW.value, _("All that my role allows")),
)
_DAYS: Final = (("7", _("A week")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("A year")), ("", _("Never")))


class TokenForm(PlainForm):
    """What a token is for, how far it reaches, and when it ends."""

    name = forms.CharField(label=_("What it is for"), max_length=MAX_LINE)
    scope = forms.ChoiceField(label=_("What it may do"), choices=SCOPE_LABELS)
    days = forms.ChoiceField(label=_("Ends after"), choices=_DAYS, initial="90", required=False)


@dataclass(frozen=True, slots=True)
class ListedToken:
    """A token in the list; `state` is empty while it is in force."""

    token: ApiToken
    scope: str | Promise
    state: str


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show_tokens(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List one's tokens, and make a new one, which is shown in the answer and never again."""
    form, made = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        try:
            made = issue_token(
                user=actor.user,
                scope=Scope(form.cleaned_data["scope"]),
                expires_days=int(days) if days else None,
                name=form.cleaned_data["name"],
            )
        except InvalidFields as refusal:
            form.add_refusal(refusal)
    context = {
        "form": TokenForm() if made else form,
        "made": made,
        "listed": [_listed(token) for token in tokens_of(actor.user)],
    }
    return render(request, "accounts/tokens.html", context, status=400 if form.errors else 200)


@require_POST
@page
def revoke(request: HttpRequest, actor: Actor, prefix: str) -> HttpResponse:
    """End one of one's tokens."""
    revoke_token(prefix=prefix, owner=actor.user)
    messages.success(request, gettext("The token is revoked."), extra_tags="ok")
    return redirect("tokens")


def _listed(token: ApiToken) -> ListedToken:
    state = ""
    if token.revoked_at is not None:
        state = gettext("revoked")
    elif token.expires_at is not None and token.expires_at <= timezone.now():
        state = gettext("expired")
    return ListedToken(token, dict(SCOPE_LABELS)[token.scope], state)
