"""Who am I, and what may I do where."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ApiView
from annotations.api.fields import ChoiceField
from annotations.api.schema import reads
from annotations.queries.projects import memberships_of
from annotations.rules.permissions import Role, Scope


class MembershipOut(serializers.Serializer[Any]):
    """A role in one project."""

    project = serializers.UUIDField()
    slug = serializers.CharField()
    role = ChoiceField(Role)


class MeOut(serializers.Serializer[Any]):
    """The signed-in person; `scope` is null for a browser session."""

    user = serializers.CharField()
    memberships = MembershipOut(many=True)
    scope = ChoiceField(Scope, allow_null=True)


class MeView(ApiView):
    """The signed-in person."""

    @reads(MeOut)
    def get(self, request: Request) -> Response:
        """Say who asks, their memberships and the reach of the token."""
        self.query()
        actor = self.actor
        memberships = [
            {"project": member.project_id, "slug": member.project.slug, "role": member.role}
            for member in memberships_of(actor)
        ]
        return Response({"user": actor.user.username, "memberships": memberships, "scope": actor.scope})
