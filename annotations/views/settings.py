"""The settings of a project, for its admins."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotations.errors import InvalidInput, Stale
from annotations.models import Project
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action
from annotations.rules.settings import ASKABLE, LANGUAGES_OFFERED
from annotations.rules.texts import MAX_LINE, MAX_NOTE
from annotations.services.projects import edit_project
from annotations.views.forms import PlainForm, WholeNumberField
from annotations.views.labels import ATTRIBUTE_LABELS, KIND_LABELS
from annotations.views.problems import Alert, page, sentence_of
from annotations.views.projects import open_project

_REQUIRED = "required_"


class SettingsForm(PlainForm):
    """A project's name and its rules. `version` is the one that the form was filled from."""

    version = WholeNumberField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=MAX_LINE)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )
    visibility = forms.ChoiceField(
        label=_("Drafts"),
        choices=[
            ("shared", _("Shared: members see each other's tags as they are made")),
            ("blind", _("Blind: analysts see only their own, viewers only what is approved")),
        ],
        widget=forms.RadioSelect,
    )
    second_factor = forms.BooleanField(
        label=_("Members need a second factor"),
        required=False,
        help_text=_("Whoever has none is let in again once it is set up on the account page."),
    )
    languages = forms.CharField(
        label=_("Languages"),
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        help_text=_("Codes with blanks between them, as en ar fa. They are offered when an article is added."),
    )
    cues = forms.BooleanField(label=_("Cue words are marked"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add a choice of required attributes for each kind."""
        super().__init__(*args, **kwargs)
        for kind, names in ASKABLE.items():
            self.fields[f"{_REQUIRED}{kind}"] = forms.MultipleChoiceField(
                label=str(KIND_LABELS[kind]),
                choices=[(name, ATTRIBUTE_LABELS[name]) for name in names],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def required_fields(self) -> list[Any]:
        """The choices of required attributes, one for each kind."""
        return [self[f"{_REQUIRED}{kind}"] for kind in ASKABLE]

    def changes(self, project: Project) -> dict[str, object]:
        """Give what the service takes; settings that this page does not show stay as they are."""
        clean = self.cleaned_data
        required = {str(kind): clean[f"{_REQUIRED}{kind}"] for kind in ASKABLE if clean[f"{_REQUIRED}{kind}"]}
        settings = {
            **project.settings,
            "visibility": clean["visibility"],
            "languages": clean["languages"].split(),
            "required_attributes": required,
            "cues": clean["cues"],
            "second_factor": "required" if clean["second_factor"] else "optional",
        }
        return {"name": clean["name"], "description": clean["description"], "settings": settings}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show_settings(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show the settings, and keep changed ones."""
    project = open_project(request, actor, slug)
    require(actor, Action.ADMINISTER, project.id)
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=_initial(project))
    alert, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            edit_project(actor=actor, project=project, version=version, changes=form.changes(project))
        except InvalidInput as refusal:
            refusal.errors = tuple(replace(one, field=one.field.removeprefix("settings.")) for one in refusal.errors)
            form.add_refusal(refusal)
        except Stale as refusal:
            project.refresh_from_db()
            form = SettingsForm(initial=_initial(project))
            alert, status = Alert(sentence_of(refusal)), 412
        else:
            messages.success(request, gettext("The settings are kept."), extra_tags="ok")
            return redirect("project-settings", project.slug)
    context = {"project": project, "section": "settings", "form": form, "alert": alert, "offered": LANGUAGES_OFFERED}
    return render(request, "settings/settings.html", context, status=400 if form.errors else status)


def _initial(project: Project) -> dict[str, Any]:
    rules = project.rules
    return {
        "version": project.version,
        "name": project.name,
        "description": project.description,
        "visibility": rules.visibility,
        "languages": " ".join(project.settings.get("languages", ())),
        "cues": rules.has_cues,
        "second_factor": project.needs_second_factor,
        **{f"{_REQUIRED}{kind}": rules.required_attributes.get(kind, ()) for kind in ASKABLE},
    }
