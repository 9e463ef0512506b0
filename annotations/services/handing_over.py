"""Give a leaving member's open records and articles to another; the authors stay."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotations.errors import FieldError, InvalidFields
from annotations.models import Annotation, Assignment, Link, Membership, Project, User
from annotations.queries.access import Actor, require
from annotations.queries.members import open_records
from annotations.rules.permissions import Action, Role, role_allows
from annotations.services.events import Happening, record_events


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How much went from one to the other."""

    annotations: int
    links: int
    articles: int


def hand_over(*, actor: Actor, project: Project, from_username: str, to_username: str) -> HandedOver:
    """Let somebody go on with all that another has open: drafts, what waits for review or came back, taken articles.

    The author stays and is barred as before; who edits is barred too. Also for somebody who has left already.
    Raises: NotAllowed, InvalidFields (no such person, or one who does not annotate).
    """
    require(actor, Action.ADMINISTER, project.id)
    leaving = User.objects.filter(username=from_username).first()
    if leaving is None:
        raise InvalidFields([FieldError("from", "not_found", "There is no such person.")])
    heir = _heir(project, leaving, to_username)
    with transaction.atomic():
        annotations = list(open_records(Annotation, project.id, leaving.id).select_for_update(of=("self",)))
        links = list(open_records(Link, project.id, leaving.id).select_for_update(of=("self",)))
        for record in (*annotations, *links):
            record.assignee_id = None if record.author_id == heir.id else heir.id
            record.save(update_fields=["assignee"])
        articles = _hand_articles(actor, project, leaving, heir)
        _record(actor, project, annotations, links, articles)
    return HandedOver(len(annotations), len(links), len(articles))


def _heir(project: Project, leaving: User, username: str) -> User:
    member = Membership.objects.filter(project=project, user__username=username).select_related("user").first()
    if member is None or not role_allows(Role(member.role), Action.ANNOTATE):
        raise InvalidFields([FieldError("to", "not_found", "There is no such member who annotates.")])
    if member.user == leaving:
        raise InvalidFields([FieldError("to", "invalid", "Choose somebody else.")])
    return member.user


def _hand_articles(actor: Actor, project: Project, leaving: User, heir: User) -> list[Assignment]:
    """End the turns of who leaves, and begin those of the other where there are none yet."""
    taken = Assignment.objects.filter(project_id=project.id, assignee=leaving, ended_at=None)
    ended = list(taken.select_for_update().order_by("id"))
    taken.update(ended_at=timezone.now())
    has_already = set(
        Assignment.objects.filter(project_id=project.id, assignee=heir, ended_at=None).values_list("article", flat=True)
    )
    Assignment.objects.bulk_create(
        Assignment(project_id=project.id, article_id=turn.article_id, assignee=heir, given_by=actor.user, due=turn.due)
        for turn in ended
        if turn.article_id not in has_already
    )
    return ended


def _record(
    actor: Actor, project: Project, annotations: list[Annotation], links: list[Link], articles: list[Assignment]
) -> None:
    """Write one event for each article."""
    payloads: dict[UUID, dict[str, list[str]]] = defaultdict(lambda: {"annotations": [], "links": []})
    for annotation in annotations:
        payloads[annotation.article_id]["annotations"].append(str(annotation.id))
    for link in links:
        payloads[link.source_article_id]["links"].append(str(link.id))
    for turn in articles:
        payloads[turn.article_id].setdefault("annotations", [])
    happenings = [
        Happening("article.handed_over", article, "article", article, payload)
        for article, payload in sorted(payloads.items())
    ]
    record_events(actor=actor.user, project_id=project.id, happenings=happenings)
