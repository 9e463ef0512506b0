"""The workbench of one article: the page, the panel of the tag in focus, submitting."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotations.queries.access import Actor
from annotations.queries.tag_panel import WHO, picker_of
from annotations.queries.workbench import article_page
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Action
from annotations.services.submission import Submission, submit_article
from annotations.views.htmx import fragment, redirect_to
from annotations.views.problems import page
from annotations.views.writing import WriteForm, open_desk, panel_context, read


class FocusForm(forms.Form):
    """Which tag the panel shows; none closes it. `pick` opens the choice of a link's other end in it."""

    focus = forms.UUIDField(required=False)
    pick = forms.ChoiceField(required=False, choices=[("who", "who"), ("disputed", "disputed")])
    query = forms.CharField(required=False, max_length=200)

    def wanted(self) -> tuple[UUID | None, str, str]:
        """Give what is usable of the input, so that an old address still opens."""
        self.is_valid()
        clean = self.cleaned_data
        return clean.get("focus"), clean.get("pick") or "", clean.get("query") or ""


@require_safe
@page
def show_workbench(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Show an article with its tags."""
    desk = open_desk(request, actor, slug, pk)
    focus, pick, query = FocusForm(request.GET).wanted()
    context = panel_context(desk, focus)
    shown = article_page(actor, desk.article)
    panel = context["panel"]
    if panel is not None and pick and focus is not None:
        found = desk.annotation(focus)
        type_ = LinkType.DISPUTES if pick == "disputed" else WHO.get(Kind(found.kind))
        context["picker"] = picker_of(actor, desk.article, found, type_, query) if type_ else None
    return render(
        request,
        "articles/detail.html",
        {
            **context,
            "project": desk.project,
            "section": "workbench",
            "article": desk.article,
            "blocks": shown.blocks,
            "kinds": shown.kinds,
            "parties": shown.parties,
            "may_annotate": actor.may(Action.ANNOTATE, desk.project.id),
            "bar_template": "annotations/_save_state.html",
        },
    )


@require_safe
@page
def show_panel(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Answer the panel of the tag in focus."""
    desk = open_desk(request, actor, slug, pk)
    focus, _pick, _query = FocusForm(request.GET).wanted()
    return fragment(request, "annotations/_panel.html", panel_context(desk, focus))


@require_POST
@page
def submit(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Send one's drafts of the article to review."""
    desk = open_desk(request, actor, slug, pk)
    read(WriteForm(request.POST))
    done = submit_article(actor=actor, article=desk.article)
    _tell(request, done)
    return redirect_to(request, desk.address("workbench"))


def _tell(request: HttpRequest, done: Submission) -> None:
    if not done.annotations and not done.links:
        messages.info(request, gettext("Nothing to submit: you have no drafts in this article."))
        return
    tags = ngettext("%(count)d tag", "%(count)d tags", done.annotations) % {"count": done.annotations}
    links = ngettext("%(count)d link", "%(count)d links", done.links) % {"count": done.links}
    told = gettext("Submitted for review: %(tags)s and %(links)s.") % {"tags": tags, "links": links}
    messages.success(request, told, extra_tags="ok")
    if done.missing:
        lacking = len({missing.annotation for missing in done.missing})
        sentence = ngettext(
            "%(count)d tag still lacks its speaker, claimant or disputed claim and cannot be approved so.",
            "%(count)d tags still lack their speaker, claimant or disputed claim and cannot be approved so.",
            lacking,
        )
        messages.warning(request, sentence % {"count": lacking}, extra_tags="warn")
