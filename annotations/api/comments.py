"""Threads on annotations and on links."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ListView
from annotations.api.fields import ChoiceField, Input, NoteField
from annotations.api.parsers import Body
from annotations.api.schema import lists, makes
from annotations.models import Annotation, Comment, Link
from annotations.queries.access import get_annotation_for, get_link_for, require
from annotations.queries.comments import COMMENT_ROW, comment_content_rows
from annotations.rules.comments import CommentAct
from annotations.rules.permissions import Action
from annotations.services.comments import add_comment


class CommentIn(Input):
    """A new entry; `resolved` closes the thread, with or without words."""

    not_taken = ("id", "project", "annotation", "link", "author", "mentions", "at", "created_at", "updated_at")

    text = NoteField(required=False)
    act = ChoiceField(CommentAct, required=False)


class CommentOut(serializers.Serializer[Any]):
    """An entry of a thread; `mentions` are ids of the members it calls by @name."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    annotation = serializers.UUIDField(allow_null=True)
    link = serializers.UUIDField(allow_null=True)
    act = ChoiceField(CommentAct)
    text = serializers.CharField()
    mentions = serializers.ListField(child=serializers.UUIDField())
    author = serializers.CharField()
    at = serializers.DateTimeField()


def comment_content(row: Mapping[str, Any]) -> dict[str, Any]:
    """Show one row of the query."""
    return {
        "id": row["id"],
        "project": row["project_id"],
        "annotation": row["annotation_id"],
        "link": row["link_id"],
        "act": row["act"],
        "text": row["text"],
        "mentions": row["mentions"],
        "author": row["author__username"],
        "at": row["at"],
    }


class _CommentsView(ListView):
    """The thread of one record."""

    def _list(self, record: Annotation | Link) -> Response:
        return self.page(self.query(), comment_content_rows(record), lambda rows: map(comment_content, rows))

    def _add(self, record: Annotation | Link) -> HttpResponseBase:
        require(self.actor, Action.COMMENT, record.project_id)
        body = self.body()
        return self.once(body, lambda: self._store(record, body))

    def _store(self, record: Annotation | Link, body: Body) -> Response:
        taken = self.taken(CommentIn, body)
        act = taken.get("act", CommentAct.SAID)
        comment = add_comment(actor=self.actor, record=record, text=taken.get("text", ""), act=act)
        return self.answer(comment_record(comment), status=201)


class AnnotationCommentsView(_CommentsView):
    """The thread of an annotation."""

    @lists(CommentOut, {})
    def get(self, request: Request, pk: UUID) -> Response:
        """Read the thread of an annotation, oldest first."""
        return self._list(get_annotation_for(self.actor, pk))

    @makes(CommentIn, CommentOut)
    def post(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Say something about an annotation, or resolve its thread."""
        return self._add(get_annotation_for(self.actor, pk))


class LinkCommentsView(_CommentsView):
    """The thread of a link."""

    @lists(CommentOut, {})
    def get(self, request: Request, pk: UUID) -> Response:
        """Read the thread of a link, oldest first."""
        return self._list(get_link_for(self.actor, pk))

    @makes(CommentIn, CommentOut)
    def post(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Say something about a link, or resolve its thread."""
        return self._add(get_link_for(self.actor, pk))


def comment_record(comment: Comment) -> dict[str, Any]:
    """Show one stored comment."""
    row = {name: getattr(comment, name, None) for name in COMMENT_ROW}
    return comment_content({**row, "author__username": comment.author.username})
