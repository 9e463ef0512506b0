"""What the review page says: rows, relations, attributes and history in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotations.models import Annotation, Link
from annotations.queries.bundles import Bundle, BundleItem
from annotations.queries.record import Happened, Relation, ReviewedRecord
from annotations.queries.review import QueueRow
from annotations.rules.kinds import ATTRIBUTES, Kind
from annotations.rules.links import LinkType
from annotations.rules.review import Reason, Verdict
from annotations.views.labels import (
    ATTRIBUTE_LABELS,
    KIND_LABELS,
    LINK_LABELS,
    LINK_LABELS_BACK,
    REASON_LABELS,
    STATE_PILLS,
    Label,
    Pill,
)
from annotations.views.record_words import value_words
from annotations.views.review_forms import value_of

_FIELD_LABELS: Final[Mapping[str, Label]] = {
    "kind": _("the kind"),
    "segments": _("the span"),
    "attributes": _("the attributes"),
    "parties": _("the parties"),
    "note": _("the note"),
}
_LACKING: Final[Mapping[LinkType, Label]] = {
    LinkType.SPEAKER: _("Nothing says yet who said this quote."),
    LinkType.CLAIMANT: _("Nothing says yet who claims this."),
    LinkType.DISPUTES: _("Nothing says yet what this counterclaim disputes."),
}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A line of the queue; `query` is the address of its record."""

    id: UUID
    is_link: bool
    label: str
    name: Label
    words: str
    told: tuple[str, ...]
    place: str
    is_barred: bool
    is_current: bool
    query: str
    value: str


@dataclass(frozen=True, slots=True)
class ShownRelation:
    """A link of the record, or an end of the link: what it is and where it stands."""

    name: Label
    kind: str
    words: str
    elsewhere: str
    pill: Pill
    query: str


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A record of the bundle; `value` is what the form posts for it."""

    badge: str
    name: Label
    words: str
    pill: Pill
    is_barred: bool
    value: str


@dataclass(frozen=True, slots=True)
class ShownBundle:
    """What goes together, and sentences for what nobody has made yet."""

    items: tuple[ShownItem, ...]
    lacking: tuple[Label, ...]
    is_ready: bool


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One line of the history."""

    at: datetime
    who: str
    sentence: str
    comment: str
    has_proposal: bool
    is_by_guideline: bool


def name_of(label: str, *, is_link: bool) -> Label:
    """Name a kind, or a link by what it says."""
    return format_lazy("{} “{}”", _("Link"), LINK_LABELS[label]) if is_link else KIND_LABELS[label]


def shown_row(row: QueueRow, *, current: UUID | None, query: str) -> ShownRow:
    """Put a row of the queue into words."""
    place = row.outlet or row.article_title
    told = [f"{LINK_LABELS[type_]} “{words}”" for type_, words in row.told]
    return ShownRow(
        id=row.id,
        is_link=row.is_link,
        label=row.label,
        name=name_of(row.label, is_link=row.is_link),
        words=row.words,
        told=(f"{LINK_LABELS[row.label]} “{row.target}”",) if row.is_link else tuple(told),
        place=place,
        is_barred=row.is_barred,
        is_current=row.id == current,
        query=f"{query}&{'link' if row.is_link else 'annotation'}={row.id}",
        value=f"{'link' if row.is_link else 'annotation'}:{row.id}:{row.version}",
    )


def shown_relations(shown: ReviewedRecord, query: str) -> Iterable[ShownRelation]:
    """Put the links of an annotation, or the ends of a link, into words."""
    for relation in shown.relations:
        address = f"link={relation.link}" if relation.link else f"annotation={relation.other}"
        yield ShownRelation(
            name=_relation_name(relation),
            kind=relation.kind,
            words=relation.words,
            elsewhere=relation.elsewhere,
            pill=STATE_PILLS[relation.link_state if relation.link else relation.state],
            query=f"{query}&{address}",
        )


def shown_attributes(record: Annotation | Link) -> Iterable[tuple[Label, Label]]:
    """Put attributes into words; free ones are shown as they are."""
    for name, value in record.attributes.items():
        choices = ATTRIBUTES[Kind(record.kind)][name].choices if isinstance(record, Annotation) else ()
        yield ATTRIBUTE_LABELS.get(name, name), value_words(name, value, choices)


def shown_bundle(bundle: Bundle) -> ShownBundle | None:
    """Put the bundle into words; None when the record can go alone."""
    if not bundle.is_needed:
        return None
    items = tuple(_item(item) for item in bundle.items)
    return ShownBundle(items, tuple(_LACKING[type_] for type_ in bundle.lacking), bundle.is_ready)


def shown_selection(items: Iterable[BundleItem]) -> list[ShownItem]:
    """Put the records of a selection into words."""
    return [_item(item) for item in items]


def shown_history(history: Iterable[Happened]) -> Iterable[ShownEntry]:
    """Tell versions and decisions as sentences."""
    for happened in history:
        yield ShownEntry(
            at=happened.at,
            who=happened.who,
            sentence=_sentence(happened),
            comment=happened.comment,
            has_proposal=happened.proposal is not None,
            is_by_guideline=happened.reason == Reason.GUIDELINE,
        )


def _relation_name(relation: Relation) -> Label:
    if relation.link is None:
        return LINK_LABELS[relation.type] if relation.is_outgoing else _("From")
    return (LINK_LABELS if relation.is_outgoing else LINK_LABELS_BACK)[relation.type]


def _item(item: BundleItem) -> ShownItem:
    return ShownItem(
        badge="link" if item.is_link else item.label,
        name=LINK_LABELS[item.label] if item.is_link else KIND_LABELS[item.label],
        words=item.words,
        pill=STATE_PILLS[item.record.state],
        is_barred=item.is_barred,
        value=value_of(item.record),
    )


def _sentence(happened: Happened) -> str:
    words = {"who": happened.who, "number": happened.version}
    if happened.verdict == Verdict.APPROVE:
        return gettext("%(who)s approved version %(number)d") % words
    reason: Label | Promise = REASON_LABELS.get(happened.reason, happened.reason)
    if happened.verdict == Verdict.REQUEST_CHANGES:
        return gettext("%(who)s asked for changes to version %(number)d: %(reason)s") % {**words, "reason": reason}
    if happened.verdict == Verdict.REJECT:
        return gettext("%(who)s rejected version %(number)d: %(reason)s") % {**words, "reason": reason}
    if happened.version == 1:
        return gettext("%(who)s made it") % words
    changed = ", ".join(str(_FIELD_LABELS[name]) for name in happened.changed)
    return gettext("%(who)s changed %(changed)s (version %(number)d)") % {**words, "changed": changed}
