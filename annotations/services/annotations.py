"""Create, edit, withdraw and move annotations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotations.anchoring.anchor import Segment
from annotations.anchoring.locate import check_segments
from annotations.errors import BreaksLinks, DuplicateAnnotation, FieldError, InvalidFields, InvalidInput
from annotations.models import Annotation, Article, Link, Project
from annotations.queries.access import Actor, require
from annotations.rules.chain import content_digest
from annotations.rules.kinds import Kind, attribute_errors, default_attributes, keep_attributes, party_errors
from annotations.rules.links import LinkType, check_ends
from annotations.rules.permissions import Action
from annotations.rules.review import PAST, Act, State, act_towards, next_state
from annotations.rules.texts import note_errors
from annotations.services.holding import (
    hold_annotation,
    record_change,
    require_editor,
    require_mover,
    save_state,
    touching,
)
from annotations.services.records import content_of, end_of, insert_annotations, update_record
from annotations.services.withdrawing import restore_along, withdraw_along

_CONTENT: Final = ("kind", "segments", "exact", "attributes", "parties", "note")


@dataclass(frozen=True, slots=True)
class AnnotationDraft:
    """What a new annotation is to hold; `exact` is the text the writer believes is at the segments."""

    kind: Kind
    segments: tuple[Segment, ...]
    exact: tuple[str, ...]
    attributes: Mapping[str, object] = field(default_factory=dict)
    parties: tuple[UUID, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnnotationChange:
    """What is to change; None leaves a field. `segments` come with `exact`."""

    kind: Kind | None = None
    segments: tuple[Segment, ...] | None = None
    exact: tuple[str, ...] | None = None
    attributes: Mapping[str, object] | None = None
    parties: tuple[UUID, ...] | None = None
    note: str | None = None


def create_annotation(*, actor: Actor, article: Article, draft: AnnotationDraft) -> Annotation:
    """Store a highlight as the actor's draft.

    Raises: NotAllowed, InvalidFields, SplitsGrapheme, TextMismatch, KindOff, DuplicateAnnotation.
    """
    require(actor, Action.ANNOTATE, article.project_id)
    check_draft(article.text, draft)
    check_kind(article.project_id, draft.kind)
    annotation = annotation_row(actor, article, draft)
    try:
        with transaction.atomic():
            insert_annotations([annotation], editor=actor.user)
            record_change(actor, annotation, "created", content=content_digest(content_of(annotation)))
    except DuplicateAnnotation as refusal:
        raise DuplicateAnnotation(repeated_by(annotation)) from refusal
    return annotation


def annotation_row(actor: Actor, article: Article, draft: AnnotationDraft) -> Annotation:
    """Make the row of a checked draft."""
    now = timezone.now()
    return Annotation(
        project_id=article.project_id,
        article_id=article.id,
        kind=draft.kind,
        segments=[[segment.start, segment.end] for segment in draft.segments],
        exact=list(draft.exact),
        attributes=default_attributes(draft.kind, draft.attributes, draft.exact),
        parties=list(draft.parties),
        note=draft.note,
        author=actor.user,
        origin={"by": "human"},
        created_at=now,
        updated_at=now,
    )


def check_draft(text: str, draft: AnnotationDraft) -> None:
    """Refuse content that no annotation of this text may have.

    Raises: InvalidFields, SplitsGrapheme, TextMismatch.
    """
    found = attribute_errors(draft.kind, draft.attributes)
    found += party_errors(draft.kind, draft.parties)
    found += note_errors("note", draft.note)
    if found:
        raise InvalidFields(found)
    check_segments(text, draft.segments, draft.exact)


def edit_annotation(*, actor: Actor, annotation: Annotation, version: int, change: AnnotationChange) -> Annotation:
    """Change content: the next version, in draft. A change that changes nothing keeps everything.

    Raises: NotAllowed, NotYours, Stale, InvalidFields, SplitsGrapheme, TextMismatch, WrongState,
    BreaksLinks, KindOff, DuplicateAnnotation.
    """
    require_editor(actor, annotation)
    changed: Annotation = annotation
    try:
        with transaction.atomic():
            changed = hold_annotation(annotation.id, version)
            apply_change(actor, changed, change)
    except DuplicateAnnotation as refusal:
        raise DuplicateAnnotation(repeated_by(changed)) from refusal
    return changed


def withdraw_annotation(*, actor: Actor, annotation: Annotation, version: int) -> Annotation:
    """Take an annotation and its living links out at once; both stay with their history.

    Raises: NotAllowed, NotYours, Stale, WrongState.
    """
    require_editor(actor, annotation)
    with transaction.atomic():
        held = hold_annotation(annotation.id, version)
        held.state = next_state(Act.WITHDRAW, State(held.state))
        held.approved_version = None
        save_state(held)
        links = list(Link.objects.living().filter(touching(held.id)).select_for_update().order_by("id"))
        for link in links:
            withdraw_along(link, held.id)
        record_change(actor, held, "withdrawn", links=[str(link.id) for link in links])
    return held


def move_annotation(*, actor: Actor, annotation: Annotation, version: int, state: State) -> Annotation:
    """Submit, recall, reopen, restore, accept or dismiss.

    Raises: NotAllowed, NotYours, Stale, WrongState, DuplicateAnnotation.
    """
    require_mover(actor, annotation)
    moved: Annotation = annotation
    try:
        with transaction.atomic():
            moved = hold_annotation(annotation.id, version)
            act = act_towards(state, State(moved.state))
            moved.state = next_state(act, State(moved.state))
            if act is Act.ACCEPT:
                moved.author = actor.user
            save_state(moved, "author")
            links = restore_along(moved.id) if act is Act.RESTORE else []
            record_change(actor, moved, PAST[act], links=[str(link.id) for link in links])
    except DuplicateAnnotation as refusal:
        raise DuplicateAnnotation(repeated_by(moved)) from refusal
    return moved


def turn(actor: Actor, annotation: Annotation, kind: Kind) -> None:
    """Make a counterclaim of a held claim, or the other way round: the next version, in draft.

    Raises: WrongState, DuplicateAnnotation.
    """
    annotation.kind = kind
    annotation.was_turned = kind is Kind.COUNTERCLAIM
    annotation.state = next_state(Act.EDIT, State(annotation.state))
    store_next_version(actor, annotation, ["kind", "was_turned"])


def store_next_version(actor: Actor, annotation: Annotation, fields: Sequence[str]) -> None:
    """Store the changed fields of a held annotation as its next version. Raises: DuplicateAnnotation."""
    annotation.version += 1
    annotation.updated_at = timezone.now()
    update_record(annotation, editor=actor.user, fields=fields)


def repeated_by(annotation: Annotation) -> UUID | None:
    """Find the living record that an annotation repeats."""
    found = Annotation.objects.living().filter(
        article_id=annotation.article_id,
        author_id=annotation.author_id,
        kind=annotation.kind,
        segments=annotation.segments,
    )
    paraphrase = annotation.attributes.get("paraphrase", "")
    annotator = annotation.origin.get("annotator", "")
    for other in found.exclude(pk=annotation.pk):
        if (other.attributes.get("paraphrase", ""), other.origin.get("annotator", "")) == (paraphrase, annotator):
            return other.id
    return None


def change_content(annotation: Annotation, change: AnnotationChange) -> list[str]:
    """Set what a change says on a row in memory, check all of it, and name the fields that differ.

    Raises: InvalidFields, SplitsGrapheme, TextMismatch.
    """
    before = content_of(annotation)
    _set_content(annotation, change)
    fields = [name for name in _CONTENT if content_of(annotation)[name] != before[name]]
    if fields:
        text = Article.objects.values_list("text", flat=True).get(pk=annotation.article_id)
        check_draft(text, _draft_of(annotation))
    return fields


def apply_change(actor: Actor, held: Annotation, change: AnnotationChange) -> None:
    """Store a change of a held annotation as its next version; nothing when it changes nothing.

    Raises: InvalidFields, SplitsGrapheme, TextMismatch, WrongState, BreaksLinks, KindOff, DuplicateAnnotation.
    """
    fields = change_content(held, change)
    if not fields:
        return
    held.state = next_state(Act.EDIT, State(held.state))
    if {"kind", "segments"} & set(fields):
        _check_links(held)
    if "kind" in fields:
        check_kind(held.project_id, Kind(held.kind))
        held.was_turned = False
    store_next_version(actor, held, [*fields, "was_turned"])
    record_change(actor, held, "edited", content=content_digest(content_of(held)))


def check_kind(project_id: UUID, kind: Kind) -> None:
    """Refuse a cue where the project marks none. Raises: KindOff."""
    # Nothing else can be switched off, so nothing else has to be asked.
    if kind is Kind.CUE:
        Project.objects.get(pk=project_id).rules.check_kind(kind)


def _set_content(held: Annotation, change: AnnotationChange) -> None:
    if (change.segments is None) != (change.exact is None):
        raise InvalidFields([FieldError("exact", "required", "segments and exact are changed together.")])
    if change.segments is not None and change.exact is not None:
        held.segments = [[segment.start, segment.end] for segment in change.segments]
        held.exact = list(change.exact)
    if change.attributes is not None:
        held.attributes = dict(change.attributes)
    if change.parties is not None:
        held.parties = list(change.parties)
    if change.note is not None:
        held.note = change.note
    if change.kind is not None and change.kind != held.kind:
        held.kind = change.kind
        kept = held.attributes if change.attributes is not None else keep_attributes(change.kind, held.attributes)
        held.attributes = default_attributes(change.kind, kept, held.exact)
        if change.kind is not Kind.PARTY and change.parties is None:
            held.parties = []


def _draft_of(held: Annotation) -> AnnotationDraft:
    segments = tuple(Segment(start, end) for start, end in held.segments)
    return AnnotationDraft(
        Kind(held.kind), segments, tuple(held.exact), held.attributes, tuple(held.parties), held.note
    )


def _check_links(held: Annotation) -> None:
    """Refuse a change that leaves a living link illegal. Raises: BreaksLinks."""
    # Locked before their other ends are read: two people changing both ends at once see each other's change.
    links = list(Link.objects.living().filter(touching(held.id)).select_for_update().order_by("id"))
    ends = Annotation.objects.in_bulk({end for link in links for end in (link.source_id, link.target_id)})
    ends[held.id] = held
    broken: list[str] = []
    for link in links:
        try:
            check_ends(LinkType(link.type), end_of(ends[link.source_id]), end_of(ends[link.target_id]))
        except InvalidInput:
            broken.append(str(link.id))
    if broken:
        raise BreaksLinks(broken)
