"""Invitations into a project: a link that makes one person a member. Its secret is stored as a digest only."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotations.models.base import Record, one_of
from annotations.models.projects import Project
from annotations.rules.permissions import Role


class Invitation(Record):
    """A place in a project; over when it was used, revoked, or its time has passed. `note` says whom it is for."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=10)
    note = models.CharField(max_length=500, blank=True, default="")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "invitation"
        constraints = [
            one_of("role", Role, "invitation_role"),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True, used_by__isnull=True)
                | models.Q(used_at__isnull=False, used_by__isnull=False, revoked_at__isnull=True),
                name="invitation_used_once",
            ),
        ]
