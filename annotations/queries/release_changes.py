"""What differs between two releases: both are read side by side, an article at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

import orjson

from annotations.models import Release
from annotations.queries.releases import release_lines

SORTS: Final = ("outlet", "incident", "party", "article", "annotation", "link", "decision")
# The heads of the chains move with every event, also where nothing of the record changed.
_ASIDE: Final = frozenset({"chain_head"})
MAX_LISTED: Final = 1_000

_Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One record that was added, changed (`fields` names what) or withdrawn, that is, no longer in the later one."""

    what: str
    type: str
    id: str
    label: str
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class Changes:
    """The changes from one release to another: all are counted, the first thousand listed."""

    counts: defaultdict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: {"added": 0, "changed": 0, "withdrawn": 0})
    )
    listed: list[Change] = field(default_factory=list)
    is_cut: bool = False

    def add(self, change: Change) -> None:
        """Count a change, and list it while there is room."""
        self.counts[change.type][change.what] += 1
        if len(self.listed) < MAX_LISTED:
            self.listed.append(change)
        else:
            self.is_cut = True


def release_changes(earlier: Release, later: Release) -> Changes:
    """Compare two releases of one project by the ids of their records."""
    changes = Changes(counts=defaultdict(lambda: {"added": 0, "changed": 0, "withdrawn": 0}))
    for old, new in _side_by_side(_by_article(earlier), _by_article(later)):
        _compare(old, new, changes)
    return changes


def _by_article(release: Release) -> Iterator[tuple[str, dict[str, _Line]]]:
    """Give the registry under an empty key, then each article with what hangs on it; keys ascend."""
    article = ""

    def key(line: _Line) -> str:
        nonlocal article
        if line["type"] == "article":
            article = line["id"]
        return article

    lines = (orjson.loads(line) for line in release_lines(release))
    records = (line for line in lines if line["type"] in SORTS)
    for found, group in groupby(records, key=key):
        yield found, {line["id"]: line for line in group}


def _side_by_side(
    earlier: Iterator[tuple[str, dict[str, _Line]]], later: Iterator[tuple[str, dict[str, _Line]]]
) -> Iterator[tuple[dict[str, _Line], dict[str, _Line]]]:
    old, new = next(earlier, None), next(later, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old[0] < new[0]):
            assert old is not None  # noqa: S101 - for the type checker
            yield old[1], {}
            old = next(earlier, None)
        elif old is None or new[0] < old[0]:
            yield {}, new[1]
            new = next(later, None)
        else:
            yield old[1], new[1]
            old, new = next(earlier, None), next(later, None)


def _compare(old: dict[str, _Line], new: dict[str, _Line], changes: Changes) -> None:
    for identifier, line in new.items():
        if identifier not in old:
            changes.add(_change("added", line))
        elif found := _differing(old[identifier], line):
            changes.add(_change("changed", line, found))
    for identifier, line in old.items():
        if identifier not in new:
            changes.add(_change("withdrawn", line))


def _differing(old: _Line, new: _Line) -> tuple[str, ...]:
    if old == new:
        return ()
    names = dict.fromkeys([*new, *old])
    return tuple(name for name in names if name not in _ASIDE and old.get(name) != new.get(name))


def _change(what: str, line: _Line, fields: tuple[str, ...] = ()) -> Change:
    label = line.get("kind") or line.get("link_type") or line.get("verdict") or line.get("name") or line.get("title")
    return Change(what, line["type"], line["id"], str(label or ""), fields)
