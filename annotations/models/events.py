"""Events in chains of digests: what happened to what, by whom, when; append only (trigger in 0002)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotations.models.articles import Article
from annotations.models.base import Record, unique_in_project
from annotations.models.projects import Project


class EventChain(Record):
    """One chain per article and one per project; its row holds count and head and is locked last."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    article = models.ForeignKey(
        Article, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    count = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "event_chain"
        constraints = [
            unique_in_project("event_chain"),
            models.UniqueConstraint(fields=["article"], condition=Q(article__isnull=False), name="event_chain_article"),
            models.UniqueConstraint(fields=["project"], condition=Q(article__isnull=True), name="event_chain_project"),
        ]


class Event(Record):
    """One link of a chain. `digest` covers the fields, the payload's salted digest and the previous digest.

    `subject_label` outlives what the event describes.
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    chain = models.ForeignKey(EventChain, on_delete=models.PROTECT, related_name="events", db_index=False)
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=40)
    subject = models.UUIDField()
    subject_label = models.CharField(max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    payload_digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "event"
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="event_number")]
        indexes = [
            models.Index(fields=["project", "id"], name="event_by_project"),
            models.Index(fields=["subject"], name="event_by_subject"),
        ]


class EventPayload(models.Model):
    """What an event carried, apart from it and salted, so that a redaction can drop it without a hole."""

    event = models.OneToOneField(Event, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    salt = models.CharField(max_length=32)
    # Canonical JSON (sorted keys, no blanks), kept as the very text that was digested.
    content = models.TextField()

    class Meta:
        db_table = "event_payload"
