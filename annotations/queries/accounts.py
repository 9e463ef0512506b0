"""Readers of accounts: users by name, their tokens, and whose token a string is."""

import hashlib
import hmac

from django.db.models import QuerySet
from django.utils import timezone

from annotations.errors import NotFound
from annotations.models import ApiToken, User
from annotations.rules.permissions import Scope

TOKEN_START = "nd_"  # noqa: S105 - no secret
PREFIX_LENGTH = 8


def token_digest(token: str) -> str:
    """Digest a whole token as it is stored (SHA-256, hex)."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_prefix(token: str) -> str:
    """Answer the part of a token that finds it and may be shown."""
    return token[: len(TOKEN_START) + PREFIX_LENGTH]


def token_owner(token: str) -> tuple[User, Scope] | None:
    """Answer whose valid token this is, and its scope; None for anything else."""
    found = valid_token(token)
    return None if found is None else (found.user, Scope(found.scope))


def valid_token(token: str) -> ApiToken | None:
    """Find a valid token by what was sent, with its user; None for anything else."""
    if not token.startswith(TOKEN_START) or not token.isascii() or len(token) > 200:
        return None
    # Prefixes are unique; not `first()`, which would ask for an order.
    for found in ApiToken.objects.select_related("user").filter(prefix=token_prefix(token)):
        if hmac.compare_digest(found.digest, token_digest(token)) and _is_valid(found):
            return found
    return None


def user_named(username: str) -> User:
    """Answer the active user of that name; for the command line. Raises: NotFound."""
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound(f"There is no user {username}; make one: python manage.py user {username}")
    return found


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """Answer a user's tokens, the newest first."""
    return ApiToken.objects.filter(user=user).order_by("-created_at")


def _is_valid(token: ApiToken) -> bool:
    is_over = token.expires_at is not None and token.expires_at <= timezone.now()
    return token.user.is_active and token.revoked_at is None and not is_over
