"""Close accounts and open them again, and take second factors away. What a person made stays."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from annotations.errors import NotAllowed, NotFound
from annotations.models import ApiToken, Membership, Project, SignInLink, User
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action, Role
from annotations.services.events import Happening, record_events
from annotations.services.sessions import end_sessions


def deactivate_user(*, user: User, by: User | None = None) -> None:
    """Close an account: nobody signs in to it, its sessions, tokens and sign-in links end at once.

    Opening it again gives back none of them. Each of the person's projects keeps an event.
    """
    now = timezone.now()
    with transaction.atomic():
        held = User.objects.select_for_update().get(pk=user.pk)
        if held.is_active:
            User.objects.filter(pk=user.pk).update(is_active=False)
            _tell_projects(user, by, "member.deactivated")
        ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now)
        SignInLink.objects.filter(user=user, used_at__isnull=True).update(used_at=now)
        end_sessions(user=user)
    user.is_active = False


def reactivate_user(*, user: User) -> None:
    """Open an account again; its password and second factors are as they were."""
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            _tell_projects(user, None, "member.reactivated")
    user.is_active = True


def deactivate_member(*, actor: Actor, project: Project, username: str) -> None:
    """Close the account of a member, all of whose projects the actor administers.

    Raises: NotAllowed, among them for one's own account and for people of other projects; NotFound.
    """
    require(actor, Action.ADMINISTER, project.id)
    with transaction.atomic():
        member = Membership.objects.select_related("user").filter(project=project, user__username=username).first()
        if member is None:
            raise NotFound
        require_may_deactivate(actor, member.user)
        deactivate_user(user=member.user, by=actor.user)


def require_may_deactivate(actor: Actor, user: User) -> None:
    """Refuse to close one's own account, or one that is used where the actor is no admin. Raises: NotAllowed."""
    administered = Membership.objects.filter(user=actor.user, role=Role.ADMIN).values("project_id")
    is_elsewhere = Membership.objects.filter(user=user).exclude(project_id__in=administered).exists()
    if user == actor.user or is_elsewhere:
        raise NotAllowed("Only whoever runs the site may close this account; end the membership instead.")


def remove_second_factors(*, user: User) -> int:
    """Take away a person's second factors and recovery codes, who lost them; answer how many there were."""
    with transaction.atomic():
        number, _kinds = Authenticator.objects.filter(user=user).delete()
        end_sessions(user=user)
    return int(number)


def _tell_projects(user: User, by: User | None, verb: str) -> None:
    for project_id in Membership.objects.filter(user=user).order_by("project_id").values_list("project_id", flat=True):
        happening = Happening(verb, user.id, "member", None, {})
        record_events(actor=by, project_id=project_id, happenings=[happening])
