"""Readers of accounts: whose token is this?"""

import hashlib
import hmac

from django.db.models import Q
from django.utils import timezone

from annotations.models import ApiToken, User
from annotations.rules.permissions import Scope

TOKEN_START = "nd_"
PREFIX_LENGTH = 8


def token_digest(token: str) -> str:
    """Digest a whole token as it is stored (SHA-256, hex)."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_prefix(token: str) -> str:
    """The part of a token that finds it and may be shown."""
    return token[: len(TOKEN_START) + PREFIX_LENGTH]


def token_owner(token: str) -> tuple[User, Scope] | None:
    """Answer whose valid token this is, and its scope; None for anything else."""
    if not token.startswith(TOKEN_START) or not token.isascii() or len(token) > 200:
        return None
    now = timezone.now()
    found = (
        ApiToken.objects.select_related("user")
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), prefix=token_prefix(token))
        .filter(revoked_at__isnull=True, user__is_active=True)
        .first()
    )
    if found is None or not hmac.compare_digest(found.digest, token_digest(token)):
        return None
    return found.user, Scope(found.scope)
