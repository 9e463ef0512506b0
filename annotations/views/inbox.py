"""The author's inbox: what came back and why, one key to fix it and hand it in again."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from annotations.errors import InvalidFields, NewsdeskError, NotFound
from annotations.models import Annotation, Article, Decision, Link, Project
from annotations.queries.access import Actor, get_annotation_for, get_decision_for, get_link_for, require
from annotations.queries.inbox import MOST_COUNTED, inbox_count, inbox_of
from annotations.rules.permissions import Action
from annotations.services.comments import settle_record
from annotations.services.notices import mark_comments_read, mark_given_read
from annotations.services.resubmission import resubmit_annotation, resubmit_link, take_proposal
from annotations.views.content_forms import ContentForm
from annotations.views.htmx import fragment
from annotations.views.inbox_words import shown_comment, shown_item
from annotations.views.problems import alert_of, page
from annotations.views.projects import open_project
from annotations.views.review_forms import Named, read_named


@require_safe
@page
def show_inbox(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show what waits for the author."""
    project = open_project(request, actor, slug)
    return render(request, "inbox/inbox.html", _context(actor, project))


@require_safe
@page
def show_count(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Answer the number in the bar."""
    project = open_project(request, actor, slug)
    count = inbox_count(actor, project)
    words = f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
    return fragment(request, "inbox/_count.html", {"project": project, "count": count, "words": words})


@require_POST
@page
def take(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Take a reviewer's proposal and hand the record in again."""
    project = open_project(request, actor, slug)
    decision = get_decision_for(actor, pk)
    if decision.project_id != project.id:
        raise NotFound
    return _try(request, actor, project, lambda: _take(actor, decision))


@require_POST
@page
def fix(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Hand a record in again: changed where the form changes it, else as it is."""
    project = open_project(request, actor, slug)
    named = read_named(request.POST.get("record", ""))
    record = _record(actor, project, named)
    if isinstance(record, Link):
        return _try(request, actor, project, lambda: _resubmit_link(actor, record, named))
    form = ContentForm(record, actor, request.POST) if "content-kind" in request.POST else None
    text = Article.objects.values_list("text", flat=True).get(pk=record.article_id)
    if form is not None and not form.find(text):
        return _refused(request, actor, project, InvalidFields([]), (record.id, form))
    return _try(request, actor, project, lambda: _resubmit(actor, record, named, form, text), (record.id, form))


@require_POST
@page
def settle(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Put a record away."""
    project = open_project(request, actor, slug)
    require(actor, Action.READ, project.id)
    settle_record(actor=actor, record=_record(actor, project, read_named(request.POST.get("record", ""))))
    return _back(request, project, gettext("Put away."))


@require_POST
@page
def read_comments(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Take notice of all that was said."""
    project = open_project(request, actor, slug)
    mark_comments_read(actor=actor, project=project)
    return _back(request, project, gettext("Marked as read."))


@require_POST
@page
def read_given(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Take notice of the articles that were given."""
    project = open_project(request, actor, slug)
    mark_given_read(actor=actor, project=project)
    return _back(request, project, gettext("Marked as read."))


def _take(actor: Actor, decision: Decision) -> str:
    take_proposal(actor=actor, decision=decision)
    return gettext("Taken as your own, and handed in again.")


def _resubmit(actor: Actor, record: Annotation, named: Named, form: ContentForm | None, text: str) -> str:
    if form is None:
        resubmit_annotation(actor=actor, annotation=record, version=named.version)
    else:
        resubmit_annotation(actor=actor, annotation=record, version=named.version, change=form.change(text))
    return gettext("Handed in again.")


def _resubmit_link(actor: Actor, link: Link, named: Named) -> str:
    resubmit_link(actor=actor, link=link, version=named.version)
    return gettext("Handed in again.")


def _record(actor: Actor, project: Project, named: Named) -> Annotation | Link:
    """Fetch a record of this project. Raises: NotFound."""
    record = get_link_for(actor, named.id) if named.is_link else get_annotation_for(actor, named.id)
    if record.project_id != project.id:
        raise NotFound
    return record


def _try(
    request: HttpRequest,
    actor: Actor,
    project: Project,
    act: Callable[[], str],
    kept: tuple[UUID, ContentForm | None] | None = None,
) -> HttpResponse:
    """Do it and go back to the inbox; a refusal shows the inbox with the form as it was typed."""
    try:
        told = act()
    except NewsdeskError as refusal:
        return _refused(request, actor, project, refusal, kept)
    return _back(request, project, told)


def _back(request: HttpRequest, project: Project, told: str) -> HttpResponse:
    messages.success(request, told, extra_tags="ok")
    return HttpResponseRedirect(reverse("inbox", args=[project.slug]))


def _refused(
    request: HttpRequest,
    actor: Actor,
    project: Project,
    refusal: NewsdeskError,
    kept: tuple[UUID, ContentForm | None] | None,
) -> HttpResponse:
    context = {**_context(actor, project, kept), "alert": alert_of(refusal)}
    return render(request, "inbox/inbox.html", context, status=refusal.status)


def _context(actor: Actor, project: Project, kept: tuple[UUID, ContentForm | None] | None = None) -> dict[str, object]:
    inbox = inbox_of(actor, project)
    items = []
    for item in inbox.items:
        form = kept[1] if kept is not None and kept[0] == item.record.pk else None
        items.append(shown_item(actor, item, inbox.party_names, form))
    return {
        "project": project,
        "section": "inbox",
        "items": items,
        "comments": [shown_comment(comment) for comment in inbox.comments],
        "given": inbox.given,
        "digest": inbox.digest,
        "more": inbox.more,
        "may_annotate": actor.may(Action.ANNOTATE, project.id),
    }
