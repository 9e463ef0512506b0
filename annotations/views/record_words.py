"""What is said of a record's past: what changed since it was decided on or seen, and its thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from annotations.anchoring.differences import Run
from annotations.models import Annotation
from annotations.queries.access import Actor
from annotations.queries.comments import Thread
from annotations.queries.comparison import Changed, ChangedLink, Since
from annotations.queries.record import ReviewedRecord
from annotations.rules.comments import CommentAct
from annotations.rules.kinds import ATTRIBUTES, Kind
from annotations.rules.review import Verdict
from annotations.views.labels import ATTRIBUTE_LABELS, KIND_LABELS, LINK_LABELS, LINK_LABELS_BACK, VALUE_LABELS, Label


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One thing before and after; empty for absent."""

    name: Label
    before: Label
    after: Label


@dataclass(frozen=True, slots=True)
class ShownComparison:
    """What a record is compared with, and what differs."""

    sentence: str
    words: tuple[Run, ...]
    is_moved: bool
    changes: tuple[ShownChange, ...]
    is_same: bool


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One entry of a thread."""

    at: datetime
    who: str
    text: str
    is_resolving: bool
    is_new: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class ShownThread:
    """A thread; `unread` counts what is new to the reader."""

    entries: tuple[ShownEntry, ...]
    is_resolved: bool
    unread: int


def shown_comparison(shown: ReviewedRecord) -> ShownComparison | None:
    """Tell what changed; None when the record is new to everybody."""
    found = shown.comparison
    if found is None:
        return None
    changes = [_attribute(shown, change) for change in found.attributes]
    if found.kind is not None:
        before, after = (KIND_LABELS[str(value)] for value in (found.kind.before, found.kind.after))
        changes.insert(0, ShownChange(gettext("Kind"), before, after))
    if found.parties_gone or found.parties_new:
        parties = (", ".join(found.parties_gone), ", ".join(found.parties_new))
        changes.append(ShownChange(gettext("Party"), *parties))
    if found.note is not None:
        changes.append(ShownChange(gettext("Note"), str(found.note.before), str(found.note.after)))
    changes += map(_link, found.links)
    has_words = any(run.fate != "kept" for run in found.words)
    return ShownComparison(
        sentence=_sentence(shown),
        words=found.words if has_words else (),
        is_moved=bool(found.words) and not has_words,
        changes=tuple(changes),
        is_same=found.is_same,
    )


def shown_thread(thread: Thread, actor: Actor) -> ShownThread:
    """Tell a thread."""
    entries = tuple(
        ShownEntry(
            at=entry.at,
            who=entry.who,
            text=entry.text,
            is_resolving=entry.act == CommentAct.RESOLVED,
            is_new=entry.is_new,
            is_own=entry.who == actor.user.username,
        )
        for entry in thread.entries
    )
    return ShownThread(entries, thread.is_resolved, thread.unread)


def value_words(name: str, value: object, choices: Sequence[str]) -> Label:
    """Put the value of an attribute into words; free ones are shown as they are, absent ones are empty."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        numbers = [str(value[part]) for part in ("low", "high") if value.get(part) is not None]
        return f"{'–'.join(dict.fromkeys(numbers))} {value.get('unit') or ''}".strip()
    if value is True:
        return gettext("yes")
    return VALUE_LABELS.get(str(value), str(value)) if choices or name == "mode" else str(value)


def _attribute(shown: ReviewedRecord, change: Changed) -> ShownChange:
    known = ATTRIBUTES[Kind(shown.record.kind)] if isinstance(shown.record, Annotation) else {}
    choices = known[change.name].choices if change.name in known else ("?",)
    before, after = (value_words(change.name, value, choices) for value in (change.before, change.after))
    return ShownChange(ATTRIBUTE_LABELS.get(change.name, change.name), before, after)


def _link(link: ChangedLink) -> ShownChange:
    name = (LINK_LABELS if link.is_outgoing else LINK_LABELS_BACK)[link.type]
    words = f"“{link.words}”"
    return ShownChange(name, "" if link.is_new else words, words if link.is_new else "")


def _sentence(shown: ReviewedRecord) -> str:
    found = shown.comparison
    if found is None:
        return ""
    words = {"now": shown.record.version, "before": found.base.number}
    if found.base.since is Since.SEEN:
        return gettext("Version %(now)d beside version %(before)d, which you saw last") % words
    if found.base.verdict == Verdict.APPROVE:
        return gettext("Version %(now)d beside version %(before)d, which was approved") % words
    if found.base.verdict == Verdict.REJECT:
        return gettext("Version %(now)d beside version %(before)d, which was rejected") % words
    return gettext("Version %(now)d beside version %(before)d, which was sent back") % words
