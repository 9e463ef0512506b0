"""Outlets, articles and incidents. An article's text never changes after storing (trigger in 0002)."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone

from annotations.models.base import Record, VersionedRecord, one_of, unique_in_project
from annotations.models.parties import Party
from annotations.models.projects import Project
from annotations.rules.registry import OutletKind, OutletScale


class Outlet(VersionedRecord):
    """Who published an article; it may be one side's own (`party`)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="outlets")
    name = models.CharField(max_length=500)
    domain = models.CharField(max_length=500, blank=True, default="")
    country = models.CharField(max_length=500, blank=True, default="")
    kind = models.CharField(max_length=20, blank=True, default="")
    scale = models.CharField(max_length=20, blank=True, default="")
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="outlets", db_constraint=False
    )

    class Meta:
        db_table = "outlet"
        constraints = [
            unique_in_project("outlet"),
            one_of("kind", OutletKind, "outlet_kind", may_be_empty=True),
            one_of("scale", OutletScale, "outlet_scale", may_be_empty=True),
        ]

    def __str__(self) -> str:
        return self.name


class Article(VersionedRecord):
    """Evidence: `text` is cleaned once at intake, hashed, and then fixed. `length` in code points."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="articles")
    outlet = models.ForeignKey(
        Outlet, null=True, blank=True, on_delete=models.PROTECT, related_name="articles", db_constraint=False
    )
    title = models.CharField(max_length=500)
    byline = models.CharField(max_length=500, blank=True, default="")
    url = models.CharField(max_length=2000, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    retrieved_at = models.DateTimeField(default=timezone.now)
    language = models.CharField(max_length=35)
    direction = models.CharField(max_length=3)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    length = models.PositiveIntegerField()
    cleaned = models.JSONField(default=list)
    collected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    supersedes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by", db_constraint=False
    )
    license = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "article"
        constraints = [
            unique_in_project("article"),
            models.UniqueConstraint(fields=["project", "sha256"], name="article_text_once"),
            one_of("direction", ["ltr", "rtl"], "article_direction"),
            models.CheckConstraint(condition=models.Q(length__gte=1), name="article_not_empty"),
        ]
        indexes = [
            models.Index(fields=["project", "outlet", "id"], name="article_by_outlet"),
            models.Index(fields=["project", "language", "id"], name="article_by_language"),
            models.Index(fields=["project", "published_at", "id"], name="article_by_published"),
        ]

    def __str__(self) -> str:
        return self.title


class ArticlePassage(Record):
    """A searchable stretch of an article: a single tsvector cannot hold the longest texts."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="passages", db_constraint=False)
    number = models.PositiveIntegerField()
    words = SearchVectorField()

    class Meta:
        db_table = "article_passage"
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="article_passage_number")]
        indexes = [GinIndex(fields=["words"], name="article_passage_words")]


class Incident(VersionedRecord):
    """The same event in several outlets; the pool of candidates for links across articles."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="incidents")
    title = models.CharField(max_length=500)
    place = models.CharField(max_length=500, blank=True, default="")
    date_from = models.DateField(null=True, blank=True)
    date_to = models.DateField(null=True, blank=True)
    articles = models.ManyToManyField(Article, through="IncidentArticle", related_name="incidents")

    class Meta:
        db_table = "incident"
        constraints = [
            unique_in_project("incident"),
            models.CheckConstraint(
                condition=models.Q(date_from__isnull=True)
                | models.Q(date_to__isnull=True)
                | models.Q(date_from__lte=models.F("date_to")),
                name="incident_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class IncidentArticle(Record):
    """An article that reports an incident."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        db_table = "incident_article"
        constraints = [models.UniqueConstraint(fields=["incident", "article"], name="incident_article_once")]
