"""What the log says: each event as a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from annotations.queries.log import LogEntry, LogKind
from annotations.views.labels import KIND_LABELS, LINK_LABELS, ROLE_LABELS, Label

LOG_KINDS: Final[Mapping[LogKind, Label]] = {
    LogKind.TAGS: _("Tags"),
    LogKind.LINKS: _("Links"),
    LogKind.DECISIONS: _("Decisions"),
    LogKind.COMMENTS: _("Comments"),
    LogKind.ARTICLES: _("Articles and assignments"),
    LogKind.REGISTRY: _("Outlets, parties, incidents"),
    LogKind.PEOPLE: _("Members"),
    LogKind.PROJECT: _("Project, guideline, imports"),
}
# What happened to a tag or a link, by the second part of the verb.
_RECORD: Final[Mapping[str, Label]] = {
    "created": _("%(who)s made: %(what)s"),
    "edited": _("%(who)s changed: %(what)s"),
    "turned": _("%(who)s made a claim a counterclaim, or the other way round: %(what)s"),
    "submitted": _("%(who)s handed in: %(what)s"),
    "recalled": _("%(who)s took back from review: %(what)s"),
    "accepted": _("%(who)s accepted a suggestion: %(what)s"),
    "dismissed": _("%(who)s dismissed a suggestion: %(what)s"),
    "approved": _("%(who)s approved: %(what)s"),
    "returned": _("%(who)s asked for changes: %(what)s"),
    "rejected": _("%(who)s rejected: %(what)s"),
    "sent_back": _("Back in review, as an end of it changed: %(what)s"),
    "reopened": _("%(who)s reopened: %(what)s"),
    "withdrawn": _("%(who)s took out: %(what)s"),
    "restored": _("%(who)s brought back: %(what)s"),
    "commented": _("%(who)s commented on: %(what)s"),
    "resolved": _("%(who)s resolved the thread of: %(what)s"),
}
_OTHERS: Final[Mapping[str, Label]] = {
    "article.created": _("%(who)s added the article"),
    "article.edited": _("%(who)s changed what is known of the article"),
    "article.submitted": _("%(who)s handed in %(records)s"),
    "article.imported": _("%(who)s imported %(records)s"),
    "article.assigned": _("%(who)s gave the article to %(to)s"),
    "article.taken": _("%(who)s took the article"),
    "article.released": _("%(who)s released the article from %(to)s"),
    "article.handed_over": _("%(who)s handed open work on the article over"),
    "article.redacted": _("A passage was redacted; %(who)s confirmed it"),
    "project.redacted": _("Words of a redacted passage were masked; %(who)s confirmed it"),
    "redaction.requested": _("%(who)s asked for a passage to be redacted"),
    "redaction.refused": _("%(who)s refused to redact a passage"),
    "redaction.withdrawn": _("%(who)s took back a request to redact a passage"),
    "member.added": _("%(who)s added %(name)s as %(role)s"),
    "member.changed": _("%(who)s made %(name)s %(role)s"),
    "member.removed": _("%(who)s took %(name)s out of the project"),
    "outlet.created": _("%(who)s added the outlet %(name)s"),
    "outlet.edited": _("%(who)s changed the outlet %(name)s"),
    "outlet.deleted": _("%(who)s deleted an outlet"),
    "party.created": _("%(who)s added the party %(name)s"),
    "party.edited": _("%(who)s changed the party %(name)s"),
    "party.deleted": _("%(who)s deleted a party"),
    "party.merged": _("%(who)s merged the party %(name)s into another"),
    "incident.created": _("%(who)s added the incident %(name)s"),
    "incident.edited": _("%(who)s changed the incident %(name)s"),
    "incident.deleted": _("%(who)s deleted an incident"),
    "project.created": _("%(who)s made the project"),
    "project.edited": _("%(who)s changed the project's details"),
    "guideline.edited": _("%(who)s put version %(number)s of the guideline in force"),
    "import.done": _("%(who)s imported a file"),
    "article.restored": _("%(who)s brought the article back from an archive"),
    "project.restored": _("%(who)s brought an archive back"),
    "release.made": _("%(who)s made release %(number)s"),
    "release.redacted": _("A redaction masked a passage in release %(number)s"),
    "webhook.made": _("%(who)s made a webhook"),
    "webhook.ended": _("%(who)s ended a webhook"),
}


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """One line of the log; `query` opens its record on the review page."""

    at: datetime
    who: str
    sentence: str
    article: UUID | None
    article_title: str
    query: str


def shown_event(entry: LogEntry) -> ShownEvent:
    """Put an event into words; one of an unknown kind keeps its own."""
    what, _dot, act = entry.verb.partition(".")
    is_record = what in {"annotation", "link"}
    return ShownEvent(
        at=entry.at,
        who=entry.who,
        sentence=_record_sentence(entry, act) if is_record else _sentence(entry),
        article=entry.article,
        article_title=entry.article_title,
        query=f"view=all&{what}={entry.subject}" if is_record else "",
    )


def _record_sentence(entry: LogEntry, act: str) -> str:
    what = entry.label.partition(" ")[2]
    label = KIND_LABELS.get(what) or LINK_LABELS.get(what) or entry.label
    if act not in _RECORD:
        return _unknown(entry)
    return str(_RECORD[act]) % {"who": _who(entry), "what": label}


def _sentence(entry: LogEntry) -> str:
    to = entry.people.get(str(entry.payload.get("assignee", "")), "")
    verb = "article.taken" if entry.verb == "article.assigned" and to == entry.who else entry.verb
    if verb not in _OTHERS:
        return _unknown(entry)
    values: dict[str, object] = {
        "who": _who(entry),
        "to": to,
        "name": entry.name,
        "role": ROLE_LABELS.get(entry.payload.get("role", ""), ""),
        "records": _records(entry.payload),
        "number": entry.payload.get("number", ""),
    }
    return str(_OTHERS[verb]) % values


def _unknown(entry: LogEntry) -> str:
    return f"{_who(entry)}: {entry.verb} {entry.name}".strip()


def _who(entry: LogEntry) -> str:
    return entry.who or gettext("The site")


def _records(payload: Mapping[str, Any]) -> str:
    tags, links = _count(payload, "annotations"), _count(payload, "links")
    told = [
        ngettext("%(n)s tag", "%(n)s tags", tags) % {"n": tags} if tags else "",
        ngettext("%(n)s link", "%(n)s links", links) % {"n": links} if links else "",
    ]
    return ", ".join(words for words in told if words) or gettext("the article alone")


def _count(payload: Mapping[str, Any], name: str) -> int:
    listed = payload.get(name, ())
    return len(listed) if isinstance(listed, list) else 0
