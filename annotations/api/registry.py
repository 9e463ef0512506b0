"""Outlets, incidents and parties: the same routes for each, with its own shapes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.response import Response

from annotations.api.base import ApiView, ListView
from annotations.api.fields import Input
from annotations.api.filters import id_parameter, parameters
from annotations.api.idempotency import claim_of, replay
from annotations.api.parsers import Body
from annotations.errors import NotFound
from annotations.models import Project
from annotations.queries.access import Actor, get_project_for, require, require_scope
from annotations.rules.permissions import Action
from annotations.services.idempotency import find_answer

Row = Mapping[str, Any]
PROJECT_FILTER = parameters(id_parameter("project"))


class RegistryShow:
    """What the two views of one noun share: how its rows are read and shown."""

    row: ClassVar[Sequence[str]]

    def show(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """Show rows, reading what stands in other tables for all of them at once."""
        raise NotImplementedError

    def current(self, record: Any) -> Mapping[str, Any]:
        """Show one stored record."""
        return self.show([{name: getattr(record, name) for name in self.row}])[0]


class RegistryListView(RegistryShow, ListView):
    """All records of one noun, and adding one; subclasses describe get and post."""

    parameters = PROJECT_FILTER
    takes: ClassVar[type[Input]]

    def rows(self, project_id: UUID | None) -> QuerySet[Any, dict[str, Any]]:
        """Read the rows."""
        raise NotImplementedError

    def make(self, project: Project, fields: Mapping[str, object]) -> Any:
        """Call the service."""
        raise NotImplementedError

    def list_rows(self) -> Response:
        """Answer one page."""
        values = self.query()
        return self.page(values, self.rows(values.get("project")), self.show)

    def add(self) -> HttpResponseBase:
        """Make a record."""
        require_scope(self.actor, Action.EDIT_REGISTRY)
        body = self.body()
        project = self.named(body, "project", get_project_for)
        if project is not None:
            require(self.actor, Action.EDIT_REGISTRY, project.pk)
        else:
            self.taken(self.takes, body)
        return self.once(body, lambda: self._add(body, project))

    def _add(self, body: Body, project: Project | None) -> Response:
        taken = self.taken(self.takes, body, found=[project] if project else [])
        owner = taken.pop("project")
        return self.created(self.current(self.make(owner, stored(taken))))


class RegistryView(RegistryShow, ApiView):
    """One record of one noun; subclasses describe get, patch and delete."""

    takes: ClassVar[type[Input]]
    fetch: ClassVar[Callable[[Actor, UUID], Any]]

    def edit(self, record: Any, version: int, changes: Mapping[str, object]) -> Any:
        """Call the service."""
        raise NotImplementedError

    def remove(self, record: Any, version: int) -> None:
        """Call the service."""
        raise NotImplementedError

    def read(self, pk: UUID) -> Response:
        """Answer the record."""
        record = type(self).fetch(self.actor, pk)
        self.query()
        return self.answer(self.current(record))

    def change(self, pk: UUID) -> HttpResponseBase:
        """Change the record."""
        record = type(self).fetch(self.actor, pk)
        require(self.actor, Action.EDIT_REGISTRY, record.project_id)
        body = self.body()

        def act() -> Response:
            version = self.matching(record)
            taken = self.taken(self.takes, body, partial=True)
            return self.answer(self.current(self.edit(record, version, stored(taken))))

        return self.once(body, act)

    def drop(self, pk: UUID) -> HttpResponseBase:
        """Delete the record; the same request again is answered again although the record is gone."""
        try:
            record = type(self).fetch(self.actor, pk)
        except NotFound:
            return self._answer_again()
        require(self.actor, Action.DELETE_REGISTRY, record.project_id)
        body = self.body(may_be_empty=True)

        def act() -> Response:
            self.remove(record, self.matching(record))
            # Kept with the answer, so that a repeat can be checked against the rights of then.
            return Response(status=204, headers={"X-Project": str(record.project_id)})

        response = self.once(body, act)
        del response["X-Project"]
        return response

    def _answer_again(self) -> HttpResponseBase:
        claim = claim_of(self.request, self.body(may_be_empty=True).digest)
        stored_answer = find_answer(claim) if claim else None
        if stored_answer is None or "X-Project" not in stored_answer.headers:
            raise NotFound
        require(self.actor, Action.DELETE_REGISTRY, UUID(stored_answer.headers["X-Project"]))
        return replay(stored_answer)


def stored(taken: Mapping[str, object]) -> dict[str, object]:
    """Write choices left empty as they are stored."""
    empty = {"kind", "scale", "actor_type"}
    return {name: "" if value is None and name in empty else value for name, value in taken.items()}
