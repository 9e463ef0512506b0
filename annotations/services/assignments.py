"""Take, give and release articles. Several people may have one article at a time, each once."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotations.errors import FieldError, InvalidFields, NotFound
from annotations.models import Article, Assignment, Membership, Project, User
from annotations.queries.access import Actor, require
from annotations.queries.assignments import free_articles, unfinished_of
from annotations.rules.permissions import Action, Role, role_allows
from annotations.services.events import Happening, record_events


def assign_article(*, actor: Actor, article: Article, username: str, due: date | None = None) -> Assignment:
    """Take an article oneself, or give it to another member; again with another date moves the date.

    Raises: NotAllowed, InvalidFields (no such member, or one who does not annotate).
    """
    require(actor, Action.ANNOTATE, article.project_id)
    assignee = _assignee(article.project_id, username)
    require(actor, _action(actor, assignee), article.project_id)
    with transaction.atomic():
        Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        current = Assignment.objects.filter(article=article, assignee=assignee, ended_at=None).first()
        if current is not None and current.due == due:
            return current
        if current is not None:
            current.ended_at = timezone.now()
            current.save(update_fields=["ended_at"])
        made = Assignment.objects.create(
            project_id=article.project_id, article=article, assignee=assignee, given_by=actor.user, due=due
        )
        _record(actor, article, "assigned", made)
    return made


def release_article(*, actor: Actor, article: Article, username: str) -> None:
    """Give an article back, or take it back from another member. Raises: NotAllowed, NotFound."""
    require(actor, Action.READ, article.project_id)
    assignee = User.objects.filter(username=username).first()
    if assignee is None:
        raise NotFound
    require(actor, _action(actor, assignee), article.project_id)
    with transaction.atomic():
        held = Assignment.objects.select_for_update().filter(article=article, assignee=assignee, ended_at=None).first()
        if held is None:
            raise NotFound
        held.ended_at = timezone.now()
        held.save(update_fields=["ended_at"])
        _record(actor, article, "released", held)


def take_next_article(*, actor: Actor, project: Project) -> Article | None:
    """Answer the article to work on next: one's own unfinished ones by their date, else a free one, which is taken.

    None when there is nothing left. Two people who ask at the same moment get two articles.
    Raises: NotFound, NotAllowed.
    """
    require(actor, Action.ANNOTATE, project.id)
    own = unfinished_of(actor, project.id).first()
    if own is not None:
        return own
    with transaction.atomic():
        free = free_articles(project.id).select_for_update(of=("self",), skip_locked=True).first()
        if free is not None:
            assign_article(actor=actor, article=free, username=actor.user.username)
    return free


def _assignee(project_id: UUID, username: str) -> User:
    member = Membership.objects.filter(project_id=project_id, user__username=username).select_related("user").first()
    if member is None or not role_allows(Role(member.role), Action.ANNOTATE):
        raise InvalidFields([FieldError("assignee", "not_found", "There is no such member who annotates.")])
    return member.user


def _action(actor: Actor, assignee: User) -> Action:
    return Action.ANNOTATE if assignee.id == actor.user.id else Action.ASSIGN


def _record(actor: Actor, article: Article, verb: str, assignment: Assignment) -> None:
    payload = {"assignee": str(assignment.assignee_id), "due": assignment.due.isoformat() if assignment.due else None}
    happening = Happening(f"article.{verb}", article.id, "article", article.id, payload)
    record_events(actor=actor.user, project_id=article.project_id, happenings=[happening])
