"""Saying something about a record, and resolving its thread."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from annotations.queries.access import Actor
from annotations.queries.comments import seen_of, thread_of
from annotations.rules.comments import CommentAct
from annotations.rules.texts import MAX_NOTE
from annotations.services.comments import add_comment, see_record
from annotations.views.htmx import fragment, is_htmx
from annotations.views.problems import page
from annotations.views.projects import open_project
from annotations.views.record_words import shown_thread
from annotations.views.review import default_view, record_at
from annotations.views.review_forms import PlaceForm
from annotations.views.writing import WriteForm, once, read


class CommentForm(WriteForm):
    """An entry of a thread."""

    text = forms.CharField(required=False, max_length=MAX_NOTE, strip=False)
    act = forms.ChoiceField(choices=[(act.value, act.value) for act in CommentAct])


@require_POST
@page
def comment(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Add an entry to the thread of a record, and answer the thread."""
    project = open_project(request, actor, slug)
    place = PlaceForm(request.POST).place(default_view(actor, project))
    record = record_at(actor, project, place)
    sent = read(CommentForm(request.POST))
    text = sent["text"].replace("\r\n", "\n")
    act = CommentAct(sent["act"])
    once(request, actor, sent["key"], lambda: add_comment(actor=actor, record=record, text=text, act=act).id)
    if not is_htmx(request):
        return HttpResponseRedirect(f"{reverse('review', args=[project.slug])}?{place.full_query}#review-thread")
    seen = seen_of(actor, record)
    thread = shown_thread(thread_of(actor, record, seen.at if seen else None), actor)
    see_record(actor=actor, record=record)
    context = {"project": project, "place": place, "thread": thread, "may_comment": True}
    return fragment(request, "review/_thread.html", context)
