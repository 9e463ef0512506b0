"""What the pages of exchange share: their tabs, and the formats, changes and messages in words."""

from collections.abc import Mapping
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotations.models import Project
from annotations.queries.access import Actor
from annotations.rules.permissions import Action
from annotations.rules.webhooks import DeliveryState, Topic
from annotations.views.labels import Label, Pill

FORMAT_WORDS: Final[Mapping[str, Label]] = {
    "newsdesk-jsonl": _("everything, lossless, line by line"),
    "brat": _("standoff files for brat"),
    "casjson": _("UIMA CAS as JSON, for INCEpTION and others"),
    "casxmi": _("UIMA CAS as XMI"),
    "claimreview": _("approved claims for search engines"),
    "conll": _("tokens with labels, for training"),
    "csv": _("tables for spreadsheets"),
    "doccano": _("lines for doccano"),
    "graphml": _("the graph of claims"),
    "labelstudio": _("tasks for Label Studio"),
    "parquet": _("tables for data frames"),
    "spacy": _("documents for spaCy"),
    "webannotation": _("W3C Web Annotations, as linked data"),
}

TOPIC_LABELS: Final[Mapping[str, Label]] = {
    Topic.DECISION: _("Decisions"),
    Topic.RELEASE: _("Releases"),
    Topic.PING: _("Test"),
}

DELIVERY_PILLS: Final[Mapping[str, Pill]] = {
    DeliveryState.WAITING: Pill(_("Waiting"), "◔"),
    DeliveryState.DELIVERED: Pill(_("Delivered"), "✓", "ok"),
    DeliveryState.FAILED: Pill(_("Given up"), "✕", "bad"),
}

PROBLEM_LABELS: Final[Mapping[str, Label]] = {
    "forbidden_address": _("The address leads inside a network, so nothing was sent."),
    "no_such_host": _("There is no host of this name."),
    "no_connection": _("The host does not take connections."),
    "bad_certificate": _("The certificate of the host is not valid."),
    "no_answer": _("There was no answer in time."),
    "ended": _("The webhook was ended before the message was sent."),
}

CHANGE_LABELS: Final[Mapping[str, Label]] = {
    "added": _("Added"),
    "changed": _("Changed"),
    "withdrawn": _("Withdrawn"),
}

COUNT_LABELS: Final[Mapping[str, Label]] = {
    "outlet": _("Outlets"),
    "incident": _("Incidents"),
    "party": _("Parties"),
    "article": _("Articles"),
    "annotation": _("Annotations"),
    "link": _("Links"),
    "decision": _("Decisions"),
    "already_there": _("Already there"),
    "skipped": _("Lines left out as wrong"),
    "left_out": _("Left out by the mapping"),
    "decisions_ignored": _("Decisions of others, not taken over"),
    "supersedes_dropped": _("Earlier versions of articles that are not in the file"),
}


def exchange_tabs(actor: Actor, project: Project, chosen: str) -> list[tuple[str, Label, bool]]:
    """Give address and words of each page of exchange that the actor may open, and which one is open."""
    tabs: list[tuple[str, Label]] = [("export", _("Export"))]
    if actor.may(Action.EDIT_REGISTRY, project.id):
        tabs.append(("import", _("Import")))
    tabs.append(("release-list", _("Releases")))
    if actor.may(Action.ADMINISTER, project.id):
        tabs.append(("webhook-list", _("Webhooks")))
    return [(reverse(name, args=[project.slug]), words, name == chosen) for name, words in tabs]
