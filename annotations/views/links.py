"""Linking tags in the workbench: choosing the other end, making and removing the link."""

from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from annotations.anchoring.anchor import Segment
from annotations.errors import KindNotAllowed, NotFound
from annotations.models import Annotation
from annotations.queries.access import Actor, get_annotation_for, get_article_for, get_link_for
from annotations.queries.passages import passage_of
from annotations.queries.tag_panel import WHO, picker_of
from annotations.rules.kinds import Kind
from annotations.rules.links import MODES, LinkType
from annotations.services.links import LinkDraft
from annotations.services.tagging import link_tags, unlink_tags
from annotations.views.forms import WholeNumberField
from annotations.views.htmx import fragment, is_htmx
from annotations.views.labels import LINK_LABELS
from annotations.views.problems import page
from annotations.views.writing import WriteForm, answer_write, once, open_desk, read, segments_of

# The choices people make, and every type by its name.
PICKS = [("who", "who"), ("disputed", "disputed"), *((type_.value, type_.value) for type_ in LinkType)]


def picked_type(kind: Kind, pick: str) -> LinkType | None:
    """Give the type of link that a choice stands for; None for a speaker where the kind has none."""
    if pick == "disputed":
        return LinkType.DISPUTES
    return WHO.get(kind) if pick == "who" else LinkType(pick)


class PickerForm(forms.Form):
    """What is to be linked, to whom: `who` is the speaker or claimant, `disputed` the claim it disputes."""

    annotation = forms.UUIDField()
    pick = forms.ChoiceField(choices=PICKS)
    query = forms.CharField(required=False, max_length=200)
    everywhere = forms.BooleanField(required=False)


class PreviewForm(forms.Form):
    """The two tags that a link would join."""

    annotation = forms.UUIDField()
    target = forms.UUIDField()
    pick = forms.ChoiceField(choices=PICKS)


class LinkForm(WriteForm):
    """A new link."""

    type = forms.ChoiceField(choices=[(type_.value, type_.value) for type_ in LinkType])
    source = forms.UUIDField()
    target = forms.UUIDField()
    mode = forms.ChoiceField(choices=[(mode, mode) for mode in MODES], required=False)


class RemovalForm(WriteForm):
    """A link to take out, in the version that was seen."""

    link = forms.UUIDField()
    version = WholeNumberField()
    focus = forms.UUIDField(required=False)


@require_safe
@page
def pick(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Answer the list to choose the other end from."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(PickerForm(request.GET))
    annotation = desk.annotation(sent["annotation"])
    type_ = _type_of(annotation, sent["pick"])
    query, is_everywhere = sent["query"].strip(), sent["everywhere"]
    picker = picker_of(actor, desk.article, annotation, type_, query, is_everywhere=is_everywhere)
    return fragment(request, "links/_picker.html", {"picker": picker, "pick": sent["pick"], "desk": desk})


@require_safe
@page
def preview(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Show both passages side by side before they are linked."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(PreviewForm(request.GET))
    source, target = desk.annotation(sent["annotation"]), get_annotation_for(actor, sent["target"])
    if target.project_id != desk.project.id:
        raise NotFound
    passages = (
        passage_of(desk.article, source),
        passage_of(get_article_for(actor, target.article_id), target),
    )
    context = {"passages": passages, "type": _type_of(source, sent["pick"]), "desk": desk, "key": uuid4()}
    if is_htmx(request):
        return fragment(request, "links/_preview.html", context)
    return render(request, "links/preview.html", {**context, "project": desk.project, "article": desk.article})


@require_POST
@page
def link(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Link two tags."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(LinkForm(request.POST))
    source = desk.annotation(sent["source"])
    attributes = {"mode": sent["mode"] or MODES[0]} if sent["type"] == LinkType.DISPUTES else {}

    def write() -> UUID:
        draft = LinkDraft(type=LinkType(sent["type"]), source=source.id, target=sent["target"], attributes=attributes)
        return link_tags(actor=actor, article=desk.article, draft=draft).id

    once(request, actor, sent["key"], write)
    said = gettext("Linked: %(type)s") % {"type": LINK_LABELS[sent["type"]]}
    return answer_write(request, desk, focus=source.id, touched=segments_of(source), said=said)


@require_POST
@page
def unlink(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Take a link out."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(RemovalForm(request.POST))
    found = get_link_for(actor, sent["link"])

    def write() -> UUID:
        return unlink_tags(actor=actor, article=desk.article, link=found, version=sent["version"]).id

    once(request, actor, sent["key"], write)
    here = [end for end in (found.source, found.target) if end.article_id == desk.article.id]
    touched: list[Segment] = [segment for end in here for segment in segments_of(end)]
    return answer_write(request, desk, focus=sent["focus"], touched=touched, said=gettext("Link removed"))


def _type_of(annotation: Annotation, pick: str) -> LinkType:
    type_ = picked_type(Kind(annotation.kind), pick)
    if type_ is None:
        raise KindNotAllowed(gettext("Choose a quote or a claim first."))
    return type_
