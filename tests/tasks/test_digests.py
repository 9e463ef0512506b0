from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from annotations.models import MailSettings
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.rules.notices import Digest, is_due
from annotations.rules.review import Reason, Verdict
from annotations.services.accounts import make_user
from annotations.services.assignments import assign_article
from annotations.services.comments import add_comment
from annotations.services.notices import choose_digest
from annotations.services.review import decide
from annotations.tasks.digests import queue_digests, send_digest
from tests.factories import approve, submit, tag, verdict_on
from tests.world import ARMY, MAYOR, REBELS, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> World:
    """The cast; Ana has an address, the site a mail server and an address of its own."""
    settings.EMAIL_HOST, settings.SITE_URL = "mail.example", "https://news.example/"
    made = make_world()
    made.ana = Actor(make_user(username="ana", email="ana@example.org"))
    return made


def wish(actor: Actor, digest: Digest, *, days_ago: float = 2) -> datetime:
    """Wish for mail some days ago."""
    choose_digest(actor=actor, digest=digest)
    since = timezone.now() - timedelta(days=days_ago)
    MailSettings.objects.filter(user=actor.user).update(told_until=since)
    return since


def send_all() -> list[Any]:
    """Queue what is due and send it."""
    queue_digests(timezone.now())
    for task in DBTaskResult.objects.ready():
        send_digest.func(**task.args_kwargs["kwargs"])
    return mail.outbox


def something_happens(world: World) -> None:
    first, second, third = (tag(world.ana, world.article, Kind.PARTY, words) for words in (MAYOR, ARMY, REBELS))
    submit(world.ana, first, second, third)
    decide(actor=world.rui, drafts=[verdict_on(first, Verdict.REQUEST_CHANGES, Reason.SPAN)])
    decide(actor=world.rui, drafts=[verdict_on(second, Verdict.REJECT, Reason.KIND)])
    approve(world.rui, third)
    add_comment(actor=world.rui, record=first, text="@ana have a look at the mayor")
    assign_article(actor=world.rui, article=world.article, username="ana")


def test_a_mail_tells_in_numbers_what_happened(world: World):
    wish(world.ana, Digest.DAILY)
    something_happens(world)
    (sent,) = send_all()
    assert sent.to == ["ana@example.org"]
    assert sent.body.splitlines()[:7] == [
        "Northern bridge",
        "  - 1 record sent back",
        "  - 1 record rejected",
        "  - 1 comment not read yet",
        "  - 1 article given to you",
        "  - 1 record approved",
        "  https://news.example/p/northern-bridge/inbox/",
    ]


def test_a_mail_holds_no_words_and_no_names(world: World):
    wish(world.ana, Digest.DAILY)
    something_happens(world)
    (sent,) = send_all()
    told = sent.subject + sent.body
    assert not any(word in told for word in ("mayor", "rui", "ana", world.article.title, "@"))


def test_what_was_told_is_not_told_again(world: World):
    wish(world.ana, Digest.DAILY)
    something_happens(world)
    assert len(send_all()) == 1
    assert send_digest.func(user=str(world.ana.user.pk)) is False
    assert len(mail.outbox) == 1


def test_without_news_there_is_no_mail(world: World):
    since = wish(world.ana, Digest.DAILY)
    assert send_all() == []
    assert MailSettings.objects.get().told_until > since


@pytest.mark.parametrize(
    ("digest", "days", "is_sent"),
    [(Digest.OFF, 30, False), (Digest.DAILY, 0.9, False), (Digest.WEEKLY, 6, False), (Digest.WEEKLY, 8, True)],
)
def test_a_mail_comes_when_it_is_due(world: World, digest: Digest, days: float, is_sent: bool):
    wish(world.ana, digest, days_ago=days)
    something_happens(world)
    assert bool(send_all()) is is_sent
    assert is_due(digest, timezone.now() - timedelta(days=days), timezone.now()) is is_sent


def test_without_a_mail_server_nothing_is_queued(world: World, settings: Any):
    settings.EMAIL_HOST = ""
    wish(world.ana, Digest.DAILY)
    assert queue_digests(timezone.now()) == 0
    assert not DBTaskResult.objects.exists()


def test_one_person_is_queued_once_within_the_hour(world: World):
    wish(world.ana, Digest.DAILY)
    now = timezone.now()
    assert [queue_digests(now), queue_digests(now), queue_digests(now + timedelta(hours=2))] == [1, 0, 1]


def test_a_mail_server_that_is_away_leaves_the_news_untold(world: World, monkeypatch: pytest.MonkeyPatch):
    since = wish(world.ana, Digest.DAILY)
    something_happens(world)

    def refuse(_message: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    with pytest.raises(ConnectionRefusedError):
        send_digest.func(user=str(world.ana.user.pk))
    assert MailSettings.objects.get().told_until == since


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_who_is_gone_gets_none(world: World, change: dict[str, Any]):
    wish(world.ana, Digest.DAILY)
    something_happens(world)
    type(world.ana.user).objects.filter(pk=world.ana.user.pk).update(**change)
    assert send_all() == []
    assert send_digest.func(user=str(world.ana.user.pk)) is False


def test_nothing_is_told_of_a_project_that_one_has_left(world: World):
    wish(world.ana, Digest.DAILY)
    something_happens(world)
    world.project.memberships.filter(user=world.ana.user).delete()
    assert send_all() == []
