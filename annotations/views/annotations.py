"""Making and changing tags in the workbench."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from annotations.anchoring.anchor import Segment
from annotations.errors import DuplicateAnnotation, Stale
from annotations.models import Annotation
from annotations.queries.access import Actor
from annotations.queries.workbench import neighbours, party_named, place_of
from annotations.rules.kinds import Kind
from annotations.rules.steps import StepKind
from annotations.rules.texts import MAX_NOTE
from annotations.services.annotations import AnnotationChange, AnnotationDraft
from annotations.services.tagging import change_tag, create_tag, remove_tag
from annotations.views.conflicts import answer_conflict
from annotations.views.forms import WholeNumberField
from annotations.views.labels import KIND_LABELS
from annotations.views.problems import page
from annotations.views.writing import ChangeForm, Desk, WriteForm, answer_write, once_id, open_desk, read, segments_of

KINDS = [(kind.value, kind.value) for kind in Kind]


class SegmentsField(forms.Field):
    """Segments as JSON: `[[start, end], …]` in code points."""

    def to_python(self, value: Any) -> tuple[Segment, ...]:
        """Give the segments. Raises: ValidationError."""
        pairs = _json_list(value)
        if not all(isinstance(pair, list) and len(pair) == 2 and all(type(n) is int for n in pair) for pair in pairs):
            raise ValidationError(gettext("Segments are pairs of offsets."), code="invalid")
        return tuple(Segment(start, end) for start, end in pairs)


class TextsField(forms.Field):
    """Texts as JSON, because a form would change their line ends."""

    def to_python(self, value: Any) -> tuple[str, ...]:
        """Give the texts. Raises: ValidationError."""
        texts = _json_list(value)
        if not all(isinstance(text, str) for text in texts):
            raise ValidationError(gettext("The texts of the segments are missing."), code="invalid")
        return tuple(texts)


class TagForm(WriteForm):
    """A new tag by selecting: `exact` is the text that the browser believes is there."""

    kind = forms.ChoiceField(choices=KINDS)
    segments = SegmentsField()
    exact = TextsField()


class QuotingForm(WriteForm):
    """A new tag by quoting its words; `occurrence` counts from 1 when they stand there more than once.

    `speaker` is a party mention to link to, as the speaker or claimant.
    """

    kind = forms.ChoiceField(choices=KINDS)
    words = forms.CharField(max_length=100_000)
    occurrence = WholeNumberField(max_value=100_000, initial=1)
    speaker = forms.UUIDField(required=False)


class KindForm(ChangeForm):
    """Another kind for a tag."""

    kind = forms.ChoiceField(choices=KINDS)


class NoteForm(ChangeForm):
    """A note on a tag."""

    note = forms.CharField(required=False, max_length=MAX_NOTE, strip=False)


class SpanForm(ChangeForm):
    """Another span for a tag: by selecting, or by quoting the words."""

    segments = SegmentsField(required=False)
    exact = TextsField(required=False)
    words = forms.CharField(required=False, max_length=100_000)
    occurrence = WholeNumberField(max_value=100_000, required=False)


@require_POST
@page
def tag(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Tag the selected text."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(TagForm(request.POST))
    return _create(request, desk, sent, (sent["segments"], sent["exact"]))


@require_POST
@page
def tag_by_quoting(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Tag the n-th place of some words: the way without selecting, and without JavaScript."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(QuotingForm(request.POST))
    words = sent["words"].replace("\r\n", "\n")
    place = place_of(desk.article.text, words, sent["occurrence"])
    return _create(request, desk, sent, ((place,), (words,)))


@require_POST
@page
def change_kind(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Give a tag another kind."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(KindForm(request.POST))
    return _change(request, desk, sent, AnnotationChange(kind=Kind(sent["kind"])), StepKind.KIND)


@require_POST
@page
def change_note(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Change a tag's note."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(NoteForm(request.POST))
    change = AnnotationChange(note=sent["note"].replace("\r\n", "\n"))
    return _change(request, desk, sent, change, StepKind.NOTE)


@require_POST
@page
def change_span(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Give a tag another span."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(SpanForm(request.POST))
    segments, exact = sent["segments"], sent["exact"]
    if sent["words"]:
        words = sent["words"].replace("\r\n", "\n")
        segments, exact = (place_of(desk.article.text, words, sent["occurrence"] or 1),), (words,)
    return _change(request, desk, sent, AnnotationChange(segments=segments, exact=exact), StepKind.SPAN)


@require_POST
@page
def withdraw(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Take a tag out."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(ChangeForm(request.POST))
    found = desk.annotation(sent["annotation"])

    def write() -> UUID:
        return remove_tag(actor=actor, article=desk.article, annotation=found, version=sent["version"]).id

    said = gettext("%(kind)s removed") % {"kind": KIND_LABELS[found.kind]}
    return _write(request, desk, sent, found, write, said=said)


def _create(
    request: HttpRequest, desk: Desk, sent: dict[str, Any], place: tuple[tuple[Segment, ...], tuple[str, ...]]
) -> HttpResponseBase:
    segments, exact = place
    kind = Kind(sent["kind"])
    is_mention = kind is Kind.PARTY and len(exact) == 1
    named = party_named(desk.actor, desk.project.id, exact[0]) if is_mention else ()
    who = desk.annotation(sent["speaker"]).id if sent.get("speaker") else None

    def write() -> UUID:
        draft = AnnotationDraft(kind=kind, segments=segments, exact=exact, parties=named)
        return create_tag(actor=desk.actor, article=desk.article, draft=draft, who=who).id

    try:
        made = once_id(request, desk.actor, sent["key"], write)
    except DuplicateAnnotation as refusal:
        if refusal.extras["existing"] is None:
            raise
        there = UUID(str(refusal.extras["existing"]))
        said = gettext("You have already tagged this; here it is.")
        return answer_write(request, desk, focus=there, touched=segments, said=said)
    return answer_write(request, desk, focus=made, touched=segments, parties=kind is Kind.PARTY)


def _change(
    request: HttpRequest, desk: Desk, sent: dict[str, Any], change: AnnotationChange, step: StepKind
) -> HttpResponseBase:
    found = desk.annotation(sent["annotation"])

    def write() -> UUID:
        return change_tag(
            actor=desk.actor,
            article=desk.article,
            annotation=found,
            version=sent["version"],
            change=change,
            kind=step,
        ).id

    return _write(request, desk, sent, found, write, change=change)


def _write(
    request: HttpRequest,
    desk: Desk,
    sent: dict[str, Any],
    found: Annotation,
    write: Callable[[], UUID],
    *,
    change: AnnotationChange | None = None,
    said: str = "",
) -> HttpResponseBase:
    """Change a tag and answer its blocks, those it came to lie in, and those whose cards name it."""
    touched = [*segments_of(found), *neighbours(desk.actor, desk.article, found.id)]
    touched += (change.segments or ()) if change else ()
    try:
        done = once_id(request, desk.actor, sent["key"], write)
    except Stale as refusal:
        return answer_conflict(request, desk, found, sent, refusal)
    has_parties = Kind.PARTY in {Kind(found.kind), change.kind if change else None}
    return answer_write(request, desk, focus=done, touched=touched, parties=has_parties, said=said)


def _json_list(text: object) -> list[Any]:
    try:
        found = orjson.loads(str(text or "[]"))
    except ValueError as error:
        raise ValidationError(gettext("This is not a list."), code="invalid") from error
    if not isinstance(found, list):
        raise ValidationError(gettext("This is not a list."), code="invalid")
    return found
