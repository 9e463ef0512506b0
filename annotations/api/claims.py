"""The ledger: one item for each cluster of claims that say the same."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ListView
from annotations.api.fields import ChoiceField
from annotations.api.filters import (
    Parameter,
    choices_parameter,
    id_parameter,
    narrowed,
    parameters,
    text_parameter,
    true_parameter,
)
from annotations.api.pagination import from_rows
from annotations.api.schema import lists
from annotations.queries.claims import Claimant, ClaimFilter, Cluster, Member, Relation, Status, claim_clusters
from annotations.rules.kinds import TOPICS


class ClaimantOut(serializers.Serializer[Any]):
    """A party (null when the mention names none of the registry), or an outlet in its own voice."""

    party = serializers.UUIDField(required=False, allow_null=True)
    outlet = serializers.UUIDField(required=False)
    name = serializers.CharField()


class MemberOfClusterOut(serializers.Serializer[Any]):
    """One place where the claim is made."""

    annotation = serializers.UUIDField()
    article = serializers.UUIDField()
    outlet = serializers.UUIDField(allow_null=True)
    claimants = ClaimantOut(many=True)
    published_at = serializers.DateTimeField(allow_null=True)


class SupportOut(serializers.Serializer[Any]):
    """A claim from outside the cluster that supports it."""

    annotation = serializers.UUIDField()
    link = serializers.UUIDField()
    claimants = ClaimantOut(many=True)
    article = serializers.UUIDField()
    outlet = serializers.UUIDField(allow_null=True)


class DisputeOut(SupportOut):
    """A claim that disputes the cluster; `mode` is rebuts or undercuts."""

    mode = serializers.CharField()


class ClaimOut(serializers.Serializer[Any]):
    """A cluster; `id` is that of its oldest member, text and topic come from its earliest."""

    id = serializers.UUIDField()
    text = serializers.CharField()
    paraphrase = serializers.CharField()
    topic = serializers.CharField()
    members = MemberOfClusterOut(many=True)
    claimants = ClaimantOut(many=True)
    disputed_by = DisputeOut(many=True)
    supported_by = SupportOut(many=True)
    status = ChoiceField(Status)
    first_seen = serializers.DateTimeField(allow_null=True)
    outlets = serializers.ListField(child=serializers.UUIDField())
    contradiction = serializers.BooleanField()


def claim_content(cluster: Cluster) -> dict[str, Any]:
    """Show one cluster."""
    earliest = cluster.earliest
    return {
        "id": cluster.id,
        "text": earliest.text,
        "paraphrase": earliest.paraphrase,
        "topic": earliest.topic,
        "members": [_member(member) for member in cluster.members],
        "claimants": [_claimant(claimant) for claimant in cluster.claimants],
        "disputed_by": [{**_relation(relation), "mode": relation.mode} for relation in cluster.disputed_by],
        "supported_by": [_relation(relation) for relation in cluster.supported_by],
        "status": cluster.status,
        "first_seen": earliest.published_at,
        "outlets": cluster.outlets,
        "contradiction": cluster.is_contradiction,
    }


def _member(member: Member) -> dict[str, Any]:
    return {
        "annotation": member.annotation,
        "article": member.article,
        "outlet": member.outlet,
        "claimants": [_claimant(claimant) for claimant in member.claimants],
        "published_at": member.published_at,
    }


def _relation(relation: Relation) -> dict[str, Any]:
    member = relation.member
    return {
        "annotation": member.annotation,
        "link": relation.link,
        "claimants": [_claimant(claimant) for claimant in member.claimants],
        "article": member.article,
        "outlet": member.outlet,
    }


def _claimant(claimant: Claimant) -> dict[str, Any]:
    if claimant.outlet is not None:
        return {"outlet": claimant.outlet, "name": claimant.name}
    return {"party": claimant.party, "name": claimant.name}


def _topic(text: str) -> str:
    if text not in TOPICS:
        raise ValueError(text[:50])
    return text


class ClaimListView(ListView):
    """The ledger."""

    parameters: ClassVar[Mapping[str, Parameter]] = parameters(
        id_parameter("project"),
        true_parameter("approved"),
        choices_parameter("status", Status),
        id_parameter("claimant"),
        id_parameter("outlet"),
        id_parameter("incident"),
        Parameter("topic", _topic, {"type": "string", "enum": list(TOPICS)}),
        text_parameter("q"),
    )

    @lists(ClaimOut, parameters)
    def get(self, request: Request) -> Response:
        """List the clusters of claims."""
        values = self.query()
        wanted = narrowed(ClaimFilter, values)
        rows = [{"id": cluster.id, "cluster": cluster} for cluster in claim_clusters(self.actor, wanted)]
        return self.page(values, from_rows(rows), lambda found: [claim_content(row["cluster"]) for row in found])
