"""The page of exports: what is to be in the file, what its format would lose, and the download."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from annotations.errors import InvalidParameter
from annotations.formats import CODECS, DEFAULT_FORMAT
from annotations.formats.losses import Lost
from annotations.models import Project
from annotations.queries.access import Actor, visible_incidents, visible_outlets, visible_parties
from annotations.queries.export import export_losses
from annotations.queries.export_choice import ALL, APPROVED, Choice, order_for
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Action
from annotations.rules.review import State
from annotations.views.exchange_words import FORMAT_WORDS, exchange_tabs
from annotations.views.forms import PlainForm
from annotations.views.htmx import fragment, is_htmx
from annotations.views.labels import KIND_LABELS, STATE_PILLS
from annotations.views.problems import page
from annotations.views.projects import open_project

_STATES: Final = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.REJECTED, State.WITHDRAWN)
# So many ids of what is lost are shown; the API answers all.
_IDS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class LossRow:
    """One line of the table of losses."""

    words: str
    count: int
    ids: tuple[str, ...]
    more: int


class ExportForm(PlainForm):
    """The filters of an export, as the address of the download has them."""

    format = forms.ChoiceField(label=_("Format"), initial=DEFAULT_FORMAT)
    state = forms.ChoiceField(label=_("Which records"), initial=APPROVED)
    kind = forms.MultipleChoiceField(label=_("Kinds"), required=False, widget=forms.CheckboxSelectMultiple)
    outlet = forms.ChoiceField(label=_("Outlet"), required=False)
    incident = forms.ChoiceField(label=_("Incident"), required=False)
    party = forms.ChoiceField(label=_("Party"), required=False)
    updated_since = forms.DateField(
        label=_("Changed since"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    text = forms.ChoiceField(label=_("Texts"), choices=[("include", _("With texts")), ("omit", _("Without texts"))])
    people = forms.ChoiceField(label=_("People"), choices=[("pseudonyms", _("Pseudonyms")), ("names", _("Names"))])

    def __init__(self, *args: object, actor: Actor, project: Project) -> None:
        """Offer what the project has and the actor may ask for."""
        super().__init__(*args)
        self._set_choices("format", list(_ways()))
        sets = [(APPROVED, gettext("The approved set")), (ALL, gettext("All present versions"))]
        self._set_choices("state", [*sets, *((state.value, str(STATE_PILLS[state].words)) for state in _STATES)])
        self._set_choices("kind", [(kind.value, str(KIND_LABELS[kind])) for kind in Kind])
        outlets = visible_outlets(actor, project.id).order_by("name", "id").values_list("id", "name")
        incidents = visible_incidents(actor, project.id).order_by("title", "id").values_list("id", "title")
        parties = visible_parties(actor, project.id).order_by("name", "id").values_list("id", "name")
        for name, found in (("outlet", outlets), ("incident", incidents), ("party", parties)):
            self._set_choices(name, [("", gettext("All")), *((str(pk), title) for pk, title in found)])
        if not actor.may(Action.READ_ADMINISTRATION, project.id):
            del self.fields["people"]

    @property
    def way(self) -> tuple[str, str]:
        """The format and its flavour; empty for the usual one."""
        name, _colon, flavour = str(self.cleaned_data["format"]).partition(":")
        return name, flavour

    def query(self) -> str:
        """Write what was chosen as the query of a download; what is usual is left out."""
        clean = self.cleaned_data
        found = {
            "format": self.way[0],
            "flavour": self.way[1],
            "state": clean["state"],
            "kind": ",".join(clean["kind"]),
            "outlet": clean["outlet"],
            "incident": clean["incident"],
            "party": clean["party"],
            "updated_since": clean["updated_since"].isoformat() if clean["updated_since"] else "",
            "text": "omit" if clean["text"] == "omit" else "",
            "people": "names" if clean.get("people") == "names" else "",
        }
        return urlencode({name: value for name, value in found.items() if value})

    def choice(self) -> Choice:
        """Give what the export takes."""
        clean = self.cleaned_data
        since = clean["updated_since"]
        return Choice(
            format=self.way[0],
            flavour=self.way[1],
            state=clean["state"],
            kinds=tuple(Kind(kind) for kind in clean["kind"]),
            outlet=clean["outlet"] or None,
            incident=clean["incident"] or None,
            party=clean["party"] or None,
            updated_since=datetime.combine(since, time(), UTC) if since else None,
            with_text=clean["text"] != "omit",
            with_names=clean.get("people") == "names",
        )

    def _set_choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


@require_safe
@page
def show_export(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show the filters; once they are chosen, also what the file would lose, and where to download it."""
    project = open_project(request, actor, slug)
    is_chosen = "format" in request.GET
    form = ExportForm(_with_defaults(request) if is_chosen else None, actor=actor, project=project)
    context: dict[str, Any] = {
        "project": project,
        "section": "exchange",
        "tabs": exchange_tabs(actor, project, "export"),
        "form": form,
    }
    if is_chosen and form.is_valid():
        order = order_for(actor, project, form.choice())
        try:
            losses = export_losses(order)
        except InvalidParameter as refusal:
            form.add_refusal(refusal)
        else:
            context |= {"losses": [_row(lost) for lost in losses], "query": form.query(), "chosen": form.way[0]}
    status = 400 if form.errors else 200
    if is_htmx(request):
        return fragment(request, "exchange/_preview.html", context, status=200)
    return render(request, "exchange/export.html", context, status=status)


def _with_defaults(request: HttpRequest) -> Any:
    """Fill in what an address leaves out."""
    values = request.GET.copy()
    for name, usual in (("state", APPROVED), ("text", "include"), ("people", "pseudonyms")):
        values.setdefault(name, usual)
    return values


def _row(lost: Lost) -> LossRow:
    return LossRow(gettext(lost.sentence), len(lost.ids), lost.ids[:_IDS_SHOWN], max(len(lost.ids) - _IDS_SHOWN, 0))


def _ways() -> Iterator[tuple[str, str]]:
    """Give each format and flavour with what it is for, our own first."""
    for codec in sorted(CODECS.values(), key=lambda found: (found.name != DEFAULT_FORMAT, found.name)):
        if codec.write is not None:
            yield codec.name, f"{codec.name} – {FORMAT_WORDS[codec.name]}"
            for flavour in codec.flavours[1:]:
                yield f"{codec.name}:{flavour}", f"{codec.name} ({flavour}) – {FORMAT_WORDS[codec.name]}"
