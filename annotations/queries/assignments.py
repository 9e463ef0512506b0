"""Who has which article, whose turn it is, and what is left to take."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from annotations.models import Annotation, Article, Assignment, Link, Membership
from annotations.models.annotations import in_hands_of
from annotations.queries.access import Actor
from annotations.rules.permissions import Action, Role, role_allows
from annotations.rules.review import HIDDEN, State

ASSIGNMENT_ROW: Final = ("id", "project_id", "article_id", "assignee__username", "given_by__username", "due", "at")
_OPEN: Final = (State.DRAFT, State.RETURNED)


def current_assignments(actor: Actor, project_id: UUID) -> QuerySet[Assignment]:
    """Answer who has what now; who is blind in the project sees only their own."""
    if actor.role_in(project_id) is None:
        return Assignment.objects.none()
    found = Assignment.objects.filter(project_id=project_id, ended_at=None)
    return found.filter(assignee=actor.user) if actor.is_blind_in(project_id) else found


def assignments_of(actor: Actor, project_id: UUID, articles: Sequence[UUID]) -> dict[UUID, list[Assignment]]:
    """Give the current assignments of articles, in the order of taking. One statement."""
    found: dict[UUID, list[Assignment]] = {}
    rows = current_assignments(actor, project_id).filter(article__in=articles)
    for assignment in rows.select_related("assignee").order_by("at", "id"):
        found.setdefault(assignment.article_id, []).append(assignment)
    return found


def given_articles(actor: Actor, project_id: UUID) -> QuerySet[Assignment]:
    """Answer what others gave to the actor, who has it still and has not taken notice; the latest first."""
    mine = Assignment.objects.filter(project_id=project_id, assignee=actor.user, ended_at=None, seen_at=None)
    return mine.exclude(given_by=actor.user).order_by("-id")


def assignment_rows(actor: Actor, article: Article) -> QuerySet[Any, Any]:
    """Rows of an article's current assignments, without order."""
    rows: QuerySet[Any, Any] = (
        current_assignments(actor, article.project_id).filter(article=article).values(*ASSIGNMENT_ROW)
    )
    return rows


def annotator_names(project_id: UUID) -> list[str]:
    """List the members who may be given an article. For those who may give one."""
    roles = [role for role in Role if role_allows(role, Action.ANNOTATE)]
    members = Membership.objects.filter(project_id=project_id, role__in=roles).order_by("user__username")
    return list(members.values_list("user__username", flat=True))


def unfinished_of(actor: Actor, project_id: UUID) -> QuerySet[Article]:
    """Answer the actor's articles in which something is theirs to do, the most urgent first.

    That is: none of their records is there yet, or one is a draft or came back.
    """
    me = actor.user.id
    own = Assignment.objects.filter(article=OuterRef("pk"), assignee=me, ended_at=None)
    annotations = Annotation.objects.filter(in_hands_of(me), article=OuterRef("pk"))
    links = Link.objects.filter(in_hands_of(me), source_article=OuterRef("pk"))
    is_begun = Exists(annotations.exclude(state__in=HIDDEN))
    is_open = Exists(annotations.filter(state__in=_OPEN)) | Exists(links.filter(state__in=_OPEN))
    mine = Q(assignments__assignee=me, assignments__ended_at=None)
    return (
        Article.objects.filter(Exists(own), ~is_begun | is_open, project_id=project_id)
        .annotate(due=Min("assignments__due", filter=mine))
        .order_by(F("due").asc(nulls_last=True), "id")
    )


def free_articles(project_id: UUID) -> QuerySet[Article]:
    """Answer articles that nobody has and nobody has begun, the oldest first."""
    taken = Assignment.objects.filter(article=OuterRef("pk"), ended_at=None)
    begun = Annotation.objects.filter(article=OuterRef("pk")).exclude(state__in=HIDDEN)
    return Article.objects.filter(~Exists(taken), ~Exists(begun), project_id=project_id).order_by("id")
