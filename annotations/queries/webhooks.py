"""Webhooks of a project and the log of their messages; for its admins."""

from uuid import UUID

from django.db.models import QuerySet

from annotations.errors import NotFound
from annotations.models import Delivery, Project, Webhook
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action

LOG_LENGTH = 100


def project_webhooks(actor: Actor, project: Project) -> QuerySet[Webhook]:
    """List the webhooks of a project, those in use first. Raises: NotAllowed."""
    require(actor, Action.ADMINISTER, project.id)
    return Webhook.objects.filter(project=project).select_related("made_by").order_by("-ended_at", "id")


def get_webhook_for(actor: Actor, project: Project, pk: UUID) -> Webhook:
    """Fetch one webhook of a project. Raises: NotAllowed, NotFound."""
    found = project_webhooks(actor, project).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def webhook_log(webhook: Webhook) -> QuerySet[Delivery]:
    """List the latest messages of a webhook, the newest first."""
    return Delivery.objects.filter(webhook=webhook).order_by("-id")[:LOG_LENGTH]


def get_delivery_for(actor: Actor, project: Project, pk: UUID) -> Delivery:
    """Fetch one message of a project. Raises: NotAllowed, NotFound."""
    require(actor, Action.ADMINISTER, project.id)
    found = Delivery.objects.filter(project=project, pk=pk).first()
    if found is None:
        raise NotFound
    return found
