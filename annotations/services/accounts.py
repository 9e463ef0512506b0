"""Make users, tokens and single-use sign-in links."""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from annotations.errors import FieldError, InvalidFields, LastAdmin, NotFound
from annotations.models import ApiToken, Membership, Project, SignInLink, User
from annotations.queries.accounts import PREFIX_LENGTH, TOKEN_START, token_digest, token_prefix
from annotations.rules.permissions import Role, Scope
from annotations.rules.texts import line_errors
from annotations.services.events import Happening, record_events
from annotations.services.sessions import end_sessions

LINK_LIFETIME: Final = timedelta(hours=1)
USE_NOTED_EVERY: Final = timedelta(minutes=1)
_USERNAME: Final = re.compile(r"[\w.@+-]{1,150}")
_EMAIL: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,189}")


def make_user(*, username: str, email: str | None = None, password: str | None = None) -> User:
    """Make a user, or change e-mail and password of the one with that name. Raises: InvalidFields."""
    username = _checked(username, email)
    user = User.objects.filter(username=username).first() or User(username=username)
    if email is not None:
        user.email = User.objects.normalize_email(email)
    if password is not None:
        user.set_password(password)
    elif user._state.adding:
        user.set_unusable_password()
    is_new = user._state.adding
    user.save()
    if password is not None and not is_new:
        end_sessions(user=user)
    return user


def create_user(*, username: str, email: str, password: str) -> User:
    """Make a user under a name that nobody has in any spelling of capitals. Raises: InvalidFields."""
    username = _checked(username, email)
    taken = InvalidFields([FieldError("username", "taken", "This name is already taken.")])
    if User.objects.filter(username__iexact=username).exists():
        raise taken
    user = User(username=username, email=User.objects.normalize_email(email))
    user.set_password(password)
    # Somebody may have taken the name meanwhile.
    User.objects.bulk_create([user], ignore_conflicts=True)
    if not User.objects.filter(pk=user.pk).exists():
        raise taken
    return user


def set_email(*, user: User, email: str) -> None:
    """Keep where a person's mail goes; empty for nowhere. Raises: InvalidFields."""
    _checked(user.username, email)
    user.email = User.objects.normalize_email(email)
    user.save(update_fields=["email"])


def set_password(*, user: User, password: str) -> None:
    """Keep a new password; every session of the person ends, and links that were to sign them in."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        SignInLink.objects.filter(user=user, used_at__isnull=True).update(used_at=timezone.now())
        end_sessions(user=user)


def _checked(username: str, email: str | None) -> str:
    """Answer a name as the sign-in form reads it. Raises: InvalidFields."""
    username = User.normalize_username(username)
    if not _USERNAME.fullmatch(username):
        detail = "A user name has letters, digits and . @ + - _ only, at most 150."
        raise InvalidFields([FieldError("username", "invalid", detail)])
    if email and not _EMAIL.fullmatch(email):
        raise InvalidFields([FieldError("email", "invalid", "This is no e-mail address.")])
    return username


def set_membership(*, user: User, slug: str, role: Role) -> Membership:
    """Give a user a role in the project with that slug; for the command line. Raises: NotFound, LastAdmin."""
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        raise NotFound(f"There is no project with the slug {slug}; its address shows it: /p/<slug>/.")
    with transaction.atomic():
        members = {held.user_id: held for held in Membership.objects.select_for_update().filter(project=project)}
        present = members.get(user.id)
        if present is not None and present.role == role:
            return present
        admins = [member for member in members.values() if member.role == Role.ADMIN]
        if present is not None and admins == [present]:
            raise LastAdmin
        membership, is_new = Membership.objects.update_or_create(project=project, user=user, defaults={"role": role})
        verb = "member.added" if is_new else "member.changed"
        happening = Happening(verb, user.id, "member", None, {"role": str(role)})
        record_events(actor=None, project_id=project.id, happenings=[happening])
    return membership


def create_sign_in_link(*, user: User) -> str:
    """Make a path that signs the user in once within an hour."""
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.create(user=user, digest=_digest(secret), expires_at=timezone.now() + LINK_LIFETIME)
    return f"/login/link/{secret}/"


def use_sign_in_link(*, secret: str) -> User:
    """Spend a sign-in link and answer whom it signs in. Raises: NotFound when used, expired or unknown."""
    now = timezone.now()
    with transaction.atomic():
        link = (
            SignInLink.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(digest=_digest(secret), used_at__isnull=True, expires_at__gt=now, user__is_active=True)
            .first()
        )
        if link is None:
            raise NotFound("This sign-in link was used or has expired; ask for a new one.")
        link.used_at = now
        link.save(update_fields=["used_at"])
    return link.user


def issue_token(*, user: User, scope: Scope, expires_days: int | None = None, name: str = "") -> str:
    """Make an API token and answer it; only its digest is stored. Raises: InvalidFields."""
    found = line_errors("name", name, may_be_empty=True)
    if expires_days is not None and not 1 <= expires_days <= 3650:
        found.append(FieldError("expires", "invalid", "A token lives between 1 and 3650 days."))
    if found:
        raise InvalidFields(found)
    token = TOKEN_START + secrets.token_hex(PREFIX_LENGTH // 2) + secrets.token_urlsafe(32)
    expires_at = None if expires_days is None else timezone.now() + timedelta(days=expires_days)
    ApiToken.objects.create(
        user=user,
        name=name,
        prefix=token_prefix(token),
        digest=token_digest(token),
        scope=scope,
        expires_at=expires_at,
    )
    return token


def note_use(*, token: ApiToken) -> None:
    """Keep when a token was last used, to the minute: not every request is worth a write."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def revoke_token(*, prefix: str, owner: User | None = None) -> ApiToken:
    """End a token; one of `owner`'s when somebody asks for themselves. Raises: NotFound."""
    found = ApiToken.objects.filter(prefix=prefix, revoked_at__isnull=True)
    token = (found if owner is None else found.filter(user=owner)).first()
    if token is None:
        raise NotFound("There is no such token in force; see: python manage.py token --list NAME")
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
