"""Webhooks: signed messages about decisions and releases, tried again when they fail, never sent inside."""

import hashlib
import hmac
import json
import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import cast

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from annotations.errors import InvalidFields, NotAllowed
from annotations.models import Delivery, Webhook
from annotations.queries.export_choice import Choice
from annotations.rules.webhooks import DELAYS, Topic
from annotations.services.delivering import KEPT, deliver_due, forget_old_messages
from annotations.services.posting import Unreachable, post
from annotations.services.releases import make_release
from annotations.services.webhooks import WebhooksOff, end_webhook, make_webhook, repeat_delivery, secret_of
from annotations.tasks.worker import Worker
from tests.factories import approve, submit
from tests.world import make_case, make_world

pytestmark = pytest.mark.django_db
# An export reads on a connection of its own, so what is released has to be committed.
COMMITTED = pytest.mark.django_db(transaction=True)


class Receiver(HTTPServer):
    """Takes messages and answers what it is told to."""

    status = 204

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook?x=1"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver = cast(Receiver, self.server)
        receiver.got.append((self.path, dict(self.headers), body))
        self.send_response(receiver.status)
        if receiver.status == 302:
            self.send_header("Location", "http://127.0.0.1/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def switched_on(settings):
    settings.WEBHOOKS = True
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def webhook(world, receiver):
    return hook(world, receiver.url)


def hook(world, url, *topics, actor=None):
    chosen = topics or (Topic.DECISION, Topic.RELEASE)
    return make_webhook(actor=actor or world.adi, project=world.project, url=url, topics=chosen)


def make_due():
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))


@COMMITTED
def test_decisions_and_releases_are_told_and_signed(world, webhook, receiver):
    case = make_case(world)
    submit(world.ana, case.speaker)
    [decision] = approve(world.rui, case.speaker)
    release = make_release(actor=world.rui, project=world.project, name="First", choice=Choice())

    assert deliver_due() == 3

    bodies = [json.loads(body) for _path, _headers, body in receiver.got]
    assert [body["topic"] for body in bodies] == ["ping", "decision", "release"]
    assert [one["id"] for one in bodies[1]["decisions"]] == [str(decision.id)]
    assert bodies[2]["release"] == {"id": str(release.id), "number": 1}
    path, headers, body = receiver.got[1]
    at, signature = (part.partition("=")[2] for part in headers["X-Newsdesk-Signature"].split(","))
    wanted = hmac.new(secret_of(webhook).encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert (path, signature) == ("/hook?x=1", wanted)
    assert set(Delivery.objects.values_list("state", "status")) == {("delivered", 204)}


def test_the_worker_sends_what_is_due(webhook, receiver):
    assert Worker().run_all() == 1
    assert len(receiver.got) == 1


def test_a_message_tells_no_names_and_no_words_of_anybody(world, webhook, receiver):
    case = make_case(world)
    submit(world.ana, case.speaker)
    approve(world.rui, case.speaker)

    deliver_due()

    told = b"".join(body for _path, _headers, body in receiver.got)
    assert not [name for name in (b"rui", b"ana", b"army") if name in told]


def test_nothing_is_sent_twice_and_other_topics_are_not_told(world, receiver):
    hook(world, receiver.url, Topic.RELEASE)
    case = make_case(world)
    submit(world.ana, case.speaker)
    approve(world.rui, case.speaker)

    assert (deliver_due(), deliver_due()) == (1, 0)


def test_a_failed_message_is_tried_again_with_growing_delays_and_then_given_up(webhook, receiver):
    receiver.status = 500

    for number in range(1, len(DELAYS) + 2):
        make_due()
        assert deliver_due() == 1
        found = Delivery.objects.get()
        assert (found.attempts, found.status) == (number, 500)
        wanted = DELAYS[number - 1] if number <= len(DELAYS) else None
        assert found.state == ("failed" if wanted is None else "waiting")
        assert wanted is None or abs(found.next_at - timezone.now() - wanted) < timedelta(seconds=5)

    make_due()
    assert deliver_due() == 0


def test_a_message_given_up_can_be_repeated(world, webhook, receiver):
    receiver.status = 410
    deliver_due()
    assert Delivery.objects.get().state == "failed"
    receiver.status = 200

    repeat_delivery(actor=world.adi, delivery=Delivery.objects.get())

    assert deliver_due() == 1
    assert Delivery.objects.get().state == "delivered"


def test_the_log_forgets_what_ended_long_ago_but_nothing_that_waits(webhook, receiver):
    deliver_due()
    Delivery.objects.update(created_at=timezone.now() - KEPT - timedelta(days=1))
    waiting = Delivery.objects.get()
    waiting.pk, waiting.state = uuid7(), "waiting"
    waiting.save(force_insert=True)

    assert forget_old_messages() == 1
    assert Delivery.objects.get().state == "waiting"


def test_a_redirect_is_not_followed(webhook, receiver):
    receiver.status = 302

    deliver_due()

    assert len(receiver.got) == 1
    assert Delivery.objects.get().state == "waiting"


def test_a_refused_decision_leaves_no_message(world, webhook):
    case = make_case(world)
    submit(world.ana, case.quote)

    with pytest.raises(Exception, match="approved"):
        approve(world.rui, case.quote)

    assert Delivery.objects.filter(topic="decision").count() == 0


@COMMITTED
def test_an_ended_webhook_is_told_nothing_more(world, webhook, receiver):
    end_webhook(actor=world.adi, webhook=webhook)
    make_release(actor=world.rui, project=world.project, name="First", choice=Choice())

    deliver_due()

    assert receiver.got == []
    assert Delivery.objects.get().problem == "ended"


@pytest.mark.parametrize("url", ["ftp://example.org/", "http://10.0.0.1/"])
def test_an_address_that_leads_inside_or_nowhere_is_refused(world, url):
    with pytest.raises(InvalidFields):
        hook(world, url)
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("url", ["http://localhost:{port}/", "http://127.0.0.1:{port}/", "http://127.1:{port}/"])
def test_a_name_that_resolves_to_an_inside_address_is_not_spoken_to(receiver, url):
    with pytest.raises(Unreachable) as refusal:
        post(url.format(port=receiver.server_port), b"{}", {})

    assert refusal.value.problem == "forbidden_address"
    assert receiver.got == []


def test_one_inside_address_among_several_is_enough_to_refuse(monkeypatch):
    found = [(2, 1, 6, "", (address, 80)) for address in ("93.184.215.14", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)

    with pytest.raises(Unreachable, match="forbidden_address"):
        post("http://example.org/", b"{}", {})


def test_who_does_not_listen_is_told_apart(receiver):
    closed = f"http://127.0.0.1:{receiver.server_port}/"
    receiver.server_close()

    with pytest.raises(Unreachable, match=r"no_connection|no_answer"):
        post(closed, b"{}", {}, private_hosts=["127.0.0.1"])
    with pytest.raises(Unreachable, match="no_such_host"):
        post("http://nowhere.invalid/", b"{}", {})


def test_only_admins_make_webhooks_and_only_where_they_are_switched_on(world, receiver, settings):
    with pytest.raises(NotAllowed):
        hook(world, receiver.url, actor=world.rui)
    settings.WEBHOOKS = False
    with pytest.raises(WebhooksOff):
        hook(world, receiver.url)


def test_topics_are_chosen_among_those_there_are(world, receiver):
    with pytest.raises(InvalidFields):
        hook(world, receiver.url, Topic.PING)
