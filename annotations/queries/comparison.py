"""A record beside the version last decided on or last seen: what of its content and links has changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from annotations.anchoring.differences import Run, compare
from annotations.models import Annotation, Link, RecordSeen
from annotations.queries.access import Actor, visible_annotations, visible_links, visible_parties
from annotations.rules.review import NOT_LIVING, Verdict

_JOIN: Final = " … "


class Since(StrEnum):
    """What the older version is."""

    DECIDED = "decided"
    SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Base:
    """The version to compare with: its number, content, and when it was decided on or seen."""

    number: int
    since: Since
    content: Mapping[str, Any]
    at: datetime
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """One value before and after; None for absent."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class ChangedLink:
    """A link drawn (`is_new`) or taken out since."""

    type: str
    is_outgoing: bool
    words: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs from the base. `words` is empty when the wording is the same."""

    base: Base
    words: tuple[Run, ...]
    kind: Changed | None
    attributes: tuple[Changed, ...]
    parties_gone: tuple[str, ...]
    parties_new: tuple[str, ...]
    note: Changed | None
    links: tuple[ChangedLink, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed at all."""
        parts = (self.words, self.kind, self.attributes, self.parties_gone, self.parties_new, self.note, self.links)
        return not any(parts)


def comparison_of(
    actor: Actor,
    record: Annotation | Link,
    contents: Mapping[int, Mapping[str, Any]],
    decisions: Sequence[tuple[datetime, int, str]],
    seen: RecordSeen | None,
) -> Comparison | None:
    """Compare a record with the version last decided on, else last seen; None when there is none to compare with.

    `contents` are by number of version, `decisions` are (at, version, verdict), oldest first.
    """
    base = _base(record, contents, decisions, seen)
    if base is None:
        return None
    now = contents[record.version]
    gone, new = _parties(actor, record, base.content, now)
    note = Changed("note", base.content["note"], now["note"])
    kind = Changed("kind", base.content.get("kind"), now.get("kind"))
    return Comparison(
        base=base,
        words=_words(base.content, now),
        kind=kind if kind.before != kind.after else None,
        attributes=tuple(_attributes(base.content["attributes"], now["attributes"])),
        parties_gone=gone,
        parties_new=new,
        note=note if note.before != note.after else None,
        links=tuple(_links(actor, record, base.at)) if isinstance(record, Annotation) else (),
    )


def _base(
    record: Annotation | Link,
    contents: Mapping[int, Mapping[str, Any]],
    decisions: Sequence[tuple[datetime, int, str]],
    seen: RecordSeen | None,
) -> Base | None:
    if decisions:
        at, number, verdict = decisions[-1]
        return Base(number, Since.DECIDED, contents[number], at, Verdict(verdict))
    if seen is None:
        return None
    older = seen.version if seen.version < record.version else seen.before
    return None if older is None else Base(older, Since.SEEN, contents[older], seen.at)


def _words(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Run, ...]:
    if before.get("segments") == now.get("segments"):
        return ()
    return compare(_JOIN.join(before["exact"]), _JOIN.join(now["exact"]))


def _attributes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Changed]:
    names = dict.fromkeys([*before, *now])
    changed = [Changed(name, before.get(name), now.get(name)) for name in names]
    return [change for change in changed if change.before != change.after]


def _parties(
    actor: Actor, record: Annotation | Link, before: Mapping[str, Any], now: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    old, new = before.get("parties", []), now.get("parties", [])
    if set(old) == set(new):
        return (), ()
    rows = visible_parties(actor, record.project_id).filter(pk__in={*old, *new}).values_list("id", "name")
    names = {str(pk): name for pk, name in rows}
    return (
        tuple(names.get(pk, "") for pk in old if pk not in new),
        tuple(names.get(pk, "") for pk in new if pk not in old),
    )


def _links(actor: Actor, annotation: Annotation, at: datetime) -> list[ChangedLink]:
    """List the links drawn or taken out after a moment. Two statements."""
    touching = Q(source=annotation) | Q(target=annotation)
    came = Q(created_at__gt=at) & ~Q(state__in=NOT_LIVING)
    went = Q(created_at__lte=at, updated_at__gt=at, state__in=NOT_LIVING)
    links = list(visible_links(actor, annotation.project_id).filter(touching, came | went).order_by("id"))
    others: set[UUID] = {link.target_id if link.source_id == annotation.id else link.source_id for link in links}
    ends = visible_annotations(actor, annotation.project_id).filter(pk__in=others) if others else []
    words = {end.pk: _JOIN.join(end.exact) for end in ends}
    changed = []
    for link in links:
        is_outgoing = link.source_id == annotation.id
        other = link.target_id if is_outgoing else link.source_id
        if other in words:
            changed.append(ChangedLink(link.type, is_outgoing, words[other], link.state not in NOT_LIVING))
    return changed
