"""Parties: all names of one actor together."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.fields import (
    RECORD_FIELDS,
    ChoiceField,
    IdField,
    Input,
    LineField,
    ListField,
    ObjectField,
    ReferenceField,
)
from annotations.api.registry import PROJECT_FILTER, RegistryListView, RegistryShow, RegistryView, Row
from annotations.api.schema import changes, deletes, lists, makes, reads
from annotations.models import Party, Project
from annotations.queries.access import get_party_for, get_project_for
from annotations.queries.registry import PARTY_ROW, aliases_of, party_rows
from annotations.rules.registry import ActorType, EntityType
from annotations.services.registry import create_party, delete_party, edit_party

_ALIAS_SCHEMA = {
    "type": "array",
    "maxItems": 200,
    "items": {
        "type": "object",
        "properties": {"text": {"type": "string"}, "language": {"type": "string"}},
        "required": ["text"],
    },
}
READ_ONLY = (*(name for name in RECORD_FIELDS if name != "project"), "merged_into")


@extend_schema_field(_ALIAS_SCHEMA)
class AliasesField(ListField):
    """`[{"text", "language"}]`; what stands in them is checked by the service."""


class _PartyFields(Input):
    name = LineField()
    entity_type = ChoiceField(EntityType)
    actor_type = ChoiceField(ActorType, required=False, allow_null=True)
    parent = IdField(required=False, allow_null=True)  # type: ignore[assignment]
    aliases = AliasesField(ObjectField(), required=False)
    external_ids = ObjectField(required=False)


class PartyIn(_PartyFields):
    """A new party."""

    not_taken = READ_ONLY

    project = ReferenceField(get_project_for)


class PartyChangeIn(_PartyFields):
    """A change of a party."""

    not_taken = (*READ_ONLY, "project")


class PartyOut(serializers.Serializer[Any]):
    """A party."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    name = serializers.CharField()
    entity_type = ChoiceField(EntityType)
    actor_type = ChoiceField(ActorType, allow_null=True)
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    aliases = AliasesField(ObjectField())
    external_ids = ObjectField()
    merged_into = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class _PartyShow(RegistryShow):
    row = PARTY_ROW

    def show(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        aliases = aliases_of([row["id"] for row in rows])
        return [
            {
                "id": row["id"],
                "project": row["project_id"],
                "name": row["name"],
                "entity_type": row["entity_type"],
                "actor_type": row["actor_type"] or None,
                "parent": row["parent_id"],
                "aliases": aliases.get(row["id"], []),
                "external_ids": row["external_ids"],
                "merged_into": row["merged_into_id"],
                "version": row["version"],
                "created_at": row["created_at"],
                "updated_at": row["updated_at"],
            }
            for row in rows
        ]


class PartyListView(_PartyShow, RegistryListView):
    """All parties one may see, and adding one."""

    takes = PartyIn

    @lists(PartyOut, PROJECT_FILTER)
    def get(self, request: Request) -> Response:
        """List parties."""
        return self.list_rows()

    @makes(PartyIn, PartyOut)
    def post(self, request: Request) -> HttpResponseBase:
        """Add a party."""
        return self.add()

    def rows(self, project_id: UUID | None) -> QuerySet[Any, dict[str, Any]]:
        """Read the rows."""
        return party_rows(self.actor, project_id)

    def make(self, project: Project, fields: Mapping[str, object]) -> Party:
        """Call the service."""
        return create_party(actor=self.actor, project=project, fields=fields)


class PartyView(_PartyShow, RegistryView):
    """One party."""

    takes = PartyChangeIn
    fetch = get_party_for

    @reads(PartyOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read a party."""
        return self.read(pk)

    @changes(PartyChangeIn, PartyOut)
    def patch(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Change a party."""
        return self.change(pk)

    @deletes()
    def delete(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Delete a party that nothing refers to."""
        return self.drop(pk)

    def edit(self, record: Party, version: int, changes: Mapping[str, object]) -> Party:
        """Call the service."""
        return edit_party(actor=self.actor, party=record, version=version, changes=changes)

    def remove(self, record: Party, version: int) -> None:
        """Call the service."""
        delete_party(actor=self.actor, party=record, version=version)
