"""Who wrote what of a record since it was last approved: the facts that four eyes rest on."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Coalesce

from annotations.models import AnnotationVersion, Decision, LinkVersion
from annotations.rules.review import Verdict


def editors_since_approval(annotations: Collection[UUID], links: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Tell for each record who edited a version after its last approved one (an approval revoked does not count)."""
    approved = _last_approved(annotations, links)
    editors: dict[UUID, set[UUID]] = defaultdict(set)
    for record, number, editor in _versions(annotations, links):
        if number > approved.get(record, 0):
            editors[record].add(editor)
    return editors


def version_editors(annotations: Collection[UUID], links: Collection[UUID]) -> dict[tuple[UUID, int], UUID]:
    """Tell who wrote which version of which record."""
    return {(record, number): editor for record, number, editor in _versions(annotations, links)}


def _versions(annotations: Collection[UUID], links: Collection[UUID]) -> list[tuple[UUID, int, UUID]]:
    found: list[tuple[UUID, int, UUID]] = []
    if annotations:
        rows = AnnotationVersion.objects.filter(annotation_id__in=annotations)
        found += rows.values_list("annotation_id", "number", "editor_id")
    if links:
        found += LinkVersion.objects.filter(link_id__in=links).values_list("link_id", "number", "editor_id")
    return found


def _last_approved(annotations: Collection[UUID], links: Collection[UUID]) -> dict[UUID, int]:
    revoked = Decision.objects.filter(
        Q(annotation=OuterRef("annotation")) | Q(link=OuterRef("link")),
        ~Q(verdict=Verdict.APPROVE),
        version=OuterRef("version"),
        at__gt=OuterRef("at"),
    )
    # An approval of the present version itself lets nobody decide on their own version again.
    earlier = Q(annotation__in=annotations, version__lt=F("annotation__version")) | Q(
        link__in=links, version__lt=F("link__version")
    )
    standing = Decision.objects.filter(earlier, ~Exists(revoked), verdict=Verdict.APPROVE)
    last = standing.values(record=Coalesce("annotation_id", "link_id")).annotate(last=Max("version"))
    return {row["record"]: row["last"] for row in last}
