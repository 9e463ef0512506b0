"""Take notice of what the inbox shows; wish for mail; and the one transaction in which a mail is sent and noted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotations.errors import FieldError, InvalidFields
from annotations.models import MailSettings, Project
from annotations.queries.access import Actor, require
from annotations.queries.assignments import given_articles
from annotations.queries.comments import unread_comments
from annotations.queries.inbox import MOST_SHOWN
from annotations.queries.notices import News, news_of
from annotations.rules.notices import Digest, is_due
from annotations.rules.permissions import Action
from annotations.services.comments import see_record


def mark_comments_read(*, actor: Actor, project: Project) -> None:
    """Take notice of the comments that the inbox shows."""
    require(actor, Action.READ, project.id)
    shown = unread_comments(actor, project.id).select_related("annotation", "link").order_by("-id")[:MOST_SHOWN]
    records = {record.pk: record for comment in shown if (record := comment.annotation or comment.link) is not None}
    with transaction.atomic():
        for record in records.values():
            see_record(actor=actor, record=record)


def mark_given_read(*, actor: Actor, project: Project) -> None:
    """Take notice of the articles that others gave to the actor."""
    require(actor, Action.READ, project.id)
    given_articles(actor, project.id).update(seen_at=timezone.now())


def choose_digest(*, actor: Actor, digest: Digest) -> None:
    """Keep how often the actor wants mail; the first one tells of what happens from now on.

    Raises: InvalidFields when there is no address to send it to.
    """
    if digest is not Digest.OFF and not actor.user.email:
        raise InvalidFields([FieldError("digest", "required", "There is no e-mail address to send it to.")])
    with transaction.atomic():
        held, is_new = MailSettings.objects.get_or_create(user=actor.user, defaults={"digest": digest})
        if is_new or held.digest == digest:
            return
        if held.digest == Digest.OFF:
            held.told_until = timezone.now()
        held.digest = digest
        held.save(update_fields=["digest", "told_until"])


@contextmanager
def telling_news(*, user_id: UUID, now: datetime) -> Iterator[News | None]:
    """Give what a mail has to tell, and note it as told when the block ends well.

    The person's row is locked meanwhile, so that two workers do not send one mail twice. None: no mail is due, or
    there is nothing to tell.
    """
    with transaction.atomic():
        wanted = MailSettings.objects.select_for_update(of=("self",), skip_locked=True).select_related("user")
        held = wanted.filter(user_id=user_id, user__is_active=True).exclude(user__email="").first()
        if held is None or not is_due(Digest(held.digest), held.told_until, now):
            yield None
            return
        projects = news_of(Actor(held.user), held.told_until, now)
        yield News(held.user.email, held.told_until, projects) if projects else None
        held.told_until = now
        held.save(update_fields=["told_until"])
