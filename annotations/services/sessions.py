"""End browser sessions. A session that is ended is out at its next request."""

from collections.abc import Iterator

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from annotations.errors import NotFound
from annotations.models import User

# Where allauth keeps who gave the right password and has yet to give a code.
_PENDING = "account_login"


def note_session(*, user: User, key: str, address: str, browser: str) -> None:
    """Keep where a session is, for one that began before sessions were listed."""
    UserSession.objects.get_or_create(
        session_key=key, defaults={"user": user, "ip": address, "user_agent": browser[: _longest("user_agent")]}
    )


def end_session(*, user: User, number: int) -> None:
    """End one of the person's sessions, by its number in the list. Raises: NotFound."""
    found = UserSession.objects.filter(user=user, pk=number).first()
    if found is None:
        raise NotFound
    with transaction.atomic():
        Session.objects.filter(session_key=found.session_key).delete()
        found.delete()


def end_sessions(*, user: User, but: str = "") -> int:
    """End all sessions of a person but the one with the key `but`; answer how many. Costs a look at every session."""
    keys = [key for key in _keys_of(user) if key != but]
    with transaction.atomic():
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(user=user).exclude(session_key=but).delete()
    return len(keys)


def _keys_of(user: User) -> Iterator[str]:
    """Find the sessions that are a person's or are about to be; what they hold is readable only one by one."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        held = session.get_decoded()
        pending = held.get(_PENDING)
        is_pending = isinstance(pending, dict) and pending.get("user_pk") == user.pk.hex
        if held.get(SESSION_KEY) == str(user.pk) or is_pending:
            yield session.session_key


def _longest(field: str) -> int:
    return int(UserSession._meta.get_field(field).max_length or 0)
