"""How often a person gets mail about their work."""

from typing import Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotations.errors import InvalidFields
from annotations.queries.access import Actor
from annotations.queries.notices import own_digest
from annotations.rules.notices import Digest
from annotations.services.notices import choose_digest
from annotations.views.forms import PlainForm
from annotations.views.problems import page

_CHOICES: Final = (
    (Digest.OFF.value, _("Never")),
    (Digest.DAILY.value, _("Once a day, when there is news")),
    (Digest.WEEKLY.value, _("Once a week, when there is news")),
)


class MailForm(PlainForm):
    """How often."""

    digest = forms.ChoiceField(label=_("Mail about your work"), choices=_CHOICES)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show_mail(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show how often one gets mail, and change it."""
    form = MailForm(request.POST or None, initial={"digest": own_digest(actor)})
    if request.method == "POST" and form.is_valid():
        try:
            choose_digest(actor=actor, digest=Digest(form.cleaned_data["digest"]))
        except InvalidFields as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, gettext("That is kept."), extra_tags="ok")
            return redirect("mail")
    context = {"form": form, "email": actor.user.email, "sends_mail": bool(settings.EMAIL_HOST)}
    return render(request, "accounts/mail.html", context, status=400 if form.errors else 200)
