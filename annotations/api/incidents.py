"""Incidents: the same event in several outlets."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.fields import RECORD_FIELDS, DayField, IdField, Input, LineField, ListField, ReferenceField
from annotations.api.registry import PROJECT_FILTER, RegistryListView, RegistryShow, RegistryView, Row
from annotations.api.schema import changes, deletes, lists, makes, reads
from annotations.models import Incident, Project
from annotations.queries.access import get_incident_for, get_project_for
from annotations.queries.articles import articles_of
from annotations.queries.registry import INCIDENT_ROW, incident_rows
from annotations.services.registry import create_incident, delete_incident, edit_incident

READ_ONLY = tuple(name for name in RECORD_FIELDS if name != "project")


class _IncidentFields(Input):
    title = LineField()
    place = LineField(required=False, may_be_empty=True)
    date_from = DayField(required=False, allow_null=True)
    date_to = DayField(required=False, allow_null=True)
    articles = ListField(IdField(), required=False)


class IncidentIn(_IncidentFields):
    """A new incident."""

    not_taken = READ_ONLY

    project = ReferenceField(get_project_for)


class IncidentChangeIn(_IncidentFields):
    """A change of an incident."""

    not_taken = (*READ_ONLY, "project")


class IncidentOut(serializers.Serializer[Any]):
    """An incident with the articles that report it."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    title = serializers.CharField()
    place = serializers.CharField()
    date_from = serializers.DateField(allow_null=True)
    date_to = serializers.DateField(allow_null=True)
    articles = serializers.ListField(child=serializers.UUIDField())
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class _IncidentShow(RegistryShow):
    row = INCIDENT_ROW

    def show(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        articles = articles_of([row["id"] for row in rows])
        return [
            {
                "id": row["id"],
                "project": row["project_id"],
                "title": row["title"],
                "place": row["place"],
                "date_from": row["date_from"],
                "date_to": row["date_to"],
                "articles": articles.get(row["id"], []),
                "version": row["version"],
                "created_at": row["created_at"],
                "updated_at": row["updated_at"],
            }
            for row in rows
        ]


class IncidentListView(_IncidentShow, RegistryListView):
    """All incidents one may see, and adding one."""

    takes = IncidentIn

    @lists(IncidentOut, PROJECT_FILTER)
    def get(self, request: Request) -> Response:
        """List incidents."""
        return self.list_rows()

    @makes(IncidentIn, IncidentOut)
    def post(self, request: Request) -> HttpResponseBase:
        """Add an incident."""
        return self.add()

    def rows(self, project_id: UUID | None) -> QuerySet[Any, dict[str, Any]]:
        """Read the rows."""
        return incident_rows(self.actor, project_id)

    def make(self, project: Project, fields: Mapping[str, object]) -> Incident:
        """Call the service."""
        return create_incident(actor=self.actor, project=project, fields=fields)


class IncidentView(_IncidentShow, RegistryView):
    """One incident."""

    takes = IncidentChangeIn
    fetch = get_incident_for

    @reads(IncidentOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read an incident."""
        return self.read(pk)

    @changes(IncidentChangeIn, IncidentOut)
    def patch(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Change an incident."""
        return self.change(pk)

    @deletes()
    def delete(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Delete an incident that nothing refers to."""
        return self.drop(pk)

    def edit(self, record: Incident, version: int, changes: Mapping[str, object]) -> Incident:
        """Call the service."""
        return edit_incident(actor=self.actor, incident=record, version=version, changes=changes)

    def remove(self, record: Incident, version: int) -> None:
        """Call the service."""
        delete_incident(actor=self.actor, incident=record, version=version)
