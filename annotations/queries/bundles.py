"""Which records have to be approved together: a quote with its speaker and the link between them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from annotations.models import Annotation, Link
from annotations.queries.access import Actor, visible_annotations, visible_links
from annotations.queries.barring import editors_since_approval
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.review import NOT_LIVING, State, barred, missing_links

# A chain of disputes may be long; beyond this the reviewer goes step by step.
MAX_STEPS: Final = 12
_NEEDED: Final = (LinkType.SPEAKER, LinkType.CLAIMANT, LinkType.DISPUTES)


@dataclass(frozen=True, slots=True)
class BundleItem:
    """A record of the bundle; `label` is its kind or link type, `words` the text of it or of the link's ends."""

    record: Annotation | Link
    label: str
    words: str
    is_link: bool
    is_barred: bool

    @property
    def is_ready(self) -> bool:
        """Whether the reviewer may approve it now."""
        return self.record.state == State.SUBMITTED and not self.is_barred


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes together, the record asked about first; `lacking` are types of link that nobody has made yet."""

    items: tuple[BundleItem, ...]
    lacking: tuple[LinkType, ...]

    @property
    def is_needed(self) -> bool:
        """Whether the record cannot be approved alone."""
        return len(self.items) > 1 or bool(self.lacking)

    @property
    def is_ready(self) -> bool:
        """Whether all of it may be approved in one go."""
        return len(self.items) > 1 and not self.lacking and all(item.is_ready for item in self.items)


@dataclass(slots=True)
class _Gathering:
    project: UUID
    annotations: dict[UUID, Annotation] = field(default_factory=dict)
    links: dict[UUID, Link] = field(default_factory=dict)
    lacking: list[LinkType] = field(default_factory=list)


def bundle_of(actor: Actor, record: Annotation | Link) -> Bundle:
    """Follow what an approval of the record needs. Statements grow with the depth of the chain, not with its width."""
    found = _Gathering(record.project_id)
    if isinstance(record, Link):
        found.links[record.id] = record
        wave = _open_ends(actor, [record], found)
    else:
        found.annotations[record.id] = record
        wave = [record]
    for _ in range(MAX_STEPS):
        if not wave:
            break
        wave = _open_ends(actor, _needed_links(actor, wave, found), found)
    return Bundle(tuple(_items(actor, record, found)), tuple(dict.fromkeys(found.lacking)))


def _needed_links(actor: Actor, annotations: Iterable[Annotation], found: _Gathering) -> list[Link]:
    by_id = {annotation.id: annotation for annotation in annotations}
    outgoing: dict[UUID, list[Link]] = {pk: [] for pk in by_id}
    living = visible_links(actor, found.project).exclude(state__in=NOT_LIVING)
    for link in living.filter(source_id__in=by_id, type__in=_NEEDED).order_by("id"):
        outgoing[link.source_id].append(link)
    needed: list[Link] = []
    for pk, annotation in by_id.items():
        in_force = {LinkType(link.type) for link in outgoing[pk] if is_in_force(link)}
        for type_ in missing_links(Kind(annotation.kind), annotation.attributes, in_force):
            candidates = [link for link in outgoing[pk] if link.type == type_]
            if not candidates:
                found.lacking.append(type_)
            needed += [link for link in candidates if link.state == State.SUBMITTED] or candidates
    fresh = [link for link in needed if link.id not in found.links and not is_in_force(link)]
    found.links.update((link.id, link) for link in fresh)
    return fresh


def is_in_force(link: Link) -> bool:
    """Say whether readers have an approved version of the link; one sent back by its end's change does not count."""
    if link.approved_version is None:
        return False
    return link.state == State.APPROVED or link.approved_version < link.version


def _open_ends(actor: Actor, links: Iterable[Link], found: _Gathering) -> list[Annotation]:
    ends = {end for link in links for end in (link.source_id, link.target_id)} - found.annotations.keys()
    if not ends:
        return []
    fresh = list(
        visible_annotations(actor, found.project).filter(pk__in=ends).exclude(state=State.APPROVED).order_by("id")
    )
    found.annotations.update((annotation.id, annotation) for annotation in fresh)
    return fresh


def _items(actor: Actor, record: Annotation | Link, found: _Gathering) -> Iterable[BundleItem]:
    editors = editors_since_approval(found.annotations.keys(), found.links.keys())
    words = _words(actor, found)
    records: list[Annotation | Link] = [*found.annotations.values(), *found.links.values()]
    records.sort(key=lambda item: item.id != record.id)
    for item in records:
        is_barred = actor.user.id in barred(item.author_id, editors.get(item.id, ()))
        if isinstance(item, Link):
            ends = f"{words.get(item.source_id, '')} → {words.get(item.target_id, '')}"
            yield BundleItem(item, item.type, ends, is_link=True, is_barred=is_barred)
        else:
            yield BundleItem(item, item.kind, words[item.id], is_link=False, is_barred=is_barred)


def _words(actor: Actor, found: _Gathering) -> dict[UUID, str]:
    words = {pk: " … ".join(annotation.exact) for pk, annotation in found.annotations.items()}
    ends: Collection[UUID] = {end for link in found.links.values() for end in (link.source_id, link.target_id)}
    missing = [end for end in ends if end not in words]
    if missing:
        others = visible_annotations(actor, found.project).filter(pk__in=missing).values_list("id", "exact")
        words |= {pk: " … ".join(exact) for pk, exact in others}
    return words
