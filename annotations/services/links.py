"""Create, edit, withdraw and move links; a disputes link makes a counterclaim of its author's own claim."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotations.errors import (
    AlreadyCued,
    AlreadyExpressed,
    Conflict,
    DuplicateAnnotation,
    DuplicateLink,
    FieldError,
    InvalidFields,
    NotYours,
    WrongState,
)
from annotations.models import Annotation, Link
from annotations.models.annotations import in_hands_of
from annotations.queries.access import Actor, require, visible_annotations
from annotations.rules.chain import content_digest
from annotations.rules.kinds import Kind
from annotations.rules.links import (
    LinkType,
    check_ends,
    check_link_attributes,
    link_attribute_errors,
    turns_into_counterclaim,
)
from annotations.rules.permissions import Action
from annotations.rules.review import NOT_LIVING, PAST, Act, State, act_towards, next_state
from annotations.rules.texts import note_errors
from annotations.services.annotations import repeated_by, turn
from annotations.services.events import Happening, record_events
from annotations.services.holding import (
    happened,
    hold_ends,
    hold_link,
    require_editor,
    require_mover,
    save_state,
)
from annotations.services.records import content_of, end_of, insert_links, update_record
from annotations.services.withdrawing import withdraw_along

_REPEATS: Final = (DuplicateLink, AlreadyExpressed, AlreadyCued)


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """What a new link is to join."""

    type: LinkType
    source: UUID
    target: UUID
    attributes: Mapping[str, object] = field(default_factory=dict)
    note: str = ""


def create_link(*, actor: Actor, draft: LinkDraft, project_id: UUID | None = None) -> Link:
    """Store a relation as the actor's draft; both ends are looked for in one project where that is known.

    A disputes link from the actor's own claim turns that claim into a counterclaim in the same transaction.
    Raises: InvalidFields (an end not found, attributes), NotAllowed, NotYours, OtherProject, SelfLink,
    KindNotAllowed, CrossArticle, OutsideQuote, WrongState, DuplicateLink, AlreadyExpressed,
    AlreadyCued, DuplicateAnnotation.
    """
    try:
        with transaction.atomic():
            link = _create(actor, draft, project_id)
    except _REPEATS as refusal:
        raise _named(refusal, draft.type, draft.source, draft.target) from refusal
    return link


def edit_link(
    *,
    actor: Actor,
    link: Link,
    version: int,
    attributes: Mapping[str, object] | None = None,
    note: str | None = None,
) -> Link:
    """Change attributes or note: the next version, in draft. A change that changes nothing keeps everything.

    Raises: NotAllowed, NotYours, Stale, InvalidFields, WrongState; of a rejected link, which lives again
    by this, also what keeps it from joining its ends, and DuplicateLink.
    """
    require_editor(actor, link)
    try:
        with transaction.atomic():
            ends = hold_ends([link.source_id, link.target_id])
            held = hold_link(link.id, version)
            before = content_of(held)
            _set_content(held, attributes, note)
            if content_of(held) == before:
                return held
            was_living = held.state not in NOT_LIVING
            held.state = next_state(Act.EDIT, State(held.state))
            turned: list[Happening] = []
            if not was_living:
                turned = _join(actor, LinkType(held.type), ends[held.source_id], ends[held.target_id])
            held.version += 1
            held.updated_at = timezone.now()
            update_record(held, editor=actor.user, fields=["attributes", "note"])
            edited = happened(held, "edited", content=content_digest(content_of(held)))
            record_events(actor=actor.user, project_id=held.project_id, happenings=[edited, *turned])
    except _REPEATS as refusal:
        raise _named(refusal, LinkType(link.type), link.source_id, link.target_id) from refusal
    return held


def withdraw_link(*, actor: Actor, link: Link, version: int) -> Link:
    """Take a link out. Its author, the author of its source and admins may.

    The last disputes link that its author takes back from a claim it had turned turns the claim back.
    Raises: NotAllowed, NotYours, Stale, WrongState, DuplicateAnnotation.
    """
    require_withdrawer(actor, link)
    with transaction.atomic():
        source = hold_ends([link.source_id, link.target_id])[link.source_id]
        held = hold_link(link.id, version)
        held.state = next_state(Act.WITHDRAW, State(held.state))
        withdraw_along(held, None)
        happenings = [happened(held, "withdrawn")]
        if _turns_back(actor, held, source):
            turn(actor, source, Kind.CLAIM)
            happenings.append(happened(source, "turned", content=content_digest(content_of(source))))
        record_events(actor=actor.user, project_id=held.project_id, happenings=happenings)
    return held


def move_link(*, actor: Actor, link: Link, version: int, state: State) -> Link:
    """Submit, recall, reopen, restore, accept or dismiss.

    Raises: NotAllowed, NotYours, Stale, WrongState, InvalidInput (no longer legal), DuplicateLink.
    """
    require_mover(actor, link)
    try:
        with transaction.atomic():
            ends = hold_ends([link.source_id, link.target_id])
            held = hold_link(link.id, version)
            was_living = held.state not in NOT_LIVING
            act = act_towards(state, State(held.state))
            held.state = next_state(act, State(held.state))
            happenings: list[Happening] = []
            if not was_living and held.state not in NOT_LIVING:
                source, target = ends[held.source_id], ends[held.target_id]
                happenings = _join(actor, LinkType(held.type), source, target)
            if act is Act.ACCEPT:
                held.author = actor.user
            held.withdrawn_with = None
            save_state(held, "author", "withdrawn_with")
            happenings.insert(0, happened(held, PAST[act]))
            record_events(actor=actor.user, project_id=held.project_id, happenings=happenings)
    except _REPEATS as refusal:
        raise _named(refusal, LinkType(link.type), link.source_id, link.target_id) from refusal
    return held


def _create(actor: Actor, draft: LinkDraft, project_id: UUID | None) -> Link:
    wanted = visible_annotations(actor, project_id).filter(pk__in={draft.source, draft.target})
    ends = {end.id: end for end in wanted.select_for_update(of=("self",)).order_by("id")}
    link, turned = join_row(actor, draft, ends)
    insert_links([link], editor=actor.user)
    created = happened(link, "created", content=content_digest(content_of(link)))
    record_events(actor=actor.user, project_id=link.project_id, happenings=[created, *turned])
    return link


def join_row(actor: Actor, draft: LinkDraft, held: Mapping[UUID, Annotation]) -> tuple[Link, list[Happening]]:
    """Make the row of a checked draft between two of the held annotations, turning a claim where the link does that.

    Raises: what create_link does, but for what only the database knows.
    """
    missing = [name for name, pk in (("source", draft.source), ("target", draft.target)) if pk not in held]
    if missing:
        raise InvalidFields([FieldError(name, "not_found", "There is no such annotation.") for name in missing])
    source, target = held[draft.source], held[draft.target]
    require(actor, Action.ANNOTATE, source.project_id)
    found = link_attribute_errors(draft.type, draft.attributes) + note_errors("note", draft.note)
    if found:
        raise InvalidFields(found)
    turned = _join(actor, draft.type, source, target)
    now = timezone.now()
    link = Link(
        project_id=source.project_id,
        type=draft.type,
        source_id=source.id,
        target_id=target.id,
        source_article_id=source.article_id,
        target_article_id=target.article_id,
        attributes=dict(draft.attributes),
        note=draft.note,
        author=actor.user,
        origin={"by": "human"},
        created_at=now,
        updated_at=now,
    )
    return link, turned


def _set_content(held: Link, attributes: Mapping[str, object] | None, note: str | None) -> None:
    if attributes is not None:
        check_link_attributes(LinkType(held.type), attributes)
        held.attributes = dict(attributes)
    if note is not None:
        if found := note_errors("note", note):
            raise InvalidFields(found)
        held.note = note


def _join(actor: Actor, type_: LinkType, source: Annotation, target: Annotation) -> list[Happening]:
    """Check that two held ends may be joined now, and turn the source where the link makes a counterclaim of it."""
    turns = turns_into_counterclaim(type_, Kind(source.kind))
    if turns and not source.is_in_hands_of(actor.user.id) and source.project_id == target.project_id:
        raise NotYours("Only its author can make a counterclaim of a claim; mark a counterclaim of your own.")
    end = end_of(source)
    check_ends(type_, replace(end, kind=Kind.COUNTERCLAIM) if turns else end, end_of(target))
    for annotation in (source, target):
        if annotation.state in NOT_LIVING:
            raise WrongState("One end of the link is withdrawn or rejected; restore or reopen it first.")
    if not turns:
        return []
    try:
        with transaction.atomic():
            turn(actor, source, Kind.COUNTERCLAIM)
    except DuplicateAnnotation as refusal:
        raise DuplicateAnnotation(repeated_by(source)) from refusal
    return [happened(source, "turned", content=content_digest(content_of(source)))]


def require_withdrawer(actor: Actor, link: Link) -> None:
    """Let through the link's author, the author of its source, and admins. Raises: NotAllowed, NotYours."""
    if Annotation.objects.filter(in_hands_of(actor.user.id), pk=link.source_id).exists():
        require(actor, Action.ANNOTATE, link.project_id)
    else:
        require_editor(actor, link)


def _turns_back(actor: Actor, link: Link, source: Annotation) -> bool:
    if link.type != LinkType.DISPUTES or not source.was_turned or not source.is_in_hands_of(actor.user.id):
        return False
    others = Link.objects.living().filter(source_id=source.id, type=LinkType.DISPUTES).exclude(pk=link.pk)
    return not others.exists()


def _named(refusal: Conflict, type_: LinkType, source: UUID, target: UUID) -> Conflict:
    """Add the id of the link that is already there to a refusal of the database."""
    living = Link.objects.living().filter(type=type_)
    if isinstance(refusal, AlreadyExpressed):
        living = living.filter(target_id=target)
    elif isinstance(refusal, AlreadyCued):
        living = living.filter(source_id=source)
    else:
        pair = {source, target}
        living = living.filter(source_id__in=pair, target_id__in=pair)
        if type_ is not LinkType.SAME_AS:
            living = living.filter(source_id=source)
    existing = living.values_list("pk", flat=True).first()
    if existing is not None and isinstance(refusal, AlreadyExpressed) and _is_same(existing, source):
        return DuplicateLink(existing)
    refusal.extras["existing"] = None if existing is None else str(existing)
    return refusal


def _is_same(link_id: UUID, source: UUID) -> bool:
    return Link.objects.filter(pk=link_id, source_id=source).exists()
