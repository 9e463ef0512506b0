"""The pages of releases: the list with its form, and one release, which can be cited and compared."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from annotations.errors import Conflict, InvalidInput
from annotations.formats import CODECS
from annotations.formats.release import citation_line
from annotations.models import Release
from annotations.queries.access import Actor, get_numbered_release_for, visible_releases
from annotations.queries.export_choice import ALL, APPROVED, Choice
from annotations.queries.release_changes import release_changes
from annotations.rules.permissions import Action
from annotations.rules.texts import MAX_LINE
from annotations.services.releases import make_release
from annotations.views.exchange_words import CHANGE_LABELS, COUNT_LABELS, FORMAT_WORDS, exchange_tabs
from annotations.views.forms import PlainForm, WholeNumberField
from annotations.views.htmx import redirect_to
from annotations.views.problems import page
from annotations.views.projects import open_project


class ReleaseForm(PlainForm):
    """A new release."""

    name = forms.CharField(label=_("Name"), max_length=MAX_LINE, strip=False)
    state = forms.ChoiceField(
        label=_("Which records"), choices=[(APPROVED, _("The approved set")), (ALL, _("All present versions"))]
    )
    text = forms.ChoiceField(label=_("Texts"), choices=[("include", _("With texts")), ("omit", _("Without texts"))])

    def choice(self) -> Choice:
        """Give what the service takes."""
        return Choice(state=self.cleaned_data["state"], with_text=self.cleaned_data["text"] != "omit")


class SinceForm(forms.Form):
    """The release to compare with."""

    since = WholeNumberField(required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show_releases(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """List the releases of a project, and make a new one."""
    project = open_project(request, actor, slug)
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_release(actor=actor, project=project, name=form.cleaned_data["name"], choice=form.choice())
        except (InvalidInput, Conflict) as refusal:
            form.add_refusal(refusal)
        else:
            return redirect_to(request, reverse("release", args=[project.slug, made.number]))
    context = {
        "project": project,
        "section": "exchange",
        "tabs": exchange_tabs(actor, project, "release-list"),
        "releases": visible_releases(actor, project.id).order_by("-number"),
        "may_release": actor.may(Action.RELEASE, project.id),
        "form": form,
    }
    return render(request, "exchange/releases.html", context, status=400 if form.errors else 200)


@require_safe
@page
def show_release(request: HttpRequest, actor: Actor, slug: str, number: int) -> HttpResponse:
    """Show one release with its manifest, how to cite it, its files, and what changed since an earlier one."""
    project = open_project(request, actor, slug)
    release = get_numbered_release_for(actor, project, number)
    counts = release.manifest["counts"]
    context = {
        "project": project,
        "section": "exchange",
        "tabs": exchange_tabs(actor, project, "release-list"),
        "release": release,
        "citation": citation_line(project.name, release.name, release.number, release.created_at.year),
        "counts": [(words, counts[name]) for name, words in COUNT_LABELS.items() if name in counts],
        "formats": [(codec.name, FORMAT_WORDS[codec.name]) for codec in CODECS.values() if codec.write],
        "earlier": visible_releases(actor, project.id).exclude(pk=release.pk).order_by("-number"),
        "articles": len(release.manifest["chain_heads"]["articles"]),
        **_compared(request, actor, release),
    }
    return render(request, "exchange/release.html", context)


def _compared(request: HttpRequest, actor: Actor, release: Release) -> dict[str, Any]:
    form = SinceForm(request.GET)
    since = form.cleaned_data["since"] if form.is_valid() else None
    if since is None:
        return {}
    earlier = get_numbered_release_for(actor, release.project, since)
    found = release_changes(earlier, release)
    return {
        "since": earlier,
        "changes": [(CHANGE_LABELS[change.what], COUNT_LABELS[change.type], change) for change in found.listed],
        "is_cut": found.is_cut,
        "differences": [(words, found.counts[name]) for name, words in COUNT_LABELS.items() if name in found.counts],
    }
