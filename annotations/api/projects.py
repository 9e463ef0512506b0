"""Projects and their members."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ApiView, ListView
from annotations.api.fields import (
    RECORD_FIELDS,
    ChoiceField,
    Input,
    LineField,
    NoteField,
    ObjectField,
    TextField,
    refuse,
)
from annotations.api.filters import parameters, text_parameter
from annotations.api.parsers import Body
from annotations.api.schema import changes, deletes, lists, makes, reads
from annotations.models import Membership, Project
from annotations.queries.access import get_project_for, require, require_scope
from annotations.queries.projects import MEMBER_ROW, PROJECT_ROW, get_member, member_rows, project_rows
from annotations.rules.permissions import Action, Role
from annotations.services.projects import add_member, change_role, create_project, edit_project, remove_member

READ_ONLY = (*RECORD_FIELDS, "role")
MEMBER_READ_ONLY = ("id", "project", "created_at", "updated_at")


class ProjectIn(Input):
    """A new project, or a change of one."""

    not_taken = READ_ONLY

    name = LineField()
    slug = LineField(required=False)
    description = NoteField(required=False)
    settings = ObjectField(required=False)


class ProjectOut(serializers.Serializer[Any]):
    """A project; `role` is one's own."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField()
    settings = ObjectField()
    role = ChoiceField(Role)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class MemberIn(Input):
    """A new member, by user name."""

    not_taken = MEMBER_READ_ONLY

    user = TextField()
    role = ChoiceField(Role)

    def validate_user(self, value: str) -> str:
        """Refuse a name no user has. Raises: ValidationError."""
        if not value or len(value) > 150:
            refuse("not_found", _("There is no such user."))
        return value


class MemberChangeIn(Input):
    """Another role."""

    not_taken = (*MEMBER_READ_ONLY, "user")

    role = ChoiceField(Role)


class MemberOut(serializers.Serializer[Any]):
    """A member."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    user = serializers.CharField()
    role = ChoiceField(Role)
    created_at = serializers.DateTimeField()


def project_content(row: Mapping[str, Any]) -> dict[str, Any]:
    """Show one row of the query."""
    return {"id": row["id"], "project": row["id"], **{name: row[name] for name in PROJECT_ROW if name != "id"}}


def member_content(row: Mapping[str, Any]) -> dict[str, Any]:
    """Show one row of the query."""
    return {
        "id": row["id"],
        "project": row["project_id"],
        "user": row["user__username"],
        "role": row["role"],
        "created_at": row["created_at"],
    }


class _ProjectRecord(ApiView):
    """Shows stored projects with one's own role."""

    def current(self, record: Project) -> Mapping[str, Any]:
        """Show the stored project."""
        row = {name: getattr(record, name, None) for name in PROJECT_ROW}
        return project_content({**row, "role": self.actor.role_in(record.pk)})


class ProjectListView(ListView, _ProjectRecord):
    """One's projects, and making one."""

    parameters = parameters(text_parameter("slug"))

    @lists(ProjectOut, parameters)
    def get(self, request: Request) -> Response:
        """List one's projects."""
        values = self.query()
        rows = project_rows(self.actor, values.get("slug"))
        return self.page(values, rows, lambda found: map(project_content, found))

    @makes(ProjectIn, ProjectOut)
    def post(self, request: Request) -> HttpResponseBase:
        """Make a project and become its admin."""
        require_scope(self.actor, Action.CREATE_PROJECT)
        body = self.body()

        def make() -> Response:
            project = create_project(actor=self.actor, **self.taken(ProjectIn, body))
            return self.created(self.current(project))

        return self.once(body, make)


class ProjectView(_ProjectRecord):
    """One project."""

    @reads(ProjectOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read a project."""
        project = get_project_for(self.actor, pk)
        self.query()
        return self.answer(self.current(project))

    @changes(ProjectIn, ProjectOut)
    def patch(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Change a project."""
        project = get_project_for(self.actor, pk)
        require(self.actor, Action.ADMINISTER, project.pk)
        body = self.body()

        def change() -> Response:
            version = self.matching(project)
            taken = self.taken(ProjectIn, body, partial=True)
            edited = edit_project(actor=self.actor, project=project, version=version, changes=taken)
            return self.answer(self.current(edited))

        return self.once(body, change)


class MemberListView(ListView):
    """A project's members, and adding one."""

    @lists(MemberOut, {})
    def get(self, request: Request, pk: UUID) -> Response:
        """List the members of a project."""
        project = get_project_for(self.actor, pk)
        require(self.actor, Action.READ_ADMINISTRATION, project.pk)
        return self.page(self.query(), member_rows(project.pk), lambda found: map(member_content, found))

    @makes(MemberIn, MemberOut)
    def post(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Make somebody a member."""
        project = get_project_for(self.actor, pk)
        require(self.actor, Action.ADMINISTER, project.pk)
        body = self.body()
        return self.once(body, lambda: self._add(project, body))

    def _add(self, project: Project, body: Body) -> Response:
        taken = self.taken(MemberIn, body)
        member = add_member(actor=self.actor, project=project, username=taken["user"], role=taken["role"])
        location = f"{self.request.path}{taken['user']}/"
        return self.answer(_member_record(member), status=201, location=location)


class MemberView(ApiView):
    """One member, by user name; memberships have no version, so no If-Match."""

    @changes(MemberChangeIn, MemberOut, needs_match=False)
    def patch(self, request: Request, pk: UUID, user: str) -> HttpResponseBase:
        """Give a member another role."""
        project, body = self._member(pk, user)

        def change() -> Response:
            role = self.taken(MemberChangeIn, body)["role"]
            return self.answer(_member_record(change_role(actor=self.actor, project=project, username=user, role=role)))

        return self.once(body, change)

    @deletes(needs_match=False)
    def delete(self, request: Request, pk: UUID, user: str) -> HttpResponseBase:
        """Take somebody out of a project; what they made stays."""
        project = get_project_for(self.actor, pk)
        require(self.actor, Action.ADMINISTER, project.pk)
        body = self.body(may_be_empty=True)

        def remove() -> Response:
            remove_member(actor=self.actor, project=project, username=user)
            return Response(status=204)

        return self.once(body, remove)

    def _member(self, pk: UUID, user: str) -> tuple[Project, Body]:
        project = get_project_for(self.actor, pk)
        require(self.actor, Action.ADMINISTER, project.pk)
        get_member(project.pk, user)
        return project, self.body()


def _member_record(member: Membership) -> dict[str, Any]:
    row = {name: getattr(member, name, None) for name in MEMBER_ROW}
    return member_content({**row, "user__username": member.user.username})
