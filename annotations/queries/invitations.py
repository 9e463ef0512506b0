"""Readers of invitations: those of a project, and the one that a secret opens."""

import hashlib

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from annotations.errors import NotFound
from annotations.models import Invitation, Membership, Project
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action, Role

OVER = "This invitation was used, revoked or has expired; ask for a new one."


def invitation_digest(secret: str) -> str:
    """Digest a secret as it is stored (SHA-256, hex)."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def valid_invitations() -> QuerySet[Invitation]:
    """Answer what still opens a project: in time, not used or revoked, and made by somebody who still may."""
    administers = Membership.objects.filter(
        project_id=OuterRef("project_id"), user_id=OuterRef("made_by_id"), role=Role.ADMIN, user__is_active=True
    )
    return Invitation.objects.filter(
        Exists(administers), used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now()
    )


def invitation_of(secret: str) -> Invitation:
    """Fetch the invitation that a secret opens, with its project. Raises: NotFound, whatever the reason."""
    found = valid_invitations().select_related("project", "made_by").filter(digest=invitation_digest(secret))
    for invitation in found:
        return invitation
    raise NotFound(OVER)


def open_invitations(actor: Actor, project: Project) -> QuerySet[Invitation]:
    """Answer a project's invitations that wait to be used, the newest first. Raises: NotFound, NotAllowed."""
    require(actor, Action.ADMINISTER, project.id)
    found = Invitation.objects.filter(
        project=project, used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now()
    )
    return found.select_related("made_by").order_by("-id")
