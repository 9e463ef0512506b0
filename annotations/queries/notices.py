"""What a mail tells somebody: how much happened to their work in each of their projects; and who is due for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import Count, Model, Q, QuerySet
from django_tasks_db.models import DBTaskResult

from annotations.models import Assignment, Decision, MailSettings, Membership, Project
from annotations.queries.access import Actor
from annotations.queries.comments import unread_comments
from annotations.rules.notices import PERIODS, Digest
from annotations.rules.review import Verdict

_M = TypeVar("_M", bound=Model)

# Somebody for whom a mail was queued lately waits, so that a mail server that is away is not asked all the time.
_NOT_AGAIN_FOR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ProjectNews:
    """What happened in one project to one person's work. Numbers only: a mail is read on its way."""

    name: str
    slug: str
    returned: int
    rejected: int
    approved: int
    comments: int
    given: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.returned or self.rejected or self.approved or self.comments or self.given)


@dataclass(frozen=True, slots=True)
class News:
    """What a mail tells, and to whom."""

    email: str
    since: datetime
    projects: tuple[ProjectNews, ...]


def own_digest(actor: Actor) -> Digest:
    """Read how often the actor wants mail."""
    found = MailSettings.objects.filter(user=actor.user).values_list("digest", flat=True).first()
    return Digest(found or Digest.OFF)


def people_due(now: datetime, task_path: str) -> list[UUID]:
    """List those for whom a mail is due and none was queued within the hour."""
    due = Q()
    for digest, period in PERIODS.items():
        due |= Q(digest=digest, told_until__lte=now - period)
    wanted = MailSettings.objects.filter(due, user__is_active=True).exclude(user__email="")
    queued = DBTaskResult.objects.filter(task_path=task_path, enqueued_at__gt=now - _NOT_AGAIN_FOR)
    lately = {task.args_kwargs["kwargs"].get("user") for task in queued.only("args_kwargs")}
    return [user for user in wanted.values_list("user_id", flat=True) if str(user) not in lately]


def news_of(actor: Actor, since: datetime, until: datetime) -> tuple[ProjectNews, ...]:
    """Count what happened to the actor's work in their projects, those without news left out."""
    members = Membership.objects.filter(user=actor.user).select_related("project").order_by("project__name")
    found = (_news(actor, member.project, (since, until)) for member in members)
    return tuple(news for news in found if not news.is_empty)


def _news(actor: Actor, project: Project, within: Sequence[datetime]) -> ProjectNews:
    own = Q(annotation__author=actor.user) | Q(link__author=actor.user)
    decisions = _within(Decision.objects.filter(own, project=project), within)
    verdicts = dict(decisions.values_list("verdict").annotate(Count("id")))
    given = Assignment.objects.filter(project=project, assignee=actor.user, ended_at=None).exclude(given_by=actor.user)
    return ProjectNews(
        name=project.name,
        slug=project.slug,
        returned=verdicts.get(Verdict.REQUEST_CHANGES, 0),
        rejected=verdicts.get(Verdict.REJECT, 0),
        approved=verdicts.get(Verdict.APPROVE, 0),
        comments=_within(unread_comments(actor, project.id), within).count(),
        given=_within(given, within).count(),
    )


def _within(rows: QuerySet[_M], within: Sequence[datetime]) -> QuerySet[_M]:
    return rows.filter(at__gte=within[0], at__lt=within[1])
