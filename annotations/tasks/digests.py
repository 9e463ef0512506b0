"""Mails that tell people what happened to their work."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django_tasks import task

from annotations.queries.notices import News, people_due
from annotations.services.notices import telling_news
from annotations.tasks.digest_words import digest_body, digest_subject


@task()
def send_digest(user: str) -> bool:
    """Send one person's mail when it is due and tells something; say whether it was sent."""
    with telling_news(user_id=UUID(user), now=timezone.now()) as news:
        if news is None:
            return False
        _message(news).send()
    return True


def queue_digests(now: datetime) -> int:
    """Queue the mails that are due; answer how many. Without a mail server there are none."""
    due = people_due(now, send_digest.module_path) if settings.EMAIL_HOST else []
    for user in due:
        send_digest.enqueue(user=str(user))
    return len(due)


def _message(news: News) -> EmailMessage:
    return EmailMessage(subject=digest_subject(news), body=digest_body(news, settings.SITE_URL), to=[news.email])
