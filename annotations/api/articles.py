"""Articles: the evidence. The text is answered for one article, never in lists, and never changes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ApiView, ListView
from annotations.api.fields import (
    RECORD_FIELDS,
    AddressField,
    ChoiceField,
    IdField,
    Input,
    LineField,
    ListField,
    MomentField,
    ObjectField,
    OffsetUnit,
    ReferenceField,
    TextField,
)
from annotations.api.filters import id_parameter, moment_parameter, narrowed, parameters, text_parameter
from annotations.api.parsers import MAX_ARTICLE_BYTES, Body
from annotations.api.preconditions import etag
from annotations.api.schema import changes, lists, makes, reads
from annotations.errors import Immutable
from annotations.models import Article, Project
from annotations.queries.access import get_article_for, get_project_for, require, require_scope
from annotations.queries.article_list import Stage, article_progress
from annotations.queries.articles import ROW, ArticleSearch, article_rows, incidents_of
from annotations.rules.permissions import Action
from annotations.services.articles import ArticleDraft, create_article, edit_article
from annotations.services.submission import submit_article

READ_ONLY = (
    *(name for name in RECORD_FIELDS if name != "project"),
    "offset_unit",
    "direction",
    "length",
    "sha256",
    "retrieved_at",
    "collected_by",
    "supersedes",
    "license",
    "cleaned",
)


class Direction(StrEnum):
    """Which way a text runs."""

    LTR = "ltr"
    RTL = "rtl"


class ArticleIn(Input):
    """A new article."""

    not_taken = READ_ONLY

    project = ReferenceField(get_project_for)
    title = LineField()
    text = TextField()
    language = TextField()
    outlet = IdField(required=False, allow_null=True)
    url = AddressField(required=False)
    byline = LineField(required=False, may_be_empty=True)
    published_at = MomentField(required=False, allow_null=True)
    incidents = ListField(IdField(), required=False)


class ArticleChangeIn(Input):
    """A change of metadata; a `text` is refused with 409 `immutable`."""

    not_taken = (*READ_ONLY, "project")

    title = LineField(required=False)
    text = TextField(required=False)
    language = TextField(required=False)
    outlet = IdField(required=False, allow_null=True)
    url = AddressField(required=False)
    byline = LineField(required=False, may_be_empty=True)
    published_at = MomentField(required=False, allow_null=True)
    incidents = ListField(IdField(), required=False)


class ArticleRowOut(serializers.Serializer[Any]):
    """An article in a list, without its text. `length` in code points."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    title = serializers.CharField()
    outlet = serializers.UUIDField(allow_null=True)
    url = serializers.CharField()
    byline = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    language = serializers.CharField()
    direction = ChoiceField(Direction)
    incidents = serializers.ListField(child=serializers.UUIDField())
    offset_unit = ChoiceField(OffsetUnit)
    length = serializers.IntegerField()
    sha256 = serializers.CharField()
    retrieved_at = serializers.DateTimeField()
    collected_by = serializers.CharField()
    supersedes = serializers.UUIDField(allow_null=True)
    license = serializers.CharField()
    cleaned = serializers.ListField(child=ObjectField())
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ArticleOut(ArticleRowOut):
    """One article with its text."""

    text = serializers.CharField()


class MissingOut(serializers.Serializer[Any]):
    """What an annotation lacks before it can be approved."""

    annotation = serializers.UUIDField()
    code = serializers.CharField()
    detail = serializers.CharField()


class SubmittedOut(serializers.Serializer[Any]):
    """How many records went to review."""

    annotations = serializers.IntegerField()
    links = serializers.IntegerField()


class SubmissionOut(serializers.Serializer[Any]):
    """The answer to submitting an article."""

    submitted = SubmittedOut()
    missing = MissingOut(many=True)


class ProgressOut(serializers.Serializer[Any]):
    """How far an article is, computed from the records one may see: those that count, are handed in, are approved."""

    article = serializers.UUIDField()
    state = ChoiceField(Stage)
    records = serializers.IntegerField()
    submitted = serializers.IntegerField()
    approved = serializers.IntegerField()
    assignees = serializers.ListField(child=serializers.CharField())


def article_content(row: Mapping[str, Any], incidents: Mapping[UUID, list[UUID]]) -> dict[str, Any]:
    """Show one row of the query."""
    return {
        "id": row["id"],
        "project": row["project_id"],
        "title": row["title"],
        "outlet": row["outlet_id"],
        "url": row["url"],
        "byline": row["byline"],
        "published_at": row["published_at"],
        "language": row["language"],
        "direction": row["direction"],
        "incidents": incidents.get(row["id"], []),
        "offset_unit": "codepoint",
        "length": row["length"],
        "sha256": row["sha256"],
        "retrieved_at": row["retrieved_at"],
        "collected_by": row["collected_by__username"],
        "supersedes": row["supersedes_id"],
        "license": row["license"],
        "cleaned": row["cleaned"],
        "version": row["version"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def article_record(article: Article) -> dict[str, Any]:
    """Show one stored article with its text."""
    row = {name: getattr(article, name, None) for name in ROW}
    row["collected_by__username"] = article.collected_by.username
    return {**article_content(row, incidents_of([article.pk])), "text": article.text}


class ArticleListView(ListView):
    """All articles one may see, and adding one."""

    max_bytes = MAX_ARTICLE_BYTES
    parameters = parameters(
        id_parameter("project"),
        id_parameter("outlet"),
        id_parameter("incident"),
        text_parameter("language"),
        moment_parameter("published_after"),
        moment_parameter("published_before"),
        text_parameter("q"),
    )

    @lists(ArticleRowOut, parameters)
    def get(self, request: Request) -> Response:
        """List articles, without their texts."""
        values = self.query()
        wanted = narrowed(ArticleSearch, values)

        def render(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
            incidents = incidents_of([row["id"] for row in rows])
            return [article_content(row, incidents) for row in rows]

        return self.page(values, article_rows(self.actor, wanted), render)

    @makes(ArticleIn, ArticleOut)
    def post(self, request: Request) -> HttpResponseBase:
        """Add an article; its text is cleaned once and then fixed."""
        require_scope(self.actor, Action.EDIT_REGISTRY)
        body = self.body()
        project = self.named(body, "project", get_project_for)
        if project is not None:
            require(self.actor, Action.EDIT_REGISTRY, project.pk)
        else:
            self.taken(ArticleIn, body)
        return self.once(body, lambda: self._make(body, project))

    def _make(self, body: Body, project: Project | None) -> Response:
        taken = self.taken(ArticleIn, body, found=[project] if project else [])
        owner = taken.pop("project")
        article = create_article(actor=self.actor, project=owner, draft=ArticleDraft(**taken))
        return self.created(article_record(article))


class ArticleView(ApiView):
    """One article."""

    def current(self, record: Article) -> Mapping[str, Any]:
        """Show the stored article."""
        return article_record(record)

    @reads(ArticleOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read an article with its text."""
        article = get_article_for(self.actor, pk)
        self.query()
        return self.answer(article_record(article))

    @changes(ArticleChangeIn, ArticleOut)
    def patch(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Change metadata of an article."""
        article = get_article_for(self.actor, pk)
        require(self.actor, Action.EDIT_REGISTRY, article.project_id)
        body = self.body()

        def change() -> Response:
            version = self.matching(article)
            taken = self.taken(ArticleChangeIn, body, partial=True)
            if "text" in taken:
                raise Immutable
            edited = edit_article(actor=self.actor, article=article, version=version, changes=taken)
            return self.answer(article_record(edited))

        return self.once(body, change)


class ArticleTextView(ApiView):
    """The text alone."""

    @reads({(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """Read exactly the stored text."""
        article = get_article_for(self.actor, pk)
        self.query()
        response = HttpResponse(article.text.encode(), content_type="text/plain; charset=utf-8")
        response["ETag"] = etag(article.version)
        return response


class ArticleProgressView(ApiView):
    """How far one article is."""

    @reads(ProgressOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read the state of an article and how many of its records are handed in and approved."""
        article = get_article_for(self.actor, pk)
        self.query()
        row = article_progress(self.actor, article)
        content = {
            "article": article.pk,
            "state": row.stage,
            "records": row.open,
            "submitted": row.sent,
            "approved": row.approved,
            "assignees": [assignment.assignee.username for assignment in row.assignments],
        }
        return Response(content)


class ArticleSubmitView(ApiView):
    """Handing in."""

    @makes(None, SubmissionOut, status=200)
    def post(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Submit one's drafts in an article and the links that start there; says what is missing."""
        article = get_article_for(self.actor, pk)
        require(self.actor, Action.ANNOTATE, article.project_id)
        body = self.body(may_be_empty=True)

        def submit() -> Response:
            self.taken(Input, body)
            done = submit_article(actor=self.actor, article=article)
            missing = [
                {"annotation": item.annotation, "code": item.code, "detail": item.detail} for item in done.missing
            ]
            submitted = {"annotations": done.annotations, "links": done.links}
            return Response({"submitted": submitted, "missing": missing})

        return self.once(body, submit)
