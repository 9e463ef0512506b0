"""Which records are approved together: a quote with its speaker and their link, its claims and what those need."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import Q

from annotations.models import Annotation, Link
from annotations.queries.access import Actor, visible_annotations, visible_links
from annotations.queries.barring import editors_since_approval
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.review import NOT_LIVING, State, barred, missing_links

# A chain of disputes may be long; beyond this the reviewer goes step by step.
MAX_STEPS: Final = 12
# What belongs along is looked for so many times; a quote's claims and their links are found in two.
MAX_ROUNDS: Final = 3
MAX_ITEMS: Final = 60
MAX_TRIES: Final = 8
_NEEDED: Final = (LinkType.SPEAKER, LinkType.CLAIMANT, LinkType.DISPUTES)
# Links that bring their target along; the others come when both of their ends are there.
_BRINGING: Final = frozenset(
    {
        LinkType.SPEAKER,
        LinkType.CLAIMANT,
        LinkType.ABOUT,
        LinkType.EXPRESSES,
        LinkType.RELAYED_BY,
        LinkType.CUED_BY,
    }
)


# Kinds whose approval needs nothing else.
_ALONE: Final = frozenset({Kind.PARTY, Kind.CUE})


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
        """Whether other records go with the record, or something is missing."""
        return len(self.items) > 1 or bool(self.lacking)

    @property
    def is_ready(self) -> bool:
        """Whether all of it may be approved in one go."""
        return len(self.items) > 1 and not self.lacking and all(item.is_ready for item in self.items)


@dataclass(frozen=True, slots=True)
class Selection:
    """What an approval of several records takes in; `left` stay behind. The first `chosen` items were chosen."""

    items: tuple[BundleItem, ...]
    left: tuple[BundleItem, ...]
    chosen: int


@dataclass(slots=True)
class _Gathering:
    project: UUID
    annotations: dict[UUID, Annotation] = field(default_factory=dict)
    links: dict[UUID, Link] = field(default_factory=dict)
    lacking: list[LinkType] = field(default_factory=list)
    # What is known of who may decide, shared by all that is tried beside it.
    barred: dict[UUID, bool] = field(default_factory=dict)


def bundle_of(actor: Actor, record: Annotation | Link) -> Bundle:
    """Follow what an approval of the record needs. Statements grow with the depth of the chain, not with its width."""
    found = _Gathering(record.project_id)
    if isinstance(record, Link):
        found.links[record.id] = record
        wave = _open_ends(actor, [record], found)
    else:
        found.annotations[record.id] = record
        wave = [record]
    _follow(actor, wave, found)
    items = tuple(_items(actor, record, found))
    if not found.lacking and all(item.is_ready for item in items):
        for _ in range(MAX_ROUNDS):
            if not _bring_along(actor, found):
                break
        items = tuple(_items(actor, record, found))
    return Bundle(items, tuple(dict.fromkeys(found.lacking)))


def selection_of(actor: Actor, project_id: UUID, records: Sequence[Annotation | Link]) -> Selection:
    """Tell what approving several records at once would approve, and which of them it has to leave out."""
    found = _Gathering(project_id)
    left: list[Annotation | Link] = []
    if not _try(actor, records, found, found):
        left = [record for record in records if not _try(actor, [record], found, found)]
    outside = _Gathering(project_id)
    outside.annotations.update({record.id: record for record in left if isinstance(record, Annotation)})
    outside.links.update({record.id: record for record in left if isinstance(record, Link)})
    chosen = {record.id for record in records}
    items = sorted(_items(actor, None, found), key=lambda item: item.record.id not in chosen)
    return Selection(tuple(items), tuple(_items(actor, None, outside)), sum(i.record.id in chosen for i in items))


def _follow(actor: Actor, wave: Iterable[Annotation], found: _Gathering) -> None:
    """Gather what approval of the annotations needs, step by step."""
    step = list(wave)
    for _ in range(MAX_STEPS):
        if not step:
            return
        step = _open_ends(actor, _needed_links(actor, step, found), found)


def _bring_along(actor: Actor, found: _Gathering) -> bool:
    """Add waiting links of what is gathered, with their targets, where all of it may be approved; say whether any was.

    A claim inside a quote comes with its claimant; a tag that lacks something stays behind with its link.
    """
    here = found.annotations.keys()
    touching = Q(source_id__in=here) | Q(target_id__in=here)
    waiting = visible_links(actor, found.project).filter(touching, state=State.SUBMITTED).exclude(author=actor.user)
    links = [link for link in waiting.order_by("id") if link.id not in found.links]
    outside = {end for link in links for end in (link.source_id, link.target_id)} - here
    ends = {end.id: end for end in visible_annotations(actor, found.project).filter(pk__in=outside)}
    brought: set[UUID] = set()
    for link in links:
        target = ends.get(link.target_id)
        brings = link.source_id in here and link.type in _BRINGING
        if target is not None and brings and target.state == State.SUBMITTED:
            brought.add(target.id)
    along = _complete(actor, [ends[pk] for pk in brought], found)
    there = here | along.annotations.keys() | {pk for pk, end in ends.items() if end.state == State.APPROVED}
    fresh = {link.id: link for link in links if link.source_id in there and link.target_id in there}
    if len(found.annotations) + len(found.links) + len(fresh) + len(along.annotations) > MAX_ITEMS or not fresh:
        return False
    found.annotations.update(along.annotations)
    found.links.update({**along.links, **fresh})
    return True


def _complete(actor: Actor, annotations: Sequence[Annotation], found: _Gathering) -> _Gathering:
    """Gather those of the annotations, with what each needs, that can be approved beside what is gathered."""
    alone = [annotation for annotation in annotations if Kind(annotation.kind) in _ALONE]
    needy = [annotation for annotation in annotations if Kind(annotation.kind) not in _ALONE]
    along = _Gathering(found.project, barred=found.barred)
    # Together in a few statements; one by one only where something is missing.
    if not (_try(actor, [*alone, *needy], found, along) or _try(actor, alone, found, along)):
        return along
    for annotation in needy[:MAX_TRIES]:
        if annotation.id not in along.annotations:
            _try(actor, [annotation], found, along)
    return along


def _try(actor: Actor, records: Sequence[Annotation | Link], found: _Gathering, along: _Gathering) -> bool:
    """Add records with what they need to `along` if the reader may approve all of it; say whether."""
    tried = _Gathering(found.project, dict(found.annotations), dict(found.links), barred=found.barred)
    annotations = [record for record in records if isinstance(record, Annotation)]
    links = [record for record in records if isinstance(record, Link)]
    tried.annotations.update({annotation.id: annotation for annotation in annotations})
    tried.links.update({link.id: link for link in links})
    ends = _open_ends(actor, links, tried)
    _follow(actor, [a for a in [*annotations, *ends] if Kind(a.kind) not in _ALONE], tried)
    fresh = _Gathering(
        found.project,
        {pk: annotation for pk, annotation in tried.annotations.items() if pk not in found.annotations},
        {pk: link for pk, link in tried.links.items() if pk not in found.links},
        barred=found.barred,
    )
    is_waiting = all(record.state == State.SUBMITTED for record in _records(fresh))
    if tried.lacking or not is_waiting or _barred_of(actor, fresh):
        return False
    along.annotations.update(fresh.annotations)
    along.links.update(fresh.links)
    return True


def _records(found: _Gathering) -> list[Annotation | Link]:
    return [*found.annotations.values(), *found.links.values()]


def _barred_of(actor: Actor, found: _Gathering) -> set[UUID]:
    """Answer the gathered records that the reader may not decide on. Three statements, none when all is known."""
    annotations = found.annotations.keys() - found.barred.keys()
    links = found.links.keys() - found.barred.keys()
    if annotations or links:
        editors = editors_since_approval(annotations, links)
        for record in _records(found):
            if record.id in annotations or record.id in links:
                found.barred[record.id] = actor.user.id in barred(record.author_id, editors.get(record.id, ()))
    return {record.id for record in _records(found) if found.barred[record.id]}


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


def _items(actor: Actor, record: Annotation | Link | None, found: _Gathering) -> Iterable[BundleItem]:
    barred_ids = _barred_of(actor, found)
    words = _words(actor, found)
    records = _records(found)
    records.sort(key=lambda item: record is None or item.id != record.id)
    for item in records:
        is_barred = item.id in barred_ids
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
