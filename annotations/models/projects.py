"""Project and membership: the unit of rights and of export."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotations.models.base import Record, VersionedRecord, one_of
from annotations.rules.permissions import Role
from annotations.rules.settings import ProjectSettings


class Project(VersionedRecord):
    """Every other row belongs to one project and never points into another."""

    name = models.CharField(max_length=500)
    slug = models.SlugField(max_length=100, unique=True)
    description = models.TextField(blank=True, default="")
    settings = models.JSONField(default=dict)

    class Meta:
        db_table = "project"

    def __str__(self) -> str:
        return self.name

    @property
    def rules(self) -> ProjectSettings:
        """The settings in force, with what the project leaves out."""
        return ProjectSettings.of(self.settings)

    @property
    def is_blind(self) -> bool:
        """Whether analysts see only their own annotations (docs/data-model.md#rights)."""
        return bool(self.settings.get("visibility") == "blind")

    @property
    def needs_second_factor(self) -> bool:
        """Whether the project is closed to members without a second factor (docs/data-model.md#rights)."""
        return bool(self.settings.get("second_factor") == "required")


class Membership(Record):
    """One person's role in one project."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "membership"
        constraints = [
            models.UniqueConstraint(fields=["user", "project"], name="membership_once"),
            one_of("role", Role, "membership_role"),
        ]
