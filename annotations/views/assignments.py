"""Taking, giving and releasing articles, and the next article for me."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from annotations.errors import NotFound
from annotations.models import Article, Project
from annotations.queries.access import Actor, get_article_for
from annotations.services.assignments import assign_article, release_article, take_next_article
from annotations.views.htmx import redirect_to
from annotations.views.problems import page
from annotations.views.projects import open_project
from annotations.views.writing import read


class AssignForm(forms.Form):
    """Who is to have an article, and until when; without a name oneself."""

    assignee = forms.CharField(required=False, max_length=150)
    due = forms.DateField(required=False)


@require_POST
@page
def assign(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Take an article, or give it to somebody."""
    project, article = _open(request, actor, slug, pk)
    sent = read(AssignForm(request.POST))
    name = sent["assignee"] or actor.user.username
    assign_article(actor=actor, article=article, username=name, due=sent["due"])
    words: dict[str, Any] = {"name": name, "title": article.title}
    told = (
        gettext("You have taken “%(title)s”.")
        if name == actor.user.username
        else gettext("“%(title)s” is with %(name)s now.")
    )
    messages.success(request, told % words, extra_tags="ok")
    return _back(project, article)


@require_POST
@page
def release(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Give an article back, or take it back from somebody."""
    project, article = _open(request, actor, slug, pk)
    name = read(AssignForm(request.POST))["assignee"] or actor.user.username
    release_article(actor=actor, article=article, username=name)
    messages.success(request, gettext("“%(title)s” is free again.") % {"title": article.title}, extra_tags="ok")
    return _back(project, article)


@require_POST
@page
def take_next(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Go to the article to work on next; a free one is taken."""
    project = open_project(request, actor, slug)
    article = take_next_article(actor=actor, project=project)
    if article is None:
        messages.info(request, gettext("Nothing is left to take: every article is begun or taken."), extra_tags="ok")
        return redirect_to(request, reverse("article-list", args=[project.slug]))
    return redirect_to(request, reverse("workbench", args=[project.slug, article.id]))


def _open(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> tuple[Project, Article]:
    project = open_project(request, actor, slug)
    article = get_article_for(actor, pk)
    if article.project_id != project.id:
        raise NotFound
    return project, article


def _back(project: Project, article: Article) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('article-list', args=[project.slug])}#article-row-{article.id}")
