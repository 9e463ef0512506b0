"""Links that go with an annotation when it is withdrawn, and come back with it."""

from uuid import UUID

from django.utils import timezone

from annotations.errors import InvalidInput
from annotations.models import Link
from annotations.rules.links import LinkType, check_ends
from annotations.rules.review import NOT_LIVING, State
from annotations.services.records import end_of, refusals

_FIELDS = ["state", "approved_version", "approved_source_version", "approved_target_version", "withdrawn_with"]


def withdraw_along(link: Link, annotation_id: UUID | None) -> None:
    """Take a held link out, because of an annotation or (None) by hand."""
    link.state, link.withdrawn_with = State.WITHDRAWN, annotation_id
    link.approved_version = link.approved_source_version = link.approved_target_version = None
    link.updated_at = timezone.now()
    link.save(update_fields=[*_FIELDS, "updated_at"])


def restore_along(annotation_id: UUID) -> list[Link]:
    """Bring back, as drafts, the links that the withdrawal of an annotation took along.

    A link whose other end is still out stays out and waits for that end; one that may not join what its
    ends have become stays out for good.
    Raises: DuplicateLink, AlreadyExpressed, AlreadyCued.
    """
    taken = Link.objects.filter(withdrawn_with=annotation_id, state=State.WITHDRAWN)
    back: list[Link] = []
    for link in taken.select_related("source", "target").select_for_update(of=("self",)).order_by("id"):
        other = link.target if link.source_id == annotation_id else link.source
        link.updated_at = timezone.now()
        if other.state in NOT_LIVING:
            link.withdrawn_with = other.id
        elif not _may_join(link):
            link.withdrawn_with = None
        else:
            link.state, link.withdrawn_with = State.DRAFT, None
            back.append(link)
        with refusals():
            link.save(update_fields=["state", "withdrawn_with", "updated_at"])
    return back


def _may_join(link: Link) -> bool:
    try:
        check_ends(LinkType(link.type), end_of(link.source), end_of(link.target))
    except InvalidInput:
        return False
    return True
