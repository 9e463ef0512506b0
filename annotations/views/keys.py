"""The page of a person's keys for the workbench."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotations.errors import InvalidFields
from annotations.queries.access import Actor
from annotations.queries.key_settings import Keys, own_keys
from annotations.rules.keys import COMMANDS, REMAPPABLE
from annotations.services.key_settings import save_keys
from annotations.views.forms import PlainForm
from annotations.views.problems import page

_KEY: Final = forms.TextInput(
    attrs={"class": "key", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
)


class KeysForm(PlainForm):
    """One field for each command whose key can be changed, and the switch."""

    has_single_keys = forms.BooleanField(
        label=_("Single keys act in the article"),
        help_text=_("When this is off, hold Ctrl and Shift with each key."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the fields of the commands."""
        super().__init__(*args, **kwargs)
        for command in REMAPPABLE:
            self.fields[command.name] = forms.CharField(
                label=gettext(command.label), max_length=20, strip=True, widget=_KEY
            )

    def keys(self) -> dict[str, str]:
        """Give the key of each command."""
        return {command.name: self.cleaned_data[command.name] for command in REMAPPABLE}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show_keys(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List every command with its key; keep what was changed, or our keys again."""
    if request.method == "POST" and "reset" in request.POST:
        save_keys(actor=actor, keys={}, has_single_keys=True)
        messages.success(request, gettext("The keys are as they came."), extra_tags="ok")
        return redirect("keys")
    form = _form(request, own_keys(actor))
    if request.method == "POST" and form.is_valid():
        try:
            save_keys(actor=actor, keys=form.keys(), has_single_keys=form.cleaned_data["has_single_keys"])
        except InvalidFields as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, gettext("Your keys are kept."), extra_tags="ok")
            return redirect("keys")
    fixed = [(gettext(command.label), [command.key, *command.also]) for command in COMMANDS if command.is_fixed]
    context = {"form": form, "commands": [form[command.name] for command in REMAPPABLE], "fixed": fixed}
    return render(request, "accounts/keys.html", context, status=400 if form.errors else 200)


def _form(request: HttpRequest, keys: Keys) -> KeysForm:
    by_command = keys.by_command
    present = {command.name: by_command[command.name][0] for command in REMAPPABLE}
    return KeysForm(request.POST or None, initial={**present, "has_single_keys": keys.has_single_keys})
