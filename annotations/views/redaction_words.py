"""What the pages of redactions say: where words were found, and what became of a request."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from annotations.rules.redaction import Closing
from annotations.views.labels import ATTRIBUTE_LABELS, Label, Pill

WHAT_LABELS: Final[Mapping[str, Label]] = {
    "project": _("Project"),
    "article": _("Article"),
    "outlet": _("Outlet"),
    "incident": _("Incident"),
    "party": _("Party"),
    "party_alias": _("Alias of a party"),
    "annotation": _("Tag"),
    "link": _("Link"),
    "decision": _("Decision"),
    "comment": _("Comment"),
    "import": _("Report of an import"),
    "guideline": _("Guideline"),
    "invitation": _("Invitation"),
    "redaction": _("Redaction"),
    "redaction_request": _("Request for a redaction"),
}
_FIELDS: Final[Mapping[str, Label]] = {
    **ATTRIBUTE_LABELS,
    "name": _("Name"),
    "title": _("Title"),
    "byline": _("Byline"),
    "url": _("Address"),
    "license": _("License"),
    "domain": _("Domain"),
    "country": _("Country"),
    "place": _("Place"),
    "description": _("Description"),
    "note": _("Note"),
    "annotator": _("Annotator in the imported file"),
    "comment": _("Comment"),
    "proposal": _("Proposal"),
    "text": _("Text"),
    "errors": _("What was refused"),
    "reason": _("Reason"),
}
REQUEST_PILLS: Final[Mapping[str, Pill]] = {
    "": Pill(_("Waits for a second person"), "◔", "warn"),
    Closing.CONFIRMED: Pill(_("Masked"), "✓", "ok"),
    Closing.REFUSED: Pill(_("Refused"), "✕", "bad"),
    Closing.WITHDRAWN: Pill(_("Taken back"), "–"),
}


def field_label(field: str) -> Label:
    """Name a field as people know it; one of a program's own making keeps its name."""
    last = field.rpartition(".")[2]
    return _FIELDS.get(last) or _FIELDS.get(field.partition(".")[0]) or last
