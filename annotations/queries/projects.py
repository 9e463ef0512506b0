"""Projects and their members, as an actor may see them."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from annotations.errors import NotFound
from annotations.models import Membership
from annotations.queries.access import Actor, actor_memberships, open_memberships, visible_projects

# What a list reads of each row; `role` is the actor's own.
PROJECT_ROW = ("id", "name", "slug", "description", "settings", "version", "created_at", "updated_at", "role")
MEMBER_ROW = ("id", "project_id", "user__username", "role", "created_at")


def memberships_of(actor: Actor) -> QuerySet[Membership]:
    """Read the actor's memberships with their projects, oldest project first: those open to them."""
    return open_memberships(actor).select_related("project").order_by("project_id")


def listed_memberships(actor: Actor) -> list[tuple[Membership, bool]]:
    """List the actor's memberships by name of the project, and whether each waits for a second factor."""
    is_open = Exists(open_memberships(actor).filter(pk=OuterRef("pk")))
    found = actor_memberships(actor).select_related("project").annotate(is_open=is_open)
    return [(member, not member.is_open) for member in found.order_by("project__name", "project_id")]


def project_rows(actor: Actor, slug: str | None = None) -> QuerySet[Any, Any]:
    """Rows of the actor's projects with the actor's role, without order."""
    found = visible_projects(actor)
    if slug is not None:
        found = found.filter(slug=slug)
    rows: QuerySet[Any, Any] = found.annotate(role=F("memberships__role")).values(*PROJECT_ROW)
    return rows


def member_rows(project_id: UUID) -> QuerySet[Any, Any]:
    """Rows of a project's members, without order."""
    rows: QuerySet[Any, Any] = Membership.objects.filter(project_id=project_id).values(*MEMBER_ROW)
    return rows


def get_member(project_id: UUID, username: str) -> Membership:
    """Fetch one member of a project that the gate has given. Raises: NotFound."""
    members = Membership.objects.select_related("user")
    # PostgreSQL cannot even be asked for a name with NUL in it.
    found = None if "\x00" in username else members.filter(project_id=project_id, user__username=username).first()
    if found is None:
        raise NotFound
    return found
