"""Outlets, incidents and parties as rows for lists and answers."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from annotations.models import PartyAlias
from annotations.queries.access import Actor, visible_incidents, visible_outlets, visible_parties

_EVERY: Final = ("id", "project_id", "version", "created_at", "updated_at")
OUTLET_ROW: Final = (*_EVERY, "name", "domain", "country", "kind", "scale", "party_id")
INCIDENT_ROW: Final = (*_EVERY, "title", "place", "date_from", "date_to")
PARTY_ROW: Final = (*_EVERY, "name", "entity_type", "actor_type", "parent_id", "external_ids", "merged_into_id")


def outlet_rows(actor: Actor, project_id: UUID | None) -> QuerySet[Any, Any]:
    """Rows of outlets, without order."""
    rows: QuerySet[Any, Any] = visible_outlets(actor, project_id).values(*OUTLET_ROW)
    return rows


def incident_rows(actor: Actor, project_id: UUID | None) -> QuerySet[Any, Any]:
    """Rows of incidents, without order."""
    rows: QuerySet[Any, Any] = visible_incidents(actor, project_id).values(*INCIDENT_ROW)
    return rows


def party_rows(actor: Actor, project_id: UUID | None) -> QuerySet[Any, Any]:
    """Rows of parties, without order."""
    rows: QuerySet[Any, Any] = visible_parties(actor, project_id).values(*PARTY_ROW)
    return rows


def aliases_of(parties: Collection[UUID]) -> Mapping[UUID, list[Mapping[str, str]]]:
    """Each party's other names, in their order. One statement."""
    found: dict[UUID, list[Mapping[str, str]]] = defaultdict(list)
    aliases = PartyAlias.objects.filter(party_id__in=parties).order_by("party_id", "position")
    for party, text, language in aliases.values_list("party_id", "text", "language"):
        found[party].append({"text": text, "language": language})
    return found
