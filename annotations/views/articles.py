"""The article list, and adding an article by pasting it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from annotations.errors import DuplicateArticle, InvalidInput
from annotations.models import Article, Project
from annotations.queries.access import Actor, require, visible_incidents, visible_outlets
from annotations.queries.article_list import ArticleFilter, ArticleList, Stage, article_list
from annotations.queries.assignments import annotator_names
from annotations.rules.permissions import Action
from annotations.rules.texts import MAX_LINE, MAX_URL
from annotations.services.articles import ArticleDraft, create_article
from annotations.services.registry import create_outlet
from annotations.views.forms import PlainForm
from annotations.views.htmx import redirect_to
from annotations.views.labels import Pill
from annotations.views.problems import page
from annotations.views.projects import open_project

STAGES: Final[Mapping[Stage, Pill]] = {
    Stage.NOT_STARTED: Pill(_("Not started"), "·"),
    Stage.IN_PROGRESS: Pill(_("In progress"), "○"),
    Stage.IN_REVIEW: Pill(_("In review"), "◔"),
    Stage.CHANGES_ASKED: Pill(_("Changes asked"), "↩", "bad"),
    Stage.APPROVED: Pill(_("Approved"), "✓", "ok"),
}


class ArticleFilterForm(forms.Form):
    """The filters of the list; what makes no sense is left out, so that an old address still opens."""

    search = forms.CharField(required=False, max_length=MAX_LINE)
    outlet = forms.UUIDField(required=False)
    language = forms.CharField(required=False, max_length=35)
    stage = forms.ChoiceField(required=False, choices=[(stage.value, stage.value) for stage in Stage])
    mine = forms.BooleanField(required=False)
    after = forms.UUIDField(required=False)

    def wanted(self) -> ArticleFilter:
        """Give what is usable of the input."""
        self.is_valid()
        clean = self.cleaned_data
        return ArticleFilter(
            search=clean.get("search") or "",
            outlet=clean.get("outlet"),
            language=clean.get("language") or "",
            stage=Stage(clean["stage"]) if clean.get("stage") else None,
            is_mine=bool(clean.get("mine")),
            after=clean.get("after"),
        )


class ArticleForm(PlainForm):
    """A pasted article. The text is taken as it is, blanks at its ends included."""

    title = forms.CharField(label=_("Title"), max_length=MAX_LINE)
    text = forms.CharField(
        label=_("Text"),
        strip=False,
        widget=forms.Textarea(attrs={"class": "article", "rows": 10}),
        help_text=_("Paste the article's own words. The text cannot be changed later."),
    )
    language = forms.CharField(
        label=_("Language"),
        max_length=35,
        widget=forms.TextInput(attrs={"list": "languages", "autocomplete": "off"}),
        help_text=_("As a code: en, ar, fa …"),
    )
    published = forms.DateField(
        label=_("Published on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    outlet = forms.ChoiceField(label=_("Outlet"), required=False)
    new_outlet = forms.CharField(
        label=_("Or a new outlet"), required=False, max_length=MAX_LINE, help_text=_("Its name as it calls itself.")
    )
    byline = forms.CharField(label=_("Byline"), required=False, max_length=MAX_LINE)
    url = forms.CharField(
        label=_("Address"), required=False, max_length=MAX_URL, widget=forms.URLInput(attrs={"dir": "ltr"})
    )
    incident = forms.ChoiceField(label=_("Incident"), required=False)

    def __init__(self, *args: Any, actor: Actor, project: Project, **kwargs: Any) -> None:
        """Offer the outlets and incidents of the project."""
        super().__init__(*args, **kwargs)
        outlets = visible_outlets(actor, project.id).order_by("name", "id")
        incidents = visible_incidents(actor, project.id).order_by("title", "id")
        self._outlets = {str(pk): name for pk, name in outlets.values_list("id", "name")}
        self._set_choices("outlet", self._outlets)
        self._set_choices("incident", {str(pk): title for pk, title in incidents.values_list("id", "title")})

    def clean(self) -> dict[str, Any]:
        """Take a typed outlet that is already there for the one that is there; refuse two different ones."""
        clean = self.cleaned_data
        typed = clean.get("new_outlet", "")
        if typed and clean.get("outlet"):
            self.add_error("new_outlet", gettext("Choose an outlet or type a new one, not both."))
        for pk, name in self._outlets.items():
            if typed and name.casefold() == typed.casefold():
                clean["outlet"], clean["new_outlet"] = pk, ""
        return clean

    def draft(self, outlet: UUID | None) -> ArticleDraft:
        """Give what the service takes."""
        clean = self.cleaned_data
        published: date | None = clean["published"]
        return ArticleDraft(
            title=clean["title"],
            text=clean["text"],
            language=clean["language"],
            outlet=outlet,
            url=clean["url"],
            byline=clean["byline"],
            published_at=datetime.combine(published, time(), UTC) if published else None,
            incidents=(UUID(clean["incident"]),) if clean["incident"] else (),
        )

    def _set_choices(self, name: str, choices: Mapping[str, str]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", gettext("None")), *choices.items()]


@require_safe
@page
def show_articles(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show one page of a project's articles."""
    project = open_project(request, actor, slug)
    wanted = ArticleFilterForm(request.GET).wanted()
    listed = article_list(actor, project, wanted)
    context = {
        "project": project,
        "section": "articles",
        "listed": listed,
        "wanted": wanted,
        "rows": [(row, STAGES[row.stage]) for row in listed.rows],
        "stages": _stage_chips(wanted),
        "mine_query": urlencode(_kept(replace(wanted, is_mine=not wanted.is_mine))),
        "members": annotator_names(project.id) if actor.may(Action.ASSIGN, project.id) else [],
        "may_annotate": actor.may(Action.ANNOTATE, project.id),
        "today": timezone.localdate(),
        "may_confirm": actor.may(Action.CONFIRM_REDACTION, project.id),
        "may_add": actor.may(Action.EDIT_REGISTRY, project.id),
        "may_read_log": actor.may(Action.READ_ADMINISTRATION, project.id),
        "pages": _pages(wanted, listed),
    }
    return render(request, "articles/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def add_article(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show the form for a pasted article, and take it."""
    project = open_project(request, actor, slug)
    require(actor, Action.EDIT_REGISTRY, project.id)
    form = ArticleForm(request.POST or None, actor=actor, project=project)
    existing = None
    if request.method == "POST" and form.is_valid():
        try:
            article = _store(actor, project, form)
        except InvalidInput as refusal:
            form.add_refusal(refusal)
        except DuplicateArticle as refusal:
            existing = refusal.extras["existing"]
        else:
            return redirect_to(request, reverse("workbench", args=[project.slug, article.id]))
    context = {
        "project": project,
        "section": "articles",
        "form": form,
        "existing": existing,
        "languages": project.rules.languages,
    }
    refused = 409 if existing else 400 if form.errors else 200
    return render(request, "articles/form.html", context, status=refused)


@transaction.atomic
def _store(actor: Actor, project: Project, form: ArticleForm) -> Article:
    """Store the article and, in the same transaction, an outlet that is new."""
    outlet = UUID(form.cleaned_data["outlet"]) if form.cleaned_data["outlet"] else None
    if form.cleaned_data["new_outlet"]:
        outlet = create_outlet(actor=actor, project=project, fields={"name": form.cleaned_data["new_outlet"]}).id
    return create_article(actor=actor, project=project, draft=form.draft(outlet))


def _pages(wanted: ArticleFilter, listed: ArticleList) -> dict[str, object]:
    query = _kept(wanted)
    return {
        "is_later": wanted.after is not None,
        "first_query": urlencode(query),
        "next_query": urlencode({**query, "after": listed.next_after}) if listed.next_after else "",
    }


def _kept(wanted: ArticleFilter) -> dict[str, object]:
    """Write the filters as the address does, without the page."""
    kept = {
        "search": wanted.search,
        "outlet": wanted.outlet,
        "language": wanted.language,
        "stage": str(wanted.stage or ""),
        "mine": "1" if wanted.is_mine else "",
    }
    return {name: value for name, value in kept.items() if value}


def _stage_chips(wanted: ArticleFilter) -> list[tuple[Pill, bool, str]]:
    """Give each stage, whether it is chosen, and the address that chooses it or lets it go."""
    return [
        (pill, wanted.stage is stage, urlencode(_kept(replace(wanted, stage=None if wanted.stage is stage else stage))))
        for stage, pill in STAGES.items()
    ]
