"""The page of imports: a file is checked first, its names are mapped, then it is taken in."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotations.errors import FieldError, InvalidFields, NewsdeskError
from annotations.formats import CODECS, DEFAULT_FORMAT
from annotations.models import Import, Project
from annotations.queries.access import Actor, require
from annotations.queries.import_names import kept_names
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Action
from annotations.services.exchange import ImportOrder, OnError, import_file
from annotations.views.exchange_words import COUNT_LABELS, FORMAT_WORDS, exchange_tabs
from annotations.views.forms import PlainForm
from annotations.views.htmx import fragment, is_htmx
from annotations.views.labels import KIND_LABELS, LINK_LABELS, Label
from annotations.views.problems import alert_of, page
from annotations.views.projects import open_project

# A mapping arrives as fields of these names, each followed by the label or relation.
_LABEL: Final = "label:"
_RELATION: Final = "relation:"
_ERRORS_SHOWN: Final = 200
LEAVE_OUT: Final = "-"
_KINDS: Final = tuple((kind.value, KIND_LABELS[kind]) for kind in Kind)
_TYPES: Final = tuple((type_.value, LINK_LABELS[type_]) for type_ in LinkType)


class ImportForm(PlainForm):
    """A file, its format, and whether it is only to be checked."""

    file = forms.FileField(label=_("File"))
    format = forms.ChoiceField(label=_("Format"), initial=DEFAULT_FORMAT)
    on_error = forms.ChoiceField(
        label=_("Wrong lines"),
        choices=[
            (OnError.REFUSE, _("Take nothing if a line is wrong")),
            (OnError.SKIP, _("Leave wrong lines out, take the rest")),
        ],
    )
    act = forms.ChoiceField(choices=[("check", "check"), ("import", "import")], widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the formats that can be read."""
        super().__init__(*args, **kwargs)
        readable = sorted((c for c in CODECS.values() if c.read), key=lambda c: (c.name != DEFAULT_FORMAT, c.name))
        field = self.fields["format"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(codec.name, f"{codec.name} – {FORMAT_WORDS[codec.name]}") for codec in readable]

    @property
    def is_check(self) -> bool:
        """Whether nothing is to be stored."""
        return bool(self.cleaned_data["act"] == "check")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show_import(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Show the form; check a file or take it in, and report line by line."""
    project = open_project(request, actor, slug)
    require(actor, Action.EDIT_REGISTRY, project.id)
    form = ImportForm(request.POST or None, request.FILES or None, initial={"act": "check"})
    context: dict[str, Any] = {
        "project": project,
        "section": "exchange",
        "tabs": exchange_tabs(actor, project, "import"),
        "form": form,
    }
    status = 200
    if request.method == "POST":
        found, status = _taken(request, actor, project, form)
        context |= found
    if is_htmx(request):
        return fragment(request, "exchange/_report.html", context)
    return render(request, "exchange/import.html", context, status=status)


def _taken(request: HttpRequest, actor: Actor, project: Project, form: ImportForm) -> tuple[dict[str, Any], int]:
    """Check the file or take it in; give what the report shows, and the status of a page."""
    if not form.is_valid():
        errors = [FieldError(name, "invalid", str(text)) for name, texts in form.errors.items() for text in texts]
        return {"alert": alert_of(InvalidFields(errors))}, 400
    clean = form.cleaned_data
    labels, relations = _names(request, _LABEL), _names(request, _RELATION)
    # A check lists everything that is wrong, whatever is to become of it.
    on_error = OnError.SKIP if form.is_check else OnError(clean["on_error"])
    order = ImportOrder(clean["format"], on_error, form.is_check, labels or None, relations or None)
    try:
        report = import_file(actor=actor, project=project, file=cast(BinaryIO, clean["file"]), order=order)
    except NewsdeskError as refusal:
        lines = [error for error in refusal.errors if error.line is not None]
        return {"alert": alert_of(refusal), "errors": lines[:_ERRORS_SHOWN]}, refusal.status
    kept = kept_names(project, order.format)
    rows = [
        *_rows(_LABEL, labels or kept.labels, report.unknown["labels"], _KINDS),
        *_rows(_RELATION, relations or kept.relations, report.unknown["relations"], _TYPES),
    ]
    return _shown(report, form) | {"names": rows if form.is_check else []}, 200


def _shown(report: Import, form: ImportForm) -> dict[str, Any]:
    counts = [(words, report.counts[name]) for name, words in COUNT_LABELS.items() if report.counts.get(name)]
    return {
        "report": report,
        "is_check": form.is_check,
        "counts": counts,
        "errors": [FieldError("", e["code"], e["detail"], line=e["line"]) for e in report.errors[:_ERRORS_SHOWN]],
        "more_errors": max(len(report.errors) - _ERRORS_SHOWN, 0),
    }


def _rows(
    field: str, used: Mapping[str, str], unknown: Mapping[str, int], choices: Sequence[tuple[str, Label]]
) -> list[dict[str, Any]]:
    """Give one row for each name that is mapped or ought to be, with the choices there are."""
    names = {**dict.fromkeys(used, 0), **unknown}
    return [
        {
            "field": f"{field}{name}",
            "name": name,
            "count": count,
            "choices": choices,
            "chosen": (used[name] or LEAVE_OUT) if name in used else "",
        }
        for name, count in names.items()
    ]


def _names(request: HttpRequest, prefix: str) -> Mapping[str, str]:
    """Read what each name was mapped to; one that was not touched is left for the next look."""
    found = {
        field.removeprefix(prefix): str(value)
        for field, value in request.POST.items()
        if field.startswith(prefix) and value
    }
    return {name: "" if value == LEAVE_OUT else value for name, value in found.items()}
