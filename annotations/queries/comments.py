"""Threads: what was said about a record, whom it may call, and what of it somebody has not read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotations.models import Annotation, Comment, Link, Membership, RecordSeen
from annotations.models.annotations import in_hands_of
from annotations.queries.access import Actor, visible_annotations, visible_links
from annotations.rules.comments import CommentAct, is_resolved
from annotations.rules.permissions import Role

COMMENT_ROW: Final = (
    "id",
    "project_id",
    "annotation_id",
    "link_id",
    "act",
    "text",
    "mentions",
    "author__username",
    "at",
)
_SEES_ALL: Final = (Role.REVIEWER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a thread; `is_new` when the reader has not had it on the screen before."""

    at: datetime
    who: str
    act: str
    text: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """All that was said about one record, oldest first."""

    entries: tuple[Entry, ...]
    is_resolved: bool

    @property
    def unread(self) -> int:
        """How many entries are new to the reader."""
        return sum(entry.is_new for entry in self.entries)


def about(record: Annotation | Link) -> Q:
    """Answer what is about one record."""
    return Q(link=record.pk) if isinstance(record, Link) else Q(annotation=record.pk)


def thread_of(actor: Actor, record: Annotation | Link, seen_at: datetime | None) -> Thread:
    """Read the thread of a record the gate has given; `seen_at` is when the reader last had it on the screen."""
    rows = comment_rows(record).order_by("id").values_list("at", "author__username", "author_id", "act", "text")
    entries = tuple(
        Entry(at, who, act, text, author != actor.user.id and (seen_at is None or at > seen_at))
        for at, who, author, act, text in rows
    )
    return Thread(entries, is_resolved([entry.act for entry in entries]))


def comment_rows(record: Annotation | Link) -> QuerySet[Comment]:
    """Answer the comments on a record the gate has given."""
    return Comment.objects.filter(about(record))


def seen_of(actor: Actor, record: Annotation | Link) -> RecordSeen | None:
    """Tell how far the reader knows a record."""
    return RecordSeen.objects.filter(about(record), user=actor.user).first()


def people_who_see(record: Annotation | Link) -> Mapping[str, UUID]:
    """Name the members who may see a record: in a blind project reviewers, admins and the author."""
    members = Membership.objects.filter(project_id=record.project_id, user__is_active=True)
    if record.project.is_blind:
        members = members.filter(Q(role__in=_SEES_ALL) | Q(user_id=record.author_id))
    return dict(members.values_list("user__username", "user_id"))


def member_names(actor: Actor, project_id: UUID) -> Sequence[str]:
    """List the names of a project's members; who is blind there knows only themselves."""
    members = Membership.objects.filter(project_id=project_id)
    if actor.is_blind_in(project_id):
        members = members.filter(user=actor.user)
    return list(members.order_by("user__username").values_list("user__username", flat=True))


def unread_comments(actor: Actor, project_id: UUID) -> QuerySet[Comment]:
    """Answer what others said that concerns the reader and was not on the reader's screen yet.

    It concerns who is called, who wrote the record or goes on with it, and who has spoken in the thread.
    """
    me = actor.user.id
    spoken = Comment.objects.filter(
        Q(annotation=OuterRef("annotation")) | Q(link=OuterRef("link")), author_id=me, act=CommentAct.SAID
    )
    seen = RecordSeen.objects.filter(
        Q(annotation=OuterRef("annotation")) | Q(link=OuterRef("link")), user_id=me, at__gte=OuterRef("at")
    )
    own = in_hands_of(me, "annotation__") | in_hands_of(me, "link__")
    concerns = Q(mentions__contains=[me]) | own | Exists(spoken)
    found = Comment.objects.filter(concerns, ~Exists(seen), project_id=project_id).exclude(author_id=me)
    if actor.is_blind_in(project_id):
        visible = Q(annotation__in=visible_annotations(actor, project_id)) | Q(
            link__in=visible_links(actor, project_id)
        )
        found = found.filter(visible)
    return found


def comment_content_rows(record: Annotation | Link) -> QuerySet[Any, Any]:
    """Rows of comments for the API, without order."""
    rows: QuerySet[Any, Any] = comment_rows(record).values(*COMMENT_ROW)
    return rows
