"""Fix what came back and hand it in again in one go; take a reviewer's proposal in the author's own name."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from annotations.anchoring.anchor import Segment
from annotations.errors import DuplicateAnnotation, NotFound, NotYours, WrongState
from annotations.models import Annotation, Decision, Link
from annotations.queries.access import Actor, require
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Action
from annotations.rules.review import PAST, Act, State, next_state
from annotations.services.annotations import AnnotationChange, apply_change, change_content, repeated_by
from annotations.services.holding import hold_annotation, hold_link, record_change, save_state

_NOTHING = AnnotationChange()


def proposal_content(change: AnnotationChange) -> dict[str, object]:
    """Write a proposal as a decision keeps it: only what it would change."""
    content: dict[str, object] = {}
    if change.kind is not None:
        content["kind"] = str(change.kind)
    if change.segments is not None:
        content["segments"] = [[segment.start, segment.end] for segment in change.segments]
        content["exact"] = list(change.exact or ())
    if change.attributes is not None:
        content["attributes"] = dict(change.attributes)
    if change.parties is not None:
        content["parties"] = [str(party) for party in change.parties]
    return content


def proposed_change(content: Mapping[str, object]) -> AnnotationChange:
    """Read a stored proposal."""
    kind, segments, exact = content.get("kind"), content.get("segments"), content.get("exact")
    attributes, parties = content.get("attributes"), content.get("parties")
    return AnnotationChange(
        kind=Kind(kind) if isinstance(kind, str) else None,
        segments=tuple(Segment(*pair) for pair in segments) if isinstance(segments, list) else None,
        exact=tuple(exact) if isinstance(exact, list) else None,
        attributes=attributes if isinstance(attributes, dict) else None,
        parties=tuple(map(UUID, parties)) if isinstance(parties, list) else None,
    )


def check_proposal(annotation: Annotation, change: AnnotationChange) -> bool:
    """Say whether a proposal would change anything; leaves the row as it is.

    Raises: InvalidFields, SplitsGrapheme, TextMismatch.
    """
    copy = Annotation(**{field.attname: getattr(annotation, field.attname) for field in Annotation._meta.fields})
    return bool(change_content(copy, change))


def resubmit_annotation(
    *, actor: Actor, annotation: Annotation, version: int, change: AnnotationChange = _NOTHING
) -> Annotation:
    """Change one's annotation and hand it in again; without a change it goes as it is.

    Raises: NotAllowed, NotYours, Stale, InvalidFields, SplitsGrapheme, TextMismatch, WrongState, BreaksLinks,
    DuplicateAnnotation.
    """
    _require_author(actor, annotation)
    held = annotation
    try:
        with transaction.atomic():
            held = hold_annotation(annotation.id, version)
            apply_change(actor, held, change)
            _hand_in(actor, held)
    except DuplicateAnnotation as refusal:
        raise DuplicateAnnotation(repeated_by(held)) from refusal
    return held


def resubmit_link(*, actor: Actor, link: Link, version: int) -> Link:
    """Hand one's link in again as it is.

    Raises: NotAllowed, NotYours, Stale, WrongState, DuplicateLink.
    """
    _require_author(actor, link)
    with transaction.atomic():
        held = hold_link(link.id, version)
        _hand_in(actor, held)
    return held


def take_proposal(*, actor: Actor, decision: Decision) -> Annotation:
    """Make a reviewer's proposal the author's own next version and hand it in: two people have then agreed.

    Raises: NotFound (no proposal), NotAllowed, NotYours, Stale (changed since), WrongState (decided otherwise since).
    """
    annotation = decision.annotation
    if annotation is None or decision.proposal is None:
        raise NotFound
    _require_author(actor, annotation)
    with transaction.atomic():
        held = hold_annotation(annotation.id, decision.version)
        last = Decision.objects.filter(annotation=held).order_by("-at", "-id").values_list("pk", flat=True).first()
        if held.state != State.RETURNED or last != decision.pk:
            raise WrongState
        return resubmit_annotation(
            actor=actor, annotation=held, version=held.version, change=proposed_change(decision.proposal)
        )


def _require_author(actor: Actor, record: Annotation | Link) -> None:
    require(actor, Action.ANNOTATE, record.project_id)
    if not record.is_in_hands_of(actor.user.id):
        raise NotYours


def _hand_in(actor: Actor, held: Annotation | Link) -> None:
    """Submit a held record; a rejected one is reopened on the way."""
    acts = [Act.REOPEN, Act.SUBMIT] if held.state == State.REJECTED else [Act.SUBMIT]
    for act in acts:
        held.state = next_state(act, State(held.state))
        save_state(held)
        record_change(actor, held, PAST[act])
