"""The members of a project with what each has open, and those who left something open behind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Coalesce

from annotations.models import Annotation, Assignment, Link, Membership, Project, User
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action, Role, role_allows
from annotations.rules.review import State

# What somebody still has to do something about, or may have to.
OPEN: Final = (State.DRAFT, State.SUBMITTED, State.RETURNED)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role, or None after leaving; `records` and `articles` are what is open with them."""

    user: UUID
    username: str
    role: Role | None
    since: datetime | None
    records: int
    articles: int
    is_me: bool

    @property
    def annotates(self) -> bool:
        """Whether something can be handed to them."""
        return self.role is not None and role_allows(self.role, Action.ANNOTATE)


def members_of(actor: Actor, project: Project) -> tuple[Member, ...]:
    """List members by name, then who left with something open. A fixed number of statements.

    Raises: NotFound, NotAllowed.
    """
    require(actor, Action.READ_ADMINISTRATION, project.id)
    records, articles = _open_by_person(project.id)
    memberships = Membership.objects.filter(project=project).select_related("user").order_by("user__username")
    found = [
        Member(
            user=one.user_id,
            username=one.user.username,
            role=Role(one.role),
            since=one.created_at,
            records=records.get(one.user_id, 0),
            articles=articles.get(one.user_id, 0),
            is_me=one.user_id == actor.user.id,
        )
        for one in memberships
    ]
    left = (records.keys() | articles.keys()) - {one.user for one in found}
    names = User.objects.filter(pk__in=left).order_by("username").values_list("id", "username")
    gone = [Member(pk, name, None, None, records.get(pk, 0), articles.get(pk, 0), False) for pk, name in names]
    return (*found, *gone)


def open_records(model: Any, project_id: UUID, user_id: UUID) -> QuerySet[Any]:
    """Answer the open annotations or links that somebody has in hand, in the order of their ids."""
    holder = model._default_manager.annotate(holder=Coalesce("assignee_id", "author_id"))
    found: QuerySet[Any] = holder.filter(project_id=project_id, holder=user_id, state__in=OPEN).order_by("id")
    return found


def _open_by_person(project_id: UUID) -> tuple[dict[UUID, int], dict[UUID, int]]:
    records: dict[UUID, int] = {}
    for model in (Annotation, Link):
        rows = model._default_manager.filter(project_id=project_id, state__in=OPEN)
        counted = rows.values_list(Coalesce("assignee_id", "author_id")).annotate(count=Count("id")).order_by()
        for user, count in counted:
            records[user] = records.get(user, 0) + count
    taken = Assignment.objects.filter(project_id=project_id, ended_at=None).values_list(F("assignee_id"))
    return records, dict(taken.annotate(count=Count("id")).order_by())
