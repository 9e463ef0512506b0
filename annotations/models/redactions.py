"""Redactions: what one admin asks for, what a second person confirms, and every place that was masked (0012)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from annotations.models.articles import Article
from annotations.models.base import Record, one_of
from annotations.models.projects import Project
from annotations.rules.redaction import Closing


class RedactionRequest(Record):
    """An admin's request to mask segments of an article's text. It never holds the words themselves.

    `choices` lists the same words found elsewhere: what, record, field, and whether they are to be masked there.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    segments = ArrayField(ArrayField(models.IntegerField(), size=2))
    reason = models.TextField()
    choices = models.JSONField(default=list)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # The database writes the number of the transaction: a redaction in the same one is refused.
    transaction_number = models.BigIntegerField(default=0)
    closed_as = models.CharField(max_length=10, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "redaction_request"
        constraints = [one_of("closed_as", Closing, "redaction_request_closing", may_be_empty=True)]


class Redaction(Record):
    """A passage masked by two people: the only way through the guards of an immutable text.

    `old_digest` is a keyed digest of the SHA-256 that the text had: it proves nothing to whoever lacks the site's key.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="redactions", db_constraint=False)
    request = models.OneToOneField(RedactionRequest, on_delete=models.PROTECT, related_name="redaction")
    segments = ArrayField(ArrayField(models.IntegerField(), size=2))
    reason = models.TextField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    old_digest = models.CharField(max_length=64)
    # What was done, in numbers, for the closing message.
    counts = models.JSONField(default=dict)
    # The database writes the number of the transaction, in which alone the guards let the places pass.
    transaction_number = models.BigIntegerField(default=0)

    class Meta:
        db_table = "redaction"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(requested_by=models.F("confirmed_by")), name="redaction_two_people"
            ),
        ]


class RedactionPlace(Record):
    """One text that a redaction changes, and where: segments in code points of the text at `path` of the row.

    `number` is that of a version, else 0; `field` is the choice that the two people made, empty where the text
    lies inside the redacted passage itself.
    """

    redaction = models.ForeignKey(Redaction, on_delete=models.PROTECT, related_name="places")
    place_table = models.CharField(max_length=30)
    record = models.UUIDField()
    number = models.PositiveIntegerField(default=0)
    path = ArrayField(models.TextField())
    field = models.CharField(max_length=100, blank=True, default="")
    segments = ArrayField(ArrayField(models.IntegerField(), size=2))

    class Meta:
        db_table = "redaction_place"
        indexes = [models.Index(fields=["place_table", "record"], name="redaction_place_record")]
