"""The pages of webhooks: the list with its form, which shows a new secret once, and the log of one."""

from typing import Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.errors import Conflict, InvalidInput
from annotations.queries.access import Actor, require
from annotations.queries.webhooks import get_delivery_for, get_webhook_for, project_webhooks, webhook_log
from annotations.rules.permissions import Action
from annotations.rules.texts import MAX_URL
from annotations.rules.webhooks import CHOSEN, SIGNATURE_HEADER, Topic
from annotations.services.webhooks import end_webhook, make_webhook, repeat_delivery, secret_of
from annotations.views.exchange_words import DELIVERY_PILLS, PROBLEM_LABELS, TOPIC_LABELS, exchange_tabs
from annotations.views.forms import PlainForm
from annotations.views.htmx import redirect_to
from annotations.views.problems import page
from annotations.views.projects import open_project

_TOPICS: Final = [(topic.value, TOPIC_LABELS[topic]) for topic in CHOSEN]


class WebhookForm(PlainForm):
    """A new webhook."""

    url = forms.CharField(label=_("Address"), max_length=MAX_URL, widget=forms.URLInput(attrs={"dir": "ltr"}))
    topics = forms.MultipleChoiceField(label=_("Tell of"), choices=_TOPICS, widget=forms.CheckboxSelectMultiple)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show_webhooks(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """List the webhooks of a project; make a new one, and show its secret this once."""
    project = open_project(request, actor, slug)
    require(actor, Action.ADMINISTER, project.id)
    form, made = WebhookForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        topics = [Topic(topic) for topic in form.cleaned_data["topics"]]
        try:
            made = make_webhook(actor=actor, project=project, url=form.cleaned_data["url"], topics=topics)
        except (InvalidInput, Conflict) as refusal:
            form.add_refusal(refusal)
    listed = [
        (webhook, [TOPIC_LABELS[topic] for topic in webhook.topics]) for webhook in project_webhooks(actor, project)
    ]
    context = {
        "project": project,
        "section": "exchange",
        "tabs": exchange_tabs(actor, project, "webhook-list"),
        "form": WebhookForm() if made else form,
        "made": made,
        "secret": secret_of(made) if made else "",
        "signature_header": SIGNATURE_HEADER,
        "listed": listed,
        "is_on": settings.WEBHOOKS,
    }
    return render(request, "exchange/webhooks.html", context, status=400 if form.errors else 200)


@require_safe
@page
def show_webhook(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Show what an address was told, and how that went."""
    project = open_project(request, actor, slug)
    webhook = get_webhook_for(actor, project, pk)
    log = [
        (delivery, TOPIC_LABELS[delivery.topic], DELIVERY_PILLS[delivery.state], PROBLEM_LABELS.get(delivery.problem))
        for delivery in webhook_log(webhook)
    ]
    context = {
        "project": project,
        "section": "exchange",
        "tabs": exchange_tabs(actor, project, "webhook-list"),
        "webhook": webhook,
        "topics": [TOPIC_LABELS[topic] for topic in webhook.topics],
        "log": log,
    }
    return render(request, "exchange/webhook.html", context)


@require_POST
@page
def end(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """End a webhook."""
    project = open_project(request, actor, slug)
    end_webhook(actor=actor, webhook=get_webhook_for(actor, project, pk))
    return redirect_to(request, reverse("webhook-list", args=[project.slug]))


@require_POST
@page
def repeat(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Send a message that was given up once more."""
    project = open_project(request, actor, slug)
    delivery = get_delivery_for(actor, project, pk)
    repeat_delivery(actor=actor, delivery=delivery)
    return redirect_to(request, reverse("webhook", args=[project.slug, delivery.webhook_id]))
