"""Who has which article: taking, giving, releasing, and the next one for me."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ApiView, ListView
from annotations.api.fields import DayField, Input, TextField
from annotations.api.parsers import Body
from annotations.api.schema import deletes, lists, makes
from annotations.models import Article, Assignment
from annotations.queries.access import get_article_for, get_project_for, require
from annotations.queries.assignments import ASSIGNMENT_ROW, assignment_rows
from annotations.rules.permissions import Action
from annotations.services.assignments import assign_article, release_article, take_next_article


class AssignmentIn(Input):
    """Who is to have the article, oneself when left out, and until when."""

    not_taken = ("id", "project", "article", "given_by", "at", "created_at", "updated_at")

    assignee = TextField(required=False)
    due = DayField(required=False, allow_null=True)


class AssignmentOut(serializers.Serializer[Any]):
    """One person's turn at one article."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    article = serializers.UUIDField()
    assignee = serializers.CharField()
    given_by = serializers.CharField()
    due = serializers.DateField(allow_null=True)
    at = serializers.DateTimeField()


class NextArticleOut(serializers.Serializer[Any]):
    """The article to work on next; null when nothing is left."""

    article = serializers.UUIDField(allow_null=True)


def assignment_content(row: Mapping[str, Any]) -> dict[str, Any]:
    """Show one row of the query."""
    return {
        "id": row["id"],
        "project": row["project_id"],
        "article": row["article_id"],
        "assignee": row["assignee__username"],
        "given_by": row["given_by__username"],
        "due": row["due"],
        "at": row["at"],
    }


class AssignmentListView(ListView):
    """Who has an article now, and taking or giving it."""

    @lists(AssignmentOut, {})
    def get(self, request: Request, pk: UUID) -> Response:
        """List who has the article; who is blind in the project sees only themselves."""
        article = get_article_for(self.actor, pk)
        return self.page(self.query(), assignment_rows(self.actor, article), lambda r: map(assignment_content, r))

    @makes(AssignmentIn, AssignmentOut)
    def post(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Take the article, or give it to another member; again with another date moves the date."""
        article = get_article_for(self.actor, pk)
        require(self.actor, Action.ANNOTATE, article.project_id)
        body = self.body()
        return self.once(body, lambda: self._assign(article, body))

    def _assign(self, article: Article, body: Body) -> Response:
        taken = self.taken(AssignmentIn, body)
        name = taken.get("assignee", self.actor.user.username)
        made = assign_article(actor=self.actor, article=article, username=name, due=taken.get("due"))
        return self.answer(_record(made), status=201)


class AssignmentView(ApiView):
    """One person's turn at an article; assignments have no version, so no If-Match."""

    @deletes(needs_match=False)
    def delete(self, request: Request, pk: UUID, user: str) -> HttpResponseBase:
        """Give the article back, or take it back from another member."""
        article = get_article_for(self.actor, pk)
        action = Action.ANNOTATE if user == self.actor.user.username else Action.ASSIGN
        require(self.actor, action, article.project_id)
        body = self.body(may_be_empty=True)

        def release() -> Response:
            release_article(actor=self.actor, article=article, username=user)
            return Response(status=204)

        return self.once(body, release)


class NextArticleView(ApiView):
    """The next article for me."""

    @makes(None, NextArticleOut, status=200)
    def post(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Answer the article to work on next; a free one is taken."""
        project = get_project_for(self.actor, pk)
        require(self.actor, Action.ANNOTATE, project.pk)
        body = self.body(may_be_empty=True)

        def take() -> Response:
            article = take_next_article(actor=self.actor, project=project)
            return Response({"article": article.pk if article else None})

        return self.once(body, take)


def _record(assignment: Assignment) -> dict[str, Any]:
    row = {name: getattr(assignment, name, None) for name in ASSIGNMENT_ROW}
    names = {"assignee__username": assignment.assignee.username, "given_by__username": assignment.given_by.username}
    return assignment_content({**row, **names})
