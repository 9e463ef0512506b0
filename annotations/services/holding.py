"""What every change of a stored record begins with: may this person, and is it still the version they saw."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from annotations.errors import NotFound, NotYours, Stale
from annotations.models import Annotation, Link
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action
from annotations.rules.review import State
from annotations.services.events import Happening, record_events
from annotations.services.records import refusals

STATE_FIELDS = ("state", "approved_version", "updated_at")


def require_editor(actor: Actor, record: Annotation | Link) -> None:
    """Let the author or assignee through, and an admin to others' work. Raises: NotFound, NotAllowed, NotYours."""
    require(actor, Action.ANNOTATE, record.project_id)
    if not record.is_in_hands_of(actor.user.id) and not actor.may(Action.EDIT_OTHERS, record.project_id):
        raise NotYours


def require_mover(actor: Actor, record: Annotation | Link) -> None:
    """Let through who may move the record by PATCH of its state, as it stands now.

    A suggestion is any analyst's; restoring is also an admin's; the rest is the author's alone.
    Raises: NotFound, NotAllowed, NotYours.
    """
    require(actor, Action.ANNOTATE, record.project_id)
    if record.state == State.SUGGESTED or record.is_in_hands_of(actor.user.id):
        return
    if record.state != State.WITHDRAWN or not actor.may(Action.EDIT_OTHERS, record.project_id):
        raise NotYours


def hold_annotation(pk: UUID, version: int) -> Annotation:
    """Lock an annotation until the transaction ends. Raises: NotFound, Stale."""
    held = Annotation.objects.select_for_update(of=("self",)).select_related("author").filter(pk=pk).first()
    if held is None:
        raise NotFound
    if held.version != version:
        raise Stale(held)
    return held


def hold_link(pk: UUID, version: int) -> Link:
    """Lock a link until the transaction ends. Raises: NotFound, Stale."""
    held = Link.objects.select_for_update(of=("self",)).select_related("author").filter(pk=pk).first()
    if held is None:
        raise NotFound
    if held.version != version:
        raise Stale(held)
    return held


def hold_ends(pks: Sequence[UUID]) -> dict[UUID, Annotation]:
    """Lock annotations in the order of their ids (always before links, so that two changes cannot entangle)."""
    found = Annotation.objects.select_for_update(of=("self",)).filter(pk__in=set(pks)).order_by("id")
    return {annotation.id: annotation for annotation in found}


def save_state(record: Annotation | Link, *also: str) -> None:
    """Store a changed state. Raises: DuplicateAnnotation, DuplicateLink when it comes back beside its like."""
    record.updated_at = timezone.now()
    with refusals():
        record.save(update_fields=[*STATE_FIELDS, *also])


def touching(annotation_id: UUID) -> Q:
    """Answer the links that start or end at an annotation."""
    return Q(source_id=annotation_id) | Q(target_id=annotation_id)


def happened(record: Annotation | Link, verb: str, **payload: object) -> Happening:
    """Name what happened to a record; a link's events go to its source's article."""
    if isinstance(record, Annotation):
        what, article, label = "annotation", record.article_id, record.kind
    else:
        what, article, label = "link", record.source_article_id, record.type
    content = {"version": record.version, "state": str(record.state), **payload}
    return Happening(f"{what}.{verb}", record.id, f"{what} {label}", article, content)


def record_change(actor: Actor, record: Annotation | Link, verb: str, **payload: object) -> None:
    """Write the one event of a change of one record."""
    record_events(actor=actor.user, project_id=record.project_id, happenings=[happened(record, verb, **payload)])
