"""The guideline of a project: reading it, its versions and what changed in them, and writing it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from annotations.errors import InvalidFields, Stale
from annotations.models import Project
from annotations.queries.access import Actor, require
from annotations.queries.guidelines import guideline_of, guideline_version, guideline_versions
from annotations.rules.permissions import Action
from annotations.rules.texts import MAX_GUIDELINE
from annotations.services.guidelines import edit_guideline
from annotations.views.forms import PlainForm, WholeNumberField
from annotations.views.guideline_words import changed_lines, described_kinds, house_guideline, written_guideline
from annotations.views.problems import Alert, page
from annotations.views.projects import open_project


class GuidelineForm(PlainForm):
    """The whole text, and the version it was written from."""

    text = forms.CharField(
        label=_("Text"),
        strip=False,
        max_length=MAX_GUIDELINE,
        widget=forms.Textarea(attrs={"rows": 24, "dir": "auto", "class": "markdown"}),
        help_text=_(
            "Markdown. A heading that names a kind (party, quote, claim, counterclaim, cue) is what the workbench"
            " links to."
        ),
    )
    version = WholeNumberField(required=False, widget=forms.HiddenInput)


class ChangesForm(forms.Form):
    """Which versions to compare; what makes no sense is left out."""

    older = WholeNumberField(required=False)
    newer = WholeNumberField(required=False)


@require_safe
@page
def show_guideline(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show the guideline in force, or newsdesk's own while the project has written none."""
    project = open_project(request, actor, slug)
    version = guideline_of(project)
    written = written_guideline(version.text if version else house_guideline())
    context = _context(actor, project) | {"version": version, "written": written, "kinds": described_kinds(written)}
    return render(request, "guideline/guideline.html", context)


@require_safe
@page
def show_versions(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """List the versions, and show what changed between two of them: the last two unless others are asked for."""
    project = open_project(request, actor, slug)
    versions = guideline_versions(project)
    form = ChangesForm(request.GET)
    form.is_valid()
    newer = form.cleaned_data.get("newer") or (versions[0]["number"] if versions else 0)
    older = form.cleaned_data.get("older") or max(newer - 1, 0)
    changes = None
    if versions:
        after = guideline_version(project, newer)
        changes = changed_lines(guideline_version(project, older).text if older else "", after.text)
    context = _context(actor, project) | {"versions": versions, "changes": changes, "older": older, "newer": newer}
    return render(request, "guideline/versions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def write_guideline(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show the form; look at how a text would be shown; put it in force."""
    project = open_project(request, actor, slug)
    require(actor, Action.ADMINISTER, project.id)
    version = guideline_of(project)
    present = {"text": version.text if version else house_guideline(), "version": version.number if version else None}
    form = GuidelineForm(request.POST or None, initial=present)
    context = _context(actor, project) | {"form": form}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        if "preview" in request.POST:
            return render(request, "guideline/form.html", context | {"written": written_guideline(text)})
        try:
            edit_guideline(actor=actor, project=project, version=form.cleaned_data["version"] or 0, text=text)
        except InvalidFields as refusal:
            form.add_refusal(refusal)
        except Stale as refusal:
            return _overtaken(request, project, form, refusal)
        else:
            messages.success(request, gettext("This guideline is in force now."), extra_tags="ok")
            return redirect("guideline", project.slug)
    return render(request, "guideline/form.html", context, status=400 if form.errors else 200)


def _overtaken(request: HttpRequest, project: Project, form: GuidelineForm, refusal: Stale) -> HttpResponse:
    """Show the text as it was typed, and what somebody else changed since it was opened; it may be sent again."""
    current = guideline_of(project)
    seen = form.cleaned_data["version"] or 0
    before = guideline_version(project, seen).text if seen else ""
    again = GuidelineForm({"text": form.cleaned_data["text"], "version": current.number if current else ""})
    context = {
        "project": project,
        "section": "guideline",
        "form": again,
        "alert": Alert(
            gettext("Somebody else has written meanwhile. Bring their changes in here, then keep it again.")
        ),
        "changes": changed_lines(before, current.text if current else ""),
    }
    return render(request, "guideline/form.html", context, status=refusal.status)


def _context(actor: Actor, project: Project) -> dict[str, object]:
    may_write = actor.may(Action.ADMINISTER, project.id)
    return {"project": project, "section": "guideline", "may_write": may_write}
