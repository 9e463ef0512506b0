"""Sends the messages that are due. May be stopped at any moment: what was not confirmed is sent again."""

import time
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotations.models import Delivery
from annotations.rules.webhooks import (
    DELIVERY_HEADER,
    SIGNATURE_HEADER,
    TOPIC_HEADER,
    DeliveryState,
    delay_after,
    sign,
)
from annotations.services.posting import Unreachable, post
from annotations.services.webhooks import secret_of

# While one process sends, no other does; after that it is taken for dead.
_LEASE: Final = timedelta(minutes=2)
# How long the log of a webhook keeps what ended.
KEPT: Final = timedelta(days=90)
_OK: Final = range(200, 300)
# Whoever answers so has gone for good.
_GONE: Final = 410


def deliver_due(*, at_most: int = 100) -> int:
    """Send what is due, one message after the other, and answer how many were tried."""
    tried = 0
    while tried < at_most and settings.WEBHOOKS and (delivery := _take()) is not None:
        _deliver(delivery)
        tried += 1
    return tried


def forget_old_messages() -> int:
    """Drop from the logs what ended long ago, and answer how many messages that were."""
    ended = Delivery.objects.exclude(state=DeliveryState.WAITING).filter(created_at__lt=timezone.now() - KEPT)
    return ended.delete()[0]


def _take() -> Delivery | None:
    """Take the next due message for a while, so that several processes never send one at the same time."""
    with transaction.atomic():
        due = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=timezone.now())
        found = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_at", "id").first()
        if found is not None:
            found.attempts += 1
            found.tried_at = timezone.now()
            found.next_at = found.tried_at + _LEASE
            found.save(update_fields=["attempts", "tried_at", "next_at"])
    return found


def _deliver(delivery: Delivery) -> None:
    webhook = delivery.webhook
    delivery.status, delivery.problem = None, ""
    if webhook.ended_at is not None:
        delivery.state, delivery.problem = DeliveryState.FAILED, "ended"
    else:
        _send(delivery)
    delivery.save(update_fields=["state", "status", "problem", "next_at"])


def _send(delivery: Delivery) -> None:
    body = delivery.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"newsdesk/{settings.SOFTWARE_VERSION}",
        TOPIC_HEADER: delivery.topic,
        DELIVERY_HEADER: str(delivery.id),
        SIGNATURE_HEADER: sign(secret_of(delivery.webhook), int(time.time()), body),
    }
    try:
        delivery.status = post(delivery.webhook.url, body, headers, private_hosts=settings.WEBHOOK_PRIVATE_HOSTS)
    except Unreachable as error:
        delivery.problem = error.problem
    if delivery.status in _OK:
        delivery.state = DeliveryState.DELIVERED
        return
    wait = delay_after(delivery.attempts)
    if wait is None or delivery.status == _GONE:
        delivery.state = DeliveryState.FAILED
    else:
        delivery.next_at = timezone.now() + wait
