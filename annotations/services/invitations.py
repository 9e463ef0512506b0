"""Invite people into a project: make a link, take it back, and let somebody in by it once."""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotations.errors import FieldError, InvalidFields, NotFound
from annotations.models import Invitation, Membership, Project, User
from annotations.queries.access import Actor, require
from annotations.queries.invitations import OVER, invitation_digest, valid_invitations
from annotations.rules.permissions import Action, Role
from annotations.rules.texts import line_errors
from annotations.services.accounts import create_user
from annotations.services.events import Happening, record_events
from annotations.services.projects import AlreadyMember

MOST_DAYS: Final = 90


def make_invitation(*, actor: Actor, project: Project, role: Role, days: int, note: str = "") -> str:
    """Make an invitation and answer its path; the secret in it is stored as a digest only.

    Raises: NotFound, NotAllowed, InvalidFields.
    """
    require(actor, Action.ADMINISTER, project.id)
    found = line_errors("note", note, may_be_empty=True)
    if not 1 <= days <= MOST_DAYS:
        found.append(FieldError("days", "invalid", "An invitation is valid for 1 to 90 days."))
    if found:
        raise InvalidFields(found)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        made = Invitation.objects.create(
            project=project,
            role=role,
            note=note,
            digest=invitation_digest(secret),
            made_by=actor.user,
            expires_at=timezone.now() + timedelta(days=days),
        )
        _happened(actor.user, made, "made")
    return f"/invitations/{secret}/"


def revoke_invitation(*, actor: Actor, project: Project, pk: UUID) -> None:
    """Take an invitation back before it is used. Raises: NotFound, NotAllowed."""
    require(actor, Action.ADMINISTER, project.id)
    with transaction.atomic():
        held = Invitation.objects.select_for_update(of=("self",)).filter(project=project, pk=pk)
        invitation = held.filter(used_at__isnull=True, revoked_at__isnull=True).first()
        if invitation is None:
            raise NotFound
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        _happened(actor.user, invitation, "revoked")


def accept_invitation(*, user: User, secret: str) -> Project:
    """Spend an invitation and make the person a member.

    Raises: NotFound when it is over, AlreadyMember, which leaves it as it was.
    """
    with transaction.atomic():
        held = Invitation.objects.select_for_update(of=("self",)).filter(digest=invitation_digest(secret)).first()
        # Asked again under the lock: two people may come with the same link.
        if held is None or not valid_invitations().filter(pk=held.pk).exists():
            raise NotFound(OVER)
        membership, is_new = Membership.objects.get_or_create(
            project_id=held.project_id, user=user, defaults={"role": held.role}
        )
        if not is_new:
            raise AlreadyMember
        held.used_at, held.used_by = timezone.now(), user
        held.save(update_fields=["used_at", "used_by"])
        payload = {"role": str(membership.role), "invitation": str(held.id)}
        happening = Happening("member.added", user.id, "member", None, payload)
        record_events(actor=user, project_id=held.project_id, happenings=[happening])
    return held.project


def join_as_new(*, secret: str, username: str, email: str, password: str) -> tuple[User, Project]:
    """Make an account for who was invited, and a member of it. Raises: NotFound, InvalidFields (a taken name)."""
    with transaction.atomic():
        if not valid_invitations().filter(digest=invitation_digest(secret)).exists():
            raise NotFound(OVER)
        user = create_user(username=username, email=email, password=password)
        return user, accept_invitation(user=user, secret=secret)


def _happened(user: User, invitation: Invitation, verb: str) -> None:
    payload = {"role": str(invitation.role)}
    happening = Happening(f"invitation.{verb}", invitation.id, "invitation", None, payload)
    record_events(actor=user, project_id=invitation.project_id, happenings=[happening])
