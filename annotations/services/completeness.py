"""What must be approved together: which records a list of decisions concerns, and what is missing after it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from annotations.errors import EndsNotApproved, FieldError, Incomplete
from annotations.models import Annotation, AnnotationVersion, Link
from annotations.queries.access import Actor, visible_links
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.review import NOT_LIVING, State, missing_links
from annotations.services.holding import hold_ends
from annotations.services.records import content_of


@dataclass(frozen=True, slots=True)
class HeldRecords:
    """Locked: what is decided on, every living link that touches it, and all ends of those links."""

    annotations: dict[UUID, Annotation]
    links: dict[UUID, Link]


def hold_for_decisions(actor: Actor, annotations: Collection[UUID], links: Collection[UUID]) -> HeldRecords:
    """Lock all that a list of decisions concerns: annotations before links, each in the order of their ids."""
    concerned = Q(pk__in=links) | Q(source_id__in=annotations) | Q(target_id__in=annotations)
    living = ~Q(state__in=NOT_LIVING) | Q(pk__in=links)
    pairs = list(visible_links(actor).filter(concerned, living).values_list("id", "source_id", "target_id"))
    ends = {end for _, source, target in pairs for end in (source, target)}
    held = hold_ends([*annotations, *ends])
    locked = Link.objects.select_for_update().filter(pk__in=[pk for pk, _, _ in pairs]).order_by("id")
    return HeldRecords(held, {link.id: link for link in locked})


def send_back_links(held: HeldRecords, approved: Sequence[Annotation]) -> list[Link]:
    """Put approved links whose end was newly approved with other content back to submitted (in memory)."""
    now_approved = {annotation.id: annotation for annotation in approved}
    asked: list[tuple[Link, Annotation, int]] = []
    for link in held.links.values():
        if link.state != State.APPROVED:
            continue
        for end_id, seen in (
            (link.source_id, link.approved_source_version),
            (link.target_id, link.approved_target_version),
        ):
            end = now_approved.get(end_id)
            if end is not None and seen is not None and seen != end.version:
                asked.append((link, end, seen))
    contents = _contents([(end.id, seen) for _, end, seen in asked])
    fallen = {
        link.id: link for link, end, seen in asked if _essence(contents[end.id, seen]) != _essence(content_of(end))
    }
    for link in fallen.values():
        link.state = State.SUBMITTED
    return list(fallen.values())


def check_completeness(record: Annotation | Link, held: HeldRecords) -> None:
    """Refuse a newly approved record that stands alone. Raises: EndsNotApproved, Incomplete."""
    if isinstance(record, Link):
        _check_link(record, held)
    else:
        _check_annotation(record, held)


def _check_link(link: Link, held: HeldRecords) -> None:
    ends = [held.annotations[link.source_id], held.annotations[link.target_id]]
    if open_ends := [end for end in ends if end.state != State.APPROVED]:
        errors = [FieldError("", "ends_not_approved", "This end is not approved.", record=str(e.id)) for e in open_ends]
        raise EndsNotApproved(errors=errors, extras={"missing": ["ends"]})


def _check_annotation(annotation: Annotation, held: HeldRecords) -> None:
    outgoing = [link for link in held.links.values() if link.source_id == annotation.id]
    counted = {LinkType(link.type) for link in outgoing if _is_in_force(link)}
    missing = missing_links(Kind(annotation.kind), annotation.attributes, counted)
    if not missing:
        return
    errors: list[FieldError] = []
    for type_ in missing:
        errors += _completing(type_, [link for link in outgoing if link.type == type_], held)
    raise Incomplete([str(type_) for type_ in missing], errors)


def _completing(type_: LinkType, links: Sequence[Link], held: HeldRecords) -> list[FieldError]:
    """Name the records that would complete an annotation: its links of the type, and their open ends."""
    if not links:
        return [FieldError("", "incomplete", f"It needs a {type_} link; make one first.")]
    errors: list[FieldError] = []
    for link in links:
        errors.append(FieldError("", "incomplete", f"Decide on this {type_} link with it.", record=str(link.id)))
        target = held.annotations[link.target_id]
        if target.state != State.APPROVED:
            errors.append(FieldError("", "incomplete", "The link's end is to be approved too.", record=str(target.id)))
    return errors


def _is_in_force(link: Link) -> bool:
    """Say whether a link counts: approved, or edited since while its approved version stays in force.

    A link sent back because its end changed has the same version and does not count.
    """
    if link.approved_version is None:
        return False
    return link.state == State.APPROVED or link.approved_version < link.version


def _contents(versions: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], dict[str, object]]:
    if not versions:
        return {}
    rows = AnnotationVersion.objects.filter(
        annotation_id__in={record for record, _ in versions}, number__in={number for _, number in versions}
    )
    return {
        (record, number): content for record, number, content in rows.values_list("annotation_id", "number", "content")
    }


def _essence(content: dict[str, object]) -> tuple[object, ...]:
    """Answer what a decision on a link depends on at each end."""
    return content["kind"], content["segments"], content["attributes"]
