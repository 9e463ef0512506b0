"""What people read for the closed sets of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role
from annotations.rules.review import Reason, State

Label = str | Promise


@dataclass(frozen=True, slots=True)
class Pill:
    """Where something stands: in words, with a sign, in a tone (ok, bad, warn, ghost or none)."""

    words: Label
    sign: str
    tone: str = ""


KIND_LABELS: Final[Mapping[str, Label]] = {
    Kind.PARTY: _("Party"),
    Kind.QUOTE: _("Quote"),
    Kind.CLAIM: _("Claim"),
    Kind.COUNTERCLAIM: _("Counterclaim"),
    Kind.CUE: _("Cue"),
}

# How a link reads from its source: "Said by …".
LINK_LABELS: Final[Mapping[str, Label]] = {
    LinkType.SPEAKER: _("Said by"),
    LinkType.CLAIMANT: _("Claimed by"),
    LinkType.ABOUT: _("About"),
    LinkType.EXPRESSES: _("Expresses"),
    LinkType.DISPUTES: _("Disputes"),
    LinkType.SUPPORTS: _("Supports"),
    LinkType.SAME_AS: _("Same as"),
    LinkType.RELAYED_BY: _("Relayed by"),
    LinkType.CUED_BY: _("Signalled by"),
}

# How a link reads from its target.
LINK_LABELS_BACK: Final[Mapping[str, Label]] = {
    LinkType.SPEAKER: _("Speaker of"),
    LinkType.CLAIMANT: _("Claimant of"),
    LinkType.ABOUT: _("Subject of"),
    LinkType.EXPRESSES: _("Expressed in"),
    LinkType.DISPUTES: _("Disputed by"),
    LinkType.SUPPORTS: _("Supported by"),
    LinkType.SAME_AS: _("Same as"),
    LinkType.RELAYED_BY: _("Relays"),
    LinkType.CUED_BY: _("Signals"),
}

STATE_PILLS: Final[Mapping[str, Pill]] = {
    State.SUGGESTED: Pill(_("Suggested"), "?", "ghost"),
    State.DRAFT: Pill(_("Draft"), "○"),
    State.SUBMITTED: Pill(_("To review"), "◔"),
    State.RETURNED: Pill(_("Changes asked"), "↩", "bad"),
    State.APPROVED: Pill(_("Approved"), "✓", "ok"),
    State.REJECTED: Pill(_("Rejected"), "✕", "bad"),
    State.DISMISSED: Pill(_("Dismissed"), "–"),
    State.WITHDRAWN: Pill(_("Withdrawn"), "–"),
}

STATE_LABELS: Final[Mapping[str, Label]] = {state: pill.words for state, pill in STATE_PILLS.items()}
STATE_SIGNS: Final[Mapping[str, str]] = {state: pill.sign for state, pill in STATE_PILLS.items()}

REASON_LABELS: Final[Mapping[str, Label]] = {
    Reason.SPAN: _("The span is wrong"),
    Reason.KIND: _("The kind is wrong"),
    Reason.ATTRIBUTES: _("An attribute is wrong"),
    Reason.LINK: _("A link is wrong"),
    Reason.DUPLICATE: _("It is a duplicate"),
    Reason.GUIDELINE: _("It is not in the guideline"),
    Reason.OTHER: _("Other, see comment"),
}

ROLE_LABELS: Final[Mapping[str, Label]] = {
    Role.VIEWER: _("Viewer"),
    Role.ANALYST: _("Analyst"),
    Role.REVIEWER: _("Reviewer"),
    Role.ADMIN: _("Admin"),
}

ATTRIBUTE_LABELS: Final[Mapping[str, Label]] = {
    "mention_form": _("Form of mention"),
    "quote_type": _("Type of quote"),
    "speaker_unknown": _("Speaker unknown"),
    "voice": _("Voice"),
    "act": _("Act"),
    "topic": _("Topic"),
    "commitment": _("Commitment"),
    "paraphrase": _("Paraphrase"),
    "quantity": _("Quantity"),
    "place": _("Place"),
    "event_date": _("Date of the event"),
    "mode": _("Mode"),
}

# Values of attributes that are a choice; free ones are shown as they are.
VALUE_LABELS: Final[Mapping[str, Label]] = {
    "name": _("name"),
    "nominal": _("noun phrase"),
    "pronoun": _("pronoun"),
    "direct": _("direct"),
    "indirect": _("indirect"),
    "mixed": _("mixed"),
    "attributed": _("attributed"),
    "outlet": _("the outlet's own"),
    "unattributed": _("unattributed"),
    "assert": _("assert"),
    "deny": _("deny"),
    "doubt": _("doubt"),
    "confirm": _("confirm"),
    "accuse": _("accuse"),
    "threaten": _("threaten"),
    "pledge": _("pledge"),
    "demand": _("demand"),
    "casualties": _("casualties"),
    "territorial_control": _("territorial control"),
    "responsibility": _("responsibility"),
    "hostilities": _("hostilities"),
    "capability": _("capability"),
    "intent": _("intent"),
    "negotiation": _("negotiation"),
    "humanitarian": _("humanitarian"),
    "weapons": _("weapons"),
    "legitimacy": _("legitimacy"),
    "other": _("other"),
    "certain": _("certain"),
    "hedged": _("hedged"),
    "uncertain": _("uncertain"),
    "rebuts": _("rebuts: another account"),
    "undercuts": _("undercuts: questions source or evidence"),
}
