"""Webhooks: addresses that are told of decisions and releases, and the log of what they were told."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotations.models.base import Record, one_of, unique_in_project
from annotations.models.projects import Project
from annotations.rules.webhooks import DeliveryState


class Webhook(Record):
    """An address of a project; its secret follows from the site's key and `salt` and is stored nowhere."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="webhooks")
    url = models.CharField(max_length=2000)
    topics = ArrayField(models.CharField(max_length=10))
    salt = models.CharField(max_length=32)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "webhook"
        constraints = [unique_in_project("webhook")]


class Delivery(Record):
    """One message to one address: its body as it is signed, and how the attempts went."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    topic = models.CharField(max_length=10)
    body = models.TextField()
    state = models.CharField(max_length=10, default=DeliveryState.WAITING.value)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    status = models.PositiveIntegerField(null=True, blank=True)
    # Why the last attempt failed: a short word of ours, never what the other side said.
    problem = models.CharField(max_length=20, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "webhook_delivery"
        constraints = [one_of("state", DeliveryState, "webhook_delivery_state")]
        indexes = [
            models.Index(fields=["webhook", "id"], name="webhook_delivery_by_webhook"),
            models.Index(
                fields=["next_at"], condition=Q(state=DeliveryState.WAITING.value), name="webhook_delivery_due"
            ),
        ]
