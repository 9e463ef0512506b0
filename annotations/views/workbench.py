"""The workbench of one article: the page, the panel of the tag in focus, submitting."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotations.models import Annotation
from annotations.queries.access import Actor
from annotations.queries.key_settings import own_keys
from annotations.queries.tag_panel import Picker, picker_of
from annotations.queries.workbench import article_page, missing_words
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Action
from annotations.services.assignments import take_next_article
from annotations.services.submission import ATTRIBUTES_MISSING, Missing, Submission, missing_in, submit_article
from annotations.views.htmx import fragment, is_htmx, redirect_to, retarget
from annotations.views.labels import ATTRIBUTE_LABELS
from annotations.views.links import PICKS, picked_type
from annotations.views.problems import page
from annotations.views.writing import Desk, WriteForm, open_desk, panel_context, read, steps_context


class FocusForm(forms.Form):
    """Which tag the panel shows; none closes it. `pick` opens the choice of a link's other end in it."""

    focus = forms.UUIDField(required=False)
    pick = forms.ChoiceField(required=False, choices=PICKS)
    query = forms.CharField(required=False, max_length=200)
    everywhere = forms.BooleanField(required=False)

    def wanted(self) -> "Wanted":
        """Give what is usable of the input, so that an old address still opens."""
        self.is_valid()
        clean = self.cleaned_data
        return Wanted(
            clean.get("focus"), clean.get("pick") or "", clean.get("query") or "", bool(clean.get("everywhere"))
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks the workbench to show."""

    focus: UUID | None
    pick: str
    query: str
    is_everywhere: bool


@require_safe
@page
def show_workbench(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Show an article with its tags."""
    desk = open_desk(request, actor, slug, pk)
    wanted = FocusForm(request.GET).wanted()
    context = panel_context(desk, wanted.focus)
    shown = article_page(actor, desk.article)
    keys = own_keys(actor)
    panel = context["panel"]
    if panel is not None and wanted.pick:
        context["picker"] = _picker(desk, panel.annotation, wanted)
    return render(
        request,
        "articles/detail.html",
        {
            **context,
            **steps_context(desk),
            "pick": wanted.pick,
            "keys": keys.as_json,
            "single_keys": keys.has_single_keys,
            "project": desk.project,
            "section": "workbench",
            "article": desk.article,
            "blocks": shown.blocks,
            "groups": shown.groups,
            "kinds": desk.shown_kinds(shown.kinds),
            "may_redact": actor.may(Action.REQUEST_REDACTION, desk.project.id),
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
    wanted = FocusForm(request.GET).wanted()
    return fragment(request, "annotations/_panel.html", panel_context(desk, wanted.focus))


def _picker(desk: Desk, annotation: Annotation, wanted: Wanted) -> Picker | None:
    """Open the choice of a link's other end; none for a kind without such links."""
    type_ = picked_type(Kind(annotation.kind), wanted.pick)
    if type_ is None:
        return None
    return picker_of(desk.actor, desk.article, annotation, type_, wanted.query, is_everywhere=wanted.is_everywhere)


class SubmitForm(WriteForm):
    """Submitting; `confirm` says that what is missing may stay so."""

    confirm = forms.BooleanField(required=False)


@require_POST
@page
def submit(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Send one's drafts of the article to review and go on to the next article; ask first when something is missing."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(SubmitForm(request.POST))
    if not sent["confirm"]:
        missing = missing_in(actor=actor, article=desk.article)
        if missing:
            return _ask(request, desk, missing)
    done = submit_article(actor=actor, article=desk.article)
    _tell(request, done)
    if not done.annotations and not done.links:
        return redirect_to(request, desk.address("workbench"))
    following = take_next_article(actor=actor, project=desk.project)
    if following is None:
        messages.info(request, gettext("Nothing is left to take: every article is begun or taken."), extra_tags="ok")
        return redirect_to(request, reverse("article-list", args=[desk.project.slug]))
    return redirect_to(request, reverse("workbench", args=[desk.project.slug, following.id]))


def _ask(request: HttpRequest, desk: Desk, missing: Sequence[Missing]) -> HttpResponse:
    """Show what is missing, each with a way to it, before anything is sent."""
    words = missing_words(desk.actor, desk.article, [found.annotation for found in missing])
    items = [
        (found.annotation, *words[found.annotation], _lacking(found)) for found in missing if found.annotation in words
    ]
    context = {"items": items, "desk": desk, "project": desk.project, "article": desk.article, "section": "workbench"}
    if not is_htmx(request):
        return render(request, "articles/missing.html", context)
    return retarget(fragment(request, "articles/_missing.html", context), "#article-missing")


def _lacking(found: Missing) -> str:
    """Say what one tag lacks."""
    name = found.code.removeprefix(ATTRIBUTES_MISSING)
    if name == found.code:
        return gettext(found.detail)
    return gettext("This project asks for: %(attribute)s.") % {"attribute": ATTRIBUTE_LABELS[name]}


def _tell(request: HttpRequest, done: Submission) -> None:
    if not done.annotations and not done.links:
        messages.info(request, gettext("Nothing to submit: you have no drafts in this article."))
        return
    tags = ngettext("%(count)d tag", "%(count)d tags", done.annotations) % {"count": done.annotations}
    links = ngettext("%(count)d link", "%(count)d links", done.links) % {"count": done.links}
    told = gettext("Submitted for review: %(tags)s and %(links)s.") % {"tags": tags, "links": links}
    messages.success(request, told, extra_tags="ok")
    lacking = len({found.annotation for found in done.missing if not found.code.startswith(ATTRIBUTES_MISSING)})
    if lacking:
        sentence = ngettext(
            "%(count)d tag still lacks its speaker, claimant or disputed claim and cannot be approved so.",
            "%(count)d tags still lack their speaker, claimant or disputed claim and cannot be approved so.",
            lacking,
        )
        messages.warning(request, sentence % {"count": lacking}, extra_tags="warn")
