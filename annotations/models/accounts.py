"""People, their API tokens and single-use sign-in links. Secrets are stored as digests only."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils import timezone

from annotations.models.base import Record, one_of
from annotations.rules.permissions import Scope


class User(AbstractBaseUser, Record):
    """A person who signs in. Rights come from memberships alone."""

    username = models.CharField(max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    email = models.EmailField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = BaseUserManager["User"]()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "user"

    def __str__(self) -> str:
        return self.username


class ApiToken(Record):
    """A bearer token: `prefix` finds it, `digest` (SHA-256 hex of the whole token) proves it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=500, blank=True, default="")
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scope = models.CharField(max_length=10)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "api_token"
        constraints = [one_of("scope", Scope, "api_token_scope")]


class SignInLink(Record):
    """A link that signs a person in once; `digest` is the SHA-256 hex of its secret."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_links")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "sign_in_link"


class SignInCount(Record):
    """How often somebody tried to sign in since `started_at`; `digest` is of an account's name or an address."""

    digest = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        db_table = "sign_in_count"
