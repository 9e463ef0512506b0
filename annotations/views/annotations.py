"""Making and changing tags in the workbench."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from annotations.anchoring.anchor import Segment
from annotations.models import Annotation
from annotations.queries.access import Actor
from annotations.queries.workbench import neighbours, party_named, place_of
from annotations.rules.kinds import Kind
from annotations.rules.registry import EntityType
from annotations.rules.texts import MAX_LINE, MAX_NOTE
from annotations.services.annotations import (
    AnnotationChange,
    AnnotationDraft,
    create_annotation,
    edit_annotation,
    withdraw_annotation,
)
from annotations.services.registry import create_party
from annotations.views.problems import page
from annotations.views.writing import ChangeForm, Desk, WriteForm, answer_write, once, open_desk, read, segments_of

KINDS = [(kind.value, kind.value) for kind in Kind]
ENTITY_TYPES = [(entity.value, entity.value) for entity in EntityType]


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
    """A new tag by quoting its words; `occurrence` counts from 1 when they stand there more than once."""

    kind = forms.ChoiceField(choices=KINDS)
    words = forms.CharField(max_length=100_000)
    occurrence = forms.IntegerField(min_value=1, max_value=100_000, initial=1)


class KindForm(ChangeForm):
    """Another kind for a tag."""

    kind = forms.ChoiceField(choices=KINDS)


class NoteForm(ChangeForm):
    """A note on a tag."""

    note = forms.CharField(required=False, max_length=MAX_NOTE, strip=False)


class PartiesForm(ChangeForm):
    """The parties of a mention: those kept, one added from the registry, or a new one by name."""

    keep = forms.MultipleChoiceField(required=False)
    add = forms.UUIDField(required=False)
    new = forms.CharField(required=False, max_length=MAX_LINE)
    entity_type = forms.ChoiceField(choices=ENTITY_TYPES, required=False)

    def clean_keep(self) -> tuple[UUID, ...]:
        """Give the ids that stay."""
        return tuple(UUID(pk) for pk in self.cleaned_data["keep"])

    def __init__(self, *args: Any, kept: tuple[UUID, ...] = (), **kwargs: Any) -> None:
        """Take as kept only what the mention has now."""
        super().__init__(*args, **kwargs)
        self.fields["keep"] = forms.MultipleChoiceField(required=False, choices=[(str(pk), str(pk)) for pk in kept])


@require_POST
@page
def tag(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Tag the selected text."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(TagForm(request.POST))
    return _create(request, desk, sent["key"], Kind(sent["kind"]), (sent["segments"], sent["exact"]))


@require_POST
@page
def tag_by_quoting(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Tag the n-th place of some words: the way without selecting, and without JavaScript."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(QuotingForm(request.POST))
    words = sent["words"].replace("\r\n", "\n")
    place = place_of(desk.article.text, words, sent["occurrence"])
    return _create(request, desk, sent["key"], Kind(sent["kind"]), ((place,), (words,)))


@require_POST
@page
def change_kind(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Give a tag another kind."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(KindForm(request.POST))
    return _change(request, desk, sent, AnnotationChange(kind=Kind(sent["kind"])))


@require_POST
@page
def change_note(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Change a tag's note."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(NoteForm(request.POST))
    return _change(request, desk, sent, AnnotationChange(note=sent["note"].replace("\r\n", "\n")))


@require_POST
@page
def change_parties(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Say whom a mention means."""
    desk = open_desk(request, actor, slug, pk)
    mention = desk.annotation(read(ChangeForm(request.POST))["annotation"])
    sent = read(PartiesForm(request.POST, kept=tuple(mention.parties)))

    def write() -> UUID:
        added = [sent["add"]] if sent["add"] else []
        if sent["new"]:
            fields = {"name": sent["new"], "entity_type": sent["entity_type"] or EntityType.ORGANISATION}
            added.append(create_party(actor=actor, project=desk.project, fields=fields).id)
        parties = tuple(dict.fromkeys([*sent["keep"], *added]))
        change = AnnotationChange(parties=parties)
        return edit_annotation(actor=actor, annotation=mention, version=sent["version"], change=change).id

    return _write(request, desk, sent["key"], mention, write)


@require_POST
@page
def withdraw(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Take a tag out."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(ChangeForm(request.POST))
    found = desk.annotation(sent["annotation"])

    def write() -> UUID:
        return withdraw_annotation(actor=actor, annotation=found, version=sent["version"]).id

    return _write(request, desk, sent["key"], found, write)


def _create(
    request: HttpRequest, desk: Desk, key: str, kind: Kind, place: tuple[tuple[Segment, ...], tuple[str, ...]]
) -> HttpResponse:
    segments, exact = place
    is_mention = kind is Kind.PARTY and len(exact) == 1
    named = party_named(desk.actor, desk.project.id, exact[0]) if is_mention else ()

    def write() -> UUID:
        draft = AnnotationDraft(kind=kind, segments=segments, exact=exact, parties=named)
        return create_annotation(actor=desk.actor, article=desk.article, draft=draft).id

    made = once(request, desk.actor, key, write)
    return answer_write(request, desk, focus=made, touched=segments, parties=kind is Kind.PARTY)


def _change(request: HttpRequest, desk: Desk, sent: dict[str, Any], change: AnnotationChange) -> HttpResponse:
    found = desk.annotation(sent["annotation"])

    def write() -> UUID:
        return edit_annotation(actor=desk.actor, annotation=found, version=sent["version"], change=change).id

    return _write(request, desk, sent["key"], found, write, becomes=change.kind)


def _write(
    request: HttpRequest,
    desk: Desk,
    key: str,
    found: Annotation,
    write: Callable[[], UUID],
    *,
    becomes: Kind | None = None,
) -> HttpResponse:
    """Change a tag and answer its blocks and those whose cards name it."""
    touched = [*segments_of(found), *neighbours(desk.actor, desk.article, found.id)]
    done = once(request, desk.actor, key, write)
    has_parties = Kind.PARTY in {Kind(found.kind), becomes}
    return answer_write(request, desk, focus=done, touched=touched, parties=has_parties)


def _json_list(text: object) -> list[Any]:
    try:
        found = json.loads(str(text or "[]"))
    except ValueError as error:
        raise ValidationError(gettext("This is not a list."), code="invalid") from error
    if not isinstance(found, list):
        raise ValidationError(gettext("This is not a list."), code="invalid")
    return found
