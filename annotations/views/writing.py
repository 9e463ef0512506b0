"""What every write of the workbench shares: its article, doing it once, and the parts of the page it answers."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from annotations.anchoring.anchor import Segment
from annotations.errors import FieldError, InvalidFields, NotFound
from annotations.models import Annotation, Article, Project
from annotations.queries.access import Actor, get_annotation_for, get_article_for, sees
from annotations.queries.steps import Steps, steps_of
from annotations.queries.tag_panel import Panel, panel_of
from annotations.queries.workbench import KindCount, TouchedText, party_counts, touched_cards, touched_text
from annotations.rules.kinds import Kind
from annotations.rules.review import HIDDEN
from annotations.services.idempotency import Claim, StoredAnswer, claim_key, store_answer
from annotations.views.attribute_fields import fields_of
from annotations.views.forms import WholeNumberField
from annotations.views.htmx import in_parts, is_htmx
from annotations.views.labels import KIND_LABELS, Label
from annotations.views.projects import open_project
from annotations.views.spoken import STEP_LABELS, saved


@dataclass(frozen=True, slots=True)
class Desk:
    """The article that is worked on, its project, and who works."""

    actor: Actor
    project: Project
    article: Article

    def annotation(self, pk: UUID) -> Annotation:
        """Fetch an annotation of this article. Raises: NotFound."""
        found = get_annotation_for(self.actor, pk)
        if found.article_id != self.article.id:
            raise NotFound
        return found

    @property
    def has_cues(self) -> bool:
        """Say whether the project marks cues."""
        return self.project.rules.has_cues

    def shown_kinds(self, counts: Iterable[KindCount]) -> list[KindCount]:
        """Leave out the kinds that are switched off."""
        return [count for count in counts if count.kind != Kind.CUE or self.has_cues]

    @property
    def kind_labels(self) -> dict[str, Label]:
        """Name the kinds that may be given here."""
        return {kind: label for kind, label in KIND_LABELS.items() if kind != Kind.CUE or self.has_cues}

    def address(self, name: str) -> str:
        """Give the address of one of the workbench's routes."""
        return reverse(name, args=[self.project.slug, self.article.id])


class WriteForm(forms.Form):
    """What every write carries: a key made in the browser, so that a repeat does nothing twice."""

    key = forms.CharField(max_length=200, required=False)


class ChangeForm(WriteForm):
    """A change names the annotation and the version it saw."""

    annotation = forms.UUIDField()
    version = WholeNumberField()


def open_desk(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> Desk:
    """Fetch the article of a page. Raises: NotFound."""
    project = open_project(request, actor, slug)
    article = get_article_for(actor, pk)
    if article.project_id != project.id:
        raise NotFound
    return Desk(actor, project, article)


def read(form: forms.Form) -> dict[str, Any]:
    """Give what a form holds. Raises: InvalidFields."""
    if form.is_valid():
        return form.cleaned_data
    raise InvalidFields(
        [
            FieldError(name, error.code or "invalid", " ".join(error.messages))
            for name, errors in form.errors.as_data().items()
            for error in errors
        ]
    )


def once(request: HttpRequest, actor: Actor, key: str, write: Callable[[], object]) -> str:
    """Write in one transaction and give what it answers as text; a repeat with the same key gives the first one's.

    Raises: IdempotencyConflict, InProgress, and what `write` raises.
    """
    sent = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    digest = hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()
    claim = Claim(actor.user, key or str(uuid4()), "POST", request.path, digest)
    with transaction.atomic():
        stored = claim_key(claim)
        if stored is not None:
            return stored.body
        made = str(write())
        store_answer(claim, StoredAnswer(200, made))
    return made


def once_id(request: HttpRequest, actor: Actor, key: str, write: Callable[[], UUID]) -> UUID:
    """Write once, as `once`, and give the id that was made."""
    return UUID(once(request, actor, key, write))


def panel_context(desk: Desk, focus: UUID | None) -> dict[str, Any]:
    """Give what the panel shows; an empty one when nothing is in focus or it is out of sight by now."""
    panel: Panel | None = None
    if focus is not None:
        found = Annotation.objects.filter(pk=focus, article=desk.article).select_related("author").first()
        if found is not None and found.state not in HIDDEN and sees(desk.actor, found):
            panel = panel_of(desk.actor, desk.article, found)
    fields = fields_of(panel.annotation) if panel is not None and panel.may_edit else ()
    return {"panel": panel, "fields": fields, "desk": desk, "kind_labels": desk.kind_labels, "key": uuid4()}


def steps_context(desk: Desk) -> dict[str, object]:
    """Give what the buttons of undo and redo show."""
    steps: Steps = steps_of(desk.actor, desk.article)
    return {
        "steps": steps,
        "undo_label": STEP_LABELS[steps.undo] if steps.undo else "",
        "redo_label": STEP_LABELS[steps.redo] if steps.redo else "",
    }


def answer_write(
    request: HttpRequest,
    desk: Desk,
    *,
    focus: UUID | None,
    touched: Iterable[Segment],
    parties: bool = False,
    said: str = "",
) -> HttpResponseBase:
    """Answer what the write changed on the page, the text first, with a sentence; without htmx go back to the page."""
    if not is_htmx(request):
        if said:
            messages.success(request, said, extra_tags="ok")
        query = f"?{urlencode({'focus': focus})}#annotation-panel" if focus else ""
        return HttpResponseRedirect(desk.address("workbench") + query)
    text = touched_text(desk.actor, desk.article, touched)

    def beside() -> dict[str, Any]:
        context = beside_context(desk, text, focus=focus, parties=parties)
        return {**context, "said": said or saved(context["panel"])}

    return in_parts(
        request,
        ("annotations/written_text.html", lambda: {"blocks": text.blocks}),
        ("annotations/written_beside.html", beside),
    )


def beside_context(desk: Desk, text: TouchedText, *, focus: UUID | None, parties: bool) -> dict[str, Any]:
    """Give what a write changes of the page beside the text."""
    return {
        **panel_context(desk, focus),
        **steps_context(desk),
        "groups": touched_cards(desk.actor, desk.article, text),
        "parties": party_counts(desk.actor, desk.article) if parties else None,
        "oob": True,
    }


def segments_of(annotation: Annotation) -> list[Segment]:
    """Give an annotation's segments."""
    return [Segment(start, end) for start, end in annotation.segments]
