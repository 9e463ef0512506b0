"""What the workbench says after an act: one sentence for the toast and for people who listen."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotations.queries.tag_panel import Panel
from annotations.rules.steps import StepKind
from annotations.views.labels import KIND_LABELS, LINK_LABELS, Label

# What undo and redo act on.
STEP_LABELS: Final[Mapping[StepKind, Label]] = {
    StepKind.TAGGED: _("new tag"),
    StepKind.KIND: _("change of kind"),
    StepKind.SPAN: _("change of span"),
    StepKind.NOTE: _("note"),
    StepKind.ATTRIBUTE: _("attribute"),
    StepKind.PARTIES: _("parties"),
    StepKind.REMOVED: _("removal of a tag"),
    StepKind.LINKED: _("new link"),
    StepKind.UNLINKED: _("removal of a link"),
    StepKind.MENTIONS: _("tags of all other places"),
}


def saved(panel: Panel | None) -> str:
    """Say that a tag was saved, and who it is linked to: "Claim saved · Claimed by Army"."""
    if panel is None:
        return gettext("Saved")
    words = gettext("%(kind)s saved") % {"kind": KIND_LABELS[panel.annotation.kind]}
    who = [relation.name for relation in panel.relations if relation.type == panel.who and not relation.is_back]
    if panel.who is None or not who:
        return words
    return f"{words} · {LINK_LABELS[panel.who]} {' + '.join(who)}"
