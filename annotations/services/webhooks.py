"""Make and end webhooks, and put messages for them in line; a message is stored in the transaction of what it tells."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from annotations.errors import Conflict, FieldError, InvalidFields
from annotations.models import Decision, Delivery, Project, Release, Webhook
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action
from annotations.rules.webhooks import CHOSEN, Topic, url_problem
from annotations.services.events import Happening, record_events

MAX_WEBHOOKS: Final = 20
_AT_ONCE: Final = 500


class WebhooksOff(Conflict):
    """409: the site does not speak to other addresses."""

    code = "webhooks_off"
    sentence = "Webhooks are switched off on this site; whoever runs it can switch them on."


def make_webhook(*, actor: Actor, project: Project, url: str, topics: Sequence[Topic]) -> Webhook:
    """Let an address be told of what is decided or released. `secret_of` gives its secret; show it once.

    Raises: NotAllowed, WebhooksOff, InvalidFields.
    """
    require(actor, Action.ADMINISTER, project.id)
    if not settings.WEBHOOKS:
        raise WebhooksOff
    _check(project, url, topics)
    webhook = Webhook(
        project=project,
        url=url,
        topics=sorted({str(topic) for topic in topics}),
        salt=secrets.token_hex(16),
        made_by=actor.user,
    )
    with transaction.atomic():
        webhook.save(force_insert=True)
        _happened(actor, webhook, "made")
        _store([_message(webhook, Topic.PING, {})])
    return webhook


def end_webhook(*, actor: Actor, webhook: Webhook) -> None:
    """Tell the address nothing more; what was told stays in the log. Raises: NotAllowed."""
    require(actor, Action.ADMINISTER, webhook.project_id)
    with transaction.atomic():
        if Webhook.objects.filter(pk=webhook.pk, ended_at=None).update(ended_at=timezone.now()):
            _happened(actor, webhook, "ended")


def repeat_delivery(*, actor: Actor, delivery: Delivery) -> None:
    """Put a message that was given up in line again, as it was. Raises: NotAllowed."""
    require(actor, Action.ADMINISTER, delivery.project_id)
    Delivery.objects.filter(pk=delivery.pk, state="failed").update(state="waiting", attempts=0, next_at=timezone.now())


def secret_of(webhook: Webhook) -> str:
    """Answer the secret of a webhook; it is made anew each time and never stored."""
    digest = salted_hmac("newsdesk.webhook", f"{webhook.pk}:{webhook.salt}", algorithm="sha256").hexdigest()
    return f"whsec_{digest}"


def tell_of_decisions(decisions: Sequence[Decision]) -> None:
    """Put what was decided in line for whoever wants to know, in the transaction of the decisions."""
    if not settings.WEBHOOKS:
        return
    for project_id in {decision.project_id for decision in decisions}:
        told = [_decision(decision) for decision in decisions if decision.project_id == project_id]
        for start in range(0, len(told), _AT_ONCE):
            _tell(project_id, Topic.DECISION, {"decisions": told[start : start + _AT_ONCE]})


def tell_of_release(release: Release) -> None:
    """Put a new release in line for whoever wants to know, in its transaction."""
    if settings.WEBHOOKS:
        content = {"id": str(release.id), "number": release.number}
        _tell(release.project_id, Topic.RELEASE, {"release": content})


def _tell(project_id: UUID, topic: Topic, content: Mapping[str, object]) -> None:
    webhooks = Webhook.objects.filter(project_id=project_id, ended_at=None, topics__contains=[topic.value])
    _store(_message(webhook, topic, content) for webhook in webhooks)


def _message(webhook: Webhook, topic: Topic, content: Mapping[str, object]) -> Delivery:
    delivery = Delivery(project_id=webhook.project_id, webhook=webhook, topic=topic.value)
    frame = {"id": str(delivery.id), "topic": topic.value, "project": str(webhook.project_id)}
    body = {**frame, "at": _written(delivery.created_at), **content}
    delivery.body = orjson.dumps(body).decode()
    return delivery


def _store(deliveries: Iterable[Delivery]) -> None:
    Delivery.objects.bulk_create(deliveries)


def _decision(decision: Decision) -> dict[str, Any]:
    """Say what was decided; who decided and in which words is for those who may ask the API."""
    return {
        "id": str(decision.id),
        "article": str(decision.article_id),
        "annotation": str(decision.annotation_id) if decision.annotation_id else None,
        "link": str(decision.link_id) if decision.link_id else None,
        "version": decision.version,
        "verdict": str(decision.verdict),
        "reason": str(decision.reason) or None,
    }


def _check(project: Project, url: str, topics: Sequence[Topic]) -> None:
    errors: list[FieldError] = []
    if problem := url_problem(url, settings.WEBHOOK_PRIVATE_HOSTS):
        errors.append(FieldError("url", "invalid", problem))
    if not topics or not set(topics) <= set(CHOSEN):
        errors.append(FieldError("topics", "invalid_choice", f"One or several of: {', '.join(CHOSEN)}."))
    if Webhook.objects.filter(project=project, ended_at=None).count() >= MAX_WEBHOOKS:
        errors.append(FieldError("url", "too_long", f"A project has at most {MAX_WEBHOOKS} webhooks."))
    if errors:
        raise InvalidFields(errors)


def _happened(actor: Actor, webhook: Webhook, verb: str) -> None:
    happening = Happening(f"webhook.{verb}", webhook.id, "webhook", None, {"topics": list(webhook.topics)})
    record_events(actor=actor.user, project_id=webhook.project_id, happenings=[happening])


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
