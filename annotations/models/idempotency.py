"""Stored answers of requests with an Idempotency-Key, written in the transaction of the change."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotations.models.base import Record


class IdempotentAnswer(Record):
    """The 2xx answer to one key of one person; kept 7 days. `status` is null only inside its transaction."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    method = models.CharField(max_length=10)
    path = models.TextField()
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "idempotent_answer"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotent_answer_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_answer_age")]
