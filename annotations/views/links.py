"""Linking tags in the workbench: choosing the other end, making and removing the link."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from annotations.anchoring.anchor import Segment
from annotations.errors import KindNotAllowed
from annotations.queries.access import Actor, get_link_for
from annotations.queries.tag_panel import WHO, picker_of
from annotations.rules.kinds import Kind
from annotations.rules.links import MODES, LinkType
from annotations.services.links import LinkDraft, create_link, withdraw_link
from annotations.views.htmx import fragment
from annotations.views.problems import page
from annotations.views.writing import WriteForm, answer_write, once, open_desk, read, segments_of


class PickerForm(forms.Form):
    """What is to be linked, to whom: `who` is the speaker or claimant, `disputed` the claim it disputes."""

    annotation = forms.UUIDField()
    pick = forms.ChoiceField(choices=[("who", "who"), ("disputed", "disputed")])
    query = forms.CharField(required=False, max_length=200)


class LinkForm(WriteForm):
    """A new link."""

    type = forms.ChoiceField(choices=[(type_.value, type_.value) for type_ in LinkType])
    source = forms.UUIDField()
    target = forms.UUIDField()
    mode = forms.ChoiceField(choices=[(mode, mode) for mode in MODES], required=False)


class RemovalForm(WriteForm):
    """A link to take out, in the version that was seen."""

    link = forms.UUIDField()
    version = forms.IntegerField(min_value=1)
    focus = forms.UUIDField(required=False)


@require_safe
@page
def pick(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Answer the list to choose the other end from."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(PickerForm(request.GET))
    annotation = desk.annotation(sent["annotation"])
    type_ = LinkType.DISPUTES if sent["pick"] == "disputed" else WHO.get(Kind(annotation.kind))
    if type_ is None:
        raise KindNotAllowed(gettext("Choose a quote or a claim first."))
    picker = picker_of(actor, desk.article, annotation, type_, sent["query"].strip())
    return fragment(request, "links/_picker.html", {"picker": picker, "desk": desk})


@require_POST
@page
def link(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Link two tags."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(LinkForm(request.POST))
    source = desk.annotation(sent["source"])
    attributes = {"mode": sent["mode"] or MODES[0]} if sent["type"] == LinkType.DISPUTES else {}

    def write() -> UUID:
        draft = LinkDraft(type=LinkType(sent["type"]), source=source.id, target=sent["target"], attributes=attributes)
        return create_link(actor=actor, draft=draft).id

    once(request, actor, sent["key"], write)
    return answer_write(request, desk, focus=source.id, touched=segments_of(source))


@require_POST
@page
def unlink(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Take a link out."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(RemovalForm(request.POST))
    found = get_link_for(actor, sent["link"])

    def write() -> UUID:
        return withdraw_link(actor=actor, link=found, version=sent["version"]).id

    once(request, actor, sent["key"], write)
    here = [end for end in (found.source, found.target) if end.article_id == desk.article.id]
    touched: list[Segment] = [segment for end in here for segment in segments_of(end)]
    return answer_write(request, desk, focus=sent["focus"], touched=touched)
