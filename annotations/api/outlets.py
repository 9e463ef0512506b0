"""Outlets: who published."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.fields import RECORD_FIELDS, ChoiceField, IdField, Input, LineField, ReferenceField
from annotations.api.registry import PROJECT_FILTER, RegistryListView, RegistryShow, RegistryView, Row
from annotations.api.schema import changes, deletes, lists, makes, reads
from annotations.models import Outlet, Project
from annotations.queries.access import get_outlet_for, get_project_for
from annotations.queries.registry import OUTLET_ROW, outlet_rows
from annotations.rules.registry import OutletKind, OutletScale
from annotations.services.registry import create_outlet, delete_outlet, edit_outlet

READ_ONLY = tuple(name for name in RECORD_FIELDS if name != "project")


class _OutletFields(Input):
    name = LineField()
    domain = LineField(required=False, may_be_empty=True)
    country = LineField(required=False, may_be_empty=True)
    kind = ChoiceField(OutletKind, required=False, allow_null=True)
    scale = ChoiceField(OutletScale, required=False, allow_null=True)
    party = IdField(required=False, allow_null=True)


class OutletIn(_OutletFields):
    """A new outlet."""

    not_taken = READ_ONLY

    project = ReferenceField(get_project_for)


class OutletChangeIn(_OutletFields):
    """A change of an outlet."""

    not_taken = (*READ_ONLY, "project")


class OutletOut(serializers.Serializer[Any]):
    """An outlet; `party` when it is one side's own."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    name = serializers.CharField()
    domain = serializers.CharField()
    country = serializers.CharField()
    kind = ChoiceField(OutletKind, allow_null=True)
    scale = ChoiceField(OutletScale, allow_null=True)
    party = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class _OutletShow(RegistryShow):
    row = OUTLET_ROW

    def show(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        return [
            {
                "id": row["id"],
                "project": row["project_id"],
                "name": row["name"],
                "domain": row["domain"],
                "country": row["country"],
                "kind": row["kind"] or None,
                "scale": row["scale"] or None,
                "party": row["party_id"],
                "version": row["version"],
                "created_at": row["created_at"],
                "updated_at": row["updated_at"],
            }
            for row in rows
        ]


class OutletListView(_OutletShow, RegistryListView):
    """All outlets one may see, and adding one."""

    takes = OutletIn

    @lists(OutletOut, PROJECT_FILTER)
    def get(self, request: Request) -> Response:
        """List outlets."""
        return self.list_rows()

    @makes(OutletIn, OutletOut)
    def post(self, request: Request) -> HttpResponseBase:
        """Add an outlet."""
        return self.add()

    def rows(self, project_id: UUID | None) -> QuerySet[Any, dict[str, Any]]:
        """Read the rows."""
        return outlet_rows(self.actor, project_id)

    def make(self, project: Project, fields: Mapping[str, object]) -> Outlet:
        """Call the service."""
        return create_outlet(actor=self.actor, project=project, fields=fields)


class OutletView(_OutletShow, RegistryView):
    """One outlet."""

    takes = OutletChangeIn
    fetch = get_outlet_for

    @reads(OutletOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read an outlet."""
        return self.read(pk)

    @changes(OutletChangeIn, OutletOut)
    def patch(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Change an outlet."""
        return self.change(pk)

    @deletes()
    def delete(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Delete an outlet that nothing refers to."""
        return self.drop(pk)

    def edit(self, record: Outlet, version: int, changes: Mapping[str, object]) -> Outlet:
        """Call the service."""
        return edit_outlet(actor=self.actor, outlet=record, version=version, changes=changes)

    def remove(self, record: Outlet, version: int) -> None:
        """Call the service."""
        delete_outlet(actor=self.actor, outlet=record, version=version)
