"""Undo and redo in the workbench: each act of a person in an article, as a whole, by the same verbs as any change.

A step keeps how each record stood before and after it. Undoing goes back only while the record is still as the step
left it: what somebody else changed since is never lost.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from annotations.anchoring.anchor import Segment
from annotations.errors import ChangedSince, FieldError
from annotations.models import Annotation, Article, Link, UndoStep
from annotations.queries.access import Actor, get_annotation_for, get_link_for, require
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Action
from annotations.rules.review import State
from annotations.rules.steps import MOST_STEPS, StepKind
from annotations.services.annotations import (
    AnnotationChange,
    edit_annotation,
    move_annotation,
    withdraw_annotation,
)
from annotations.services.holding import touching
from annotations.services.links import edit_link, move_link, withdraw_link
from annotations.services.records import content_of

# What others make of a record; a step that left it in another state was followed by their decision.
_DECIDED: Final = frozenset({State.APPROVED, State.RETURNED, State.REJECTED})

# Every tag comes through here: one statement, which leaves out what was undone and the oldest of too many.
_REMEMBER: Final = """
WITH forgotten AS (
    DELETE FROM undo_step WHERE user_id = %(user)s AND article_id = %(article)s AND (is_undone OR id IN (
        SELECT id FROM undo_step WHERE user_id = %(user)s AND article_id = %(article)s AND NOT is_undone
        ORDER BY id DESC OFFSET %(others)s
    ))
)
INSERT INTO undo_step (id, project_id, article_id, user_id, kind, changes, is_undone, at)
VALUES (%(id)s, %(project)s, %(article)s, %(user)s, %(kind)s, %(changes)s, false, %(at)s)
"""

Standing = dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Change:
    """How one record stood before and after an act: content and state; None where it was not there."""

    record: Annotation | Link
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class Retraced:
    """What was undone or done again: the act, and the annotations it concerns, ends of links included."""

    kind: StepKind
    annotations: tuple[UUID, ...]


def standing_of(record: Annotation | Link) -> Standing:
    """Tell how a record stands: its content and state; None when it is withdrawn or dismissed."""
    if record.state in {State.WITHDRAWN, State.DISMISSED}:
        return None
    return {"content": content_of(record), "state": str(record.state)}


def remember_step(actor: Actor, article: Article, kind: StepKind, changes: Sequence[Change]) -> None:
    """Keep an act so that it can be undone, in the transaction of the act. What was undone is gone by that."""
    changes = [change for change in changes if change.before != change.after]
    if not changes:
        return
    told = [
        {
            "what": "link" if isinstance(change.record, Link) else "annotation",
            "id": str(change.record.id),
            "before": change.before,
            "after": change.after,
        }
        for change in changes
    ]
    values: dict[str, Any] = {
        "id": uuid7(),
        "project": article.project_id,
        "article": article.id,
        "user": actor.user.id,
        "kind": kind,
        "changes": json.dumps(told),
        "at": timezone.now(),
        "others": MOST_STEPS - 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, values)


def undo_step(*, actor: Actor, article: Article) -> Retraced | None:
    """Take back the actor's last act in the article; None when there is none.

    Raises: NotAllowed, ChangedSince, and what the changes themselves raise.
    """
    return _retrace(actor, article, back=True)


def redo_step(*, actor: Actor, article: Article) -> Retraced | None:
    """Do again the act that was undone last; None when there is none.

    Raises: NotAllowed, ChangedSince, and what the changes themselves raise.
    """
    return _retrace(actor, article, back=False)


def forget_step(*, actor: Actor, article: Article, step: UUID) -> None:
    """Leave an act out of undoing: it stays as it is. Nothing when it is not there. Raises: NotAllowed."""
    require(actor, Action.ANNOTATE, article.project_id)
    UndoStep.objects.filter(pk=step, user=actor.user, article=article).delete()


def _retrace(actor: Actor, article: Article, *, back: bool) -> Retraced | None:
    require(actor, Action.ANNOTATE, article.project_id)
    with transaction.atomic():
        steps = UndoStep.objects.filter(user=actor.user, article=article, is_undone=not back)
        step = steps.select_for_update().order_by("-id" if back else "id").first()
        if step is None:
            return None
        concerned: list[UUID] = []
        for change in reversed(step.changes) if back else step.changes:
            was, wanted = ("after", "before") if back else ("before", "after")
            concerned += _bring(actor, change, change[was], change[wanted])
        step.is_undone = back
        step.save(update_fields=["is_undone"])
    return Retraced(StepKind(step.kind), tuple(dict.fromkeys(concerned)))


def _bring(actor: Actor, change: dict[str, Any], was: Standing, wanted: Standing) -> list[UUID]:
    """Bring one record from how the step left it to how it is wanted; answer the annotations concerned."""
    pk = UUID(change["id"])
    if change["what"] == "link":
        link = get_link_for(actor, pk)
        _refuse_changed(link, was)
        _bring_link(actor, link, was, wanted)
        return [link.source_id, link.target_id]
    annotation = get_annotation_for(actor, pk)
    _refuse_changed(annotation, was)
    _bring_annotation(actor, annotation, was, wanted)
    return [annotation.id]


def _bring_link(actor: Actor, link: Link, was: Standing, wanted: Standing) -> None:
    if wanted is None:
        withdraw_link(actor=actor, link=link, version=link.version)
    elif was is None:
        move_link(actor=actor, link=link, version=link.version, state=State.DRAFT)
    else:
        content = wanted["content"]
        edit_link(
            actor=actor,
            link=link,
            version=link.version,
            attributes=content["attributes"],
            note=content["note"],
        )


def _bring_annotation(actor: Actor, annotation: Annotation, was: Standing, wanted: Standing) -> None:
    version = annotation.version
    if wanted is None:
        _refuse_linked_by_others(actor, annotation)
        withdraw_annotation(actor=actor, annotation=annotation, version=version)
    elif was is None:
        move_annotation(actor=actor, annotation=annotation, version=version, state=State.DRAFT)
    else:
        edit_annotation(actor=actor, annotation=annotation, version=version, change=_change_to(wanted["content"]))


def _change_to(content: dict[str, Any]) -> AnnotationChange:
    return AnnotationChange(
        kind=Kind(content["kind"]),
        segments=tuple(Segment(start, end) for start, end in content["segments"]),
        exact=tuple(content["exact"]),
        attributes=content["attributes"],
        parties=tuple(UUID(party) for party in content["parties"]),
        note=content["note"],
    )


def _refuse_changed(record: Annotation | Link, was: Standing) -> None:
    """Refuse to touch a record that is not as the step left it. Raises: ChangedSince."""
    now = standing_of(record)
    if now is None or was is None:
        if now is not was:
            raise ChangedSince(record, _differences(was, now))
        return
    is_decided = now["state"] in _DECIDED and now["state"] != was["state"]
    if is_decided or now["content"] != was["content"]:
        raise ChangedSince(record, _differences(was, now))


def _refuse_linked_by_others(actor: Actor, annotation: Annotation) -> None:
    others = Link.objects.living().filter(touching(annotation.id)).exclude(author=actor.user)
    if others.exists():
        detail = "Somebody else has linked this tag since; it stays."
        raise ChangedSince(annotation, [FieldError("links", "invalid", detail)])


def _differences(was: Standing, now: Standing) -> list[FieldError]:
    """Say for each field how the step left it and how it is now."""
    if was is None or now is None:
        left, found = ("there" if was else "removed"), ("there" if now else "removed")
        return [FieldError("state", "invalid", f"You left it: {left}. Now it is: {found}.")]
    fields = {"state": (was["state"], now["state"])} | {
        name: (value, now["content"].get(name)) for name, value in was["content"].items()
    }
    return [
        FieldError(name, "invalid", f"{name}: {_shown(left)} → {_shown(found)}")
        for name, (left, found) in fields.items()
        if left != found
    ]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items()) or "–"
    if isinstance(value, list):
        return " … ".join(str(part) for part in value) or "–"
    return str(value) or "–"
