"""Readers of browser sessions: where a person is signed in."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from annotations.models import User


def sessions_of(user: User) -> QuerySet[UserSession]:
    """Answer the sessions in which a person is signed in, the newest first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    found: QuerySet[UserSession] = UserSession.objects.filter(user=user, session_key__in=alive).order_by("-id")
    return found
