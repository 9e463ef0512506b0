"""The author's inbox: what came back, what was said, and what was approved lately."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ApiView
from annotations.api.comments import CommentOut, comment_record
from annotations.api.fields import ChoiceField, ObjectField
from annotations.api.reviewed import decision_content
from annotations.api.schema import reads
from annotations.models import Annotation, Decision, Link
from annotations.queries.access import get_project_for, require
from annotations.queries.history import DECISION_ROW
from annotations.queries.inbox import Approved, Given, Inbox, InboxItem, Why, inbox_count, inbox_of
from annotations.rules.permissions import Action
from annotations.rules.review import State


class InboxRecordOut(serializers.Serializer[Any]):
    """A record that came back; `decision` is null for one that somebody withdrew."""

    annotation = serializers.UUIDField(allow_null=True)
    link = serializers.UUIDField(allow_null=True)
    article = serializers.UUIDField()
    why = ChoiceField(Why)
    state = ChoiceField(State)
    version = serializers.IntegerField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    decision = ObjectField(allow_null=True)


class ApprovalsOut(serializers.Serializer[Any]):
    """How many of one's records a reviewer approved in an article on a day."""

    day = serializers.DateField()
    article = serializers.UUIDField()
    reviewer = serializers.CharField()
    count = serializers.IntegerField()


class GivenOut(serializers.Serializer[Any]):
    """An article that somebody gave to the caller, who has not taken notice yet."""

    article = serializers.UUIDField()
    by = serializers.CharField()
    due = serializers.DateField(allow_null=True)
    at = serializers.DateTimeField()


class InboxOut(serializers.Serializer[Any]):
    """Everything for the caller in one project; `unread` counts up to 100, `more` says that older ones are left out."""

    unread = serializers.IntegerField()
    more = serializers.BooleanField()
    records = InboxRecordOut(many=True)
    comments = CommentOut(many=True)
    given = GivenOut(many=True)
    approvals = ApprovalsOut(many=True)


class InboxView(ApiView):
    """What waits for the caller in a project."""

    @reads(InboxOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read one's inbox: what came back, the oldest first; what was said and not seen; approvals of two weeks."""
        project = get_project_for(self.actor, pk)
        require(self.actor, Action.READ, project.pk)
        self.query()
        return Response(_content(inbox_of(self.actor, project), inbox_count(self.actor, project)))


def _content(inbox: Inbox, unread: int) -> dict[str, Any]:
    return {
        "unread": unread,
        "more": inbox.more,
        "records": [_item(item) for item in inbox.items],
        "comments": [comment_record(item.comment) for item in inbox.comments],
        "given": [_given(given) for given in inbox.given],
        "approvals": [_approved(approved) for approved in inbox.digest],
    }


def _item(item: InboxItem) -> dict[str, Any]:
    record: Annotation | Link = item.record
    return {
        "annotation": None if item.is_link else record.pk,
        "link": record.pk if item.is_link else None,
        "article": record.source_article_id if isinstance(record, Link) else record.article_id,
        "why": item.why,
        "state": record.state,
        "version": record.version,
        "by": item.who,
        "at": item.at,
        "decision": _decision(item.decision) if item.decision else None,
    }


def _decision(decision: Decision) -> dict[str, Any]:
    row = {name: getattr(decision, name, None) for name in DECISION_ROW}
    return decision_content({**row, "reviewer__username": decision.reviewer.username})


def _given(given: Given) -> dict[str, Any]:
    return {"article": given.article, "by": given.who, "due": given.due, "at": given.at}


def _approved(approved: Approved) -> dict[str, Any]:
    return {
        "day": approved.day,
        "article": approved.article,
        "reviewer": approved.reviewer,
        "count": approved.count,
    }
