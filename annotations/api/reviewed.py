"""What the routes of annotations and of links share: rights, moving the state, history."""

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.response import Response

from annotations.api.base import ApiView
from annotations.api.parsers import Body
from annotations.errors import FieldError, InvalidFields, NotYours, OwnWork
from annotations.models import Annotation, Link
from annotations.queries.access import Actor, require
from annotations.queries.barring import editors_since_approval
from annotations.queries.history import DecisionMade, VersionMade
from annotations.rules.permissions import Action
from annotations.rules.review import State, barred
from annotations.services.holding import require_editor, require_mover

# Where PATCH may move a record; the rest goes through decisions/ and DELETE.
TARGETS: Final = frozenset({State.SUBMITTED, State.DRAFT, State.DISMISSED})
_R = TypeVar("_R", Annotation, Link)


class ReviewedView(ApiView, Generic[_R]):
    """One annotation or link, read, changed and withdrawn; its view says by which functions."""

    def fetch(self, pk: UUID) -> _R:
        """Fetch it from the gate. Raises: NotFound."""
        raise NotImplementedError

    def edit(self, record: _R, version: int, body: Body) -> _R:
        """Change its content."""
        raise NotImplementedError

    def move(self, record: _R, version: int, state: State) -> _R:
        """Move its state."""
        raise NotImplementedError

    def require_withdrawer(self, record: _R) -> None:
        """Let through who may withdraw it. Raises: NotAllowed, NotYours."""
        require_editor(self.actor, record)

    def withdraw(self, record: _R, version: int) -> _R:
        """Withdraw it."""
        raise NotImplementedError

    def read_record(self, pk: UUID) -> Response:
        """Answer it as it is."""
        record = self.fetch(pk)
        self.query()
        return self.answer(self.current(record))

    def change_record(self, pk: UUID) -> HttpResponseBase:
        """Do what a PATCH asks for: change the content, or move the state."""
        record = self.fetch(pk)
        require_change(self.actor, record)
        body = self.body()
        (require_mover if is_move(body) else require_editor)(self.actor, record)

        def change() -> Response:
            version = self.matching(record)
            if is_move(body):
                return self.answer(self.current(self.move(record, version, target_state(body))))
            return self.answer(self.current(self.edit(record, version, body)))

        return self.once(body, change)

    def withdraw_record(self, pk: UUID) -> HttpResponseBase:
        """Do what a DELETE asks for."""
        record = self.fetch(pk)
        self.require_withdrawer(record)
        body = self.body(may_be_empty=True)
        return self.once(body, lambda: self.answer(self.current(self.withdraw(record, self.matching(record)))))


def require_change(actor: Actor, record: Annotation | Link) -> None:
    """Let through who may change or move the record. Raises: NotFound, NotAllowed, NotYours."""
    try:
        require_editor(actor, record)
    except NotYours:
        require_mover(actor, record)


def require_author(actor: Actor, record: Annotation | Link) -> None:
    """Let through the record's author, or who goes on with it. Raises: NotFound, NotAllowed, NotYours."""
    require(actor, Action.ANNOTATE, record.project_id)
    if not record.is_in_hands_of(actor.user.pk):
        raise NotYours


def require_decider(actor: Actor, record: Annotation | Link) -> None:
    """Let through who may decide on the record. Raises: NotFound, NotAllowed, OwnWork."""
    require(actor, Action.DECIDE, record.project_id)
    is_annotation = isinstance(record, Annotation)
    editors = editors_since_approval([record.pk] if is_annotation else [], [] if is_annotation else [record.pk])
    if actor.user.pk in barred(record.author_id, editors.get(record.pk, ())):
        raise OwnWork


def is_move(body: Body) -> bool:
    """Say whether a PATCH moves the state rather than change content."""
    return isinstance(body.content, Mapping) and "state" in body.content


def target_state(body: Body) -> State:
    """Read the state a PATCH asks for, which stands alone. Raises: InvalidFields."""
    content: Mapping[str, Any] = body.content if isinstance(body.content, Mapping) else {}
    target: Any = content.get("state")
    errors = list(body.errors)
    if not isinstance(target, str):
        errors.append(FieldError("state", "invalid_type", _("This must be a text.")))
    elif target not in TARGETS:
        errors.append(
            FieldError("state", "read_only_field", _("Send submitted, draft or dismissed; the rest is decided."))
        )
    elif len(content) > 1:
        errors.append(FieldError("state", "read_only_field", _("Send the state alone, without other fields.")))
    if errors:
        raise InvalidFields(errors)
    return State(target)


def decision_content(row: Mapping[str, Any]) -> dict[str, Any]:
    """Show one decision."""
    return {
        "id": row["id"],
        "project": row["project_id"],
        "annotation": row["annotation_id"],
        "link": row["link_id"],
        "version": row["version"],
        "verdict": row["verdict"],
        "reason": row["reason"] or None,
        "comment": row["comment"],
        "proposal": row["proposal"],
        "reviewer": row["reviewer__username"],
        "at": row["at"],
        "created_at": row["at"],
        "updated_at": row["at"],
    }


def history_content(items: list[VersionMade | DecisionMade], *, holds_offsets: bool) -> dict[str, Any]:
    """Show the history of a record, oldest first."""
    content: dict[str, Any] = {"results": [_item(item) for item in items]}
    return {"offset_unit": "codepoint", **content} if holds_offsets else content


def _item(item: VersionMade | DecisionMade) -> dict[str, Any]:
    if isinstance(item, DecisionMade):
        return {"type": "decision", **decision_content(item.decision)}
    return {
        "type": "version",
        "version": item.number,
        "content": item.content,
        "editor": item.editor,
        "at": item.at,
    }
