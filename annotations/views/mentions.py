"""Whom a party mention means, and tagging all other places of a text."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotations.errors import KindNotAllowed, Stale
from annotations.queries.access import Actor
from annotations.queries.party_choices import party_choices_of
from annotations.queries.workbench import neighbours, tags_named
from annotations.rules.kinds import Kind
from annotations.rules.registry import EntityType
from annotations.rules.steps import StepKind
from annotations.rules.texts import MAX_LINE
from annotations.services.annotations import AnnotationChange
from annotations.services.registry import create_party
from annotations.services.tagging import change_tag, tag_mentions
from annotations.views.conflicts import answer_conflict
from annotations.views.htmx import fragment
from annotations.views.problems import page
from annotations.views.writing import ChangeForm, WriteForm, answer_write, once, once_id, open_desk, read, segments_of

ENTITY_TYPES = [(entity.value, entity.value) for entity in EntityType]


class IdsField(forms.UUIDField):
    """Ids of records, as many as were sent; empty ones are left out."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> Any:
        """Give the ids. Raises: ValidationError."""
        found = (super(IdsField, self).to_python(each) for each in value or [])
        return tuple(pk for pk in found if pk is not None)


class FilledInput(forms.TextInput):
    """Takes the last value that is not empty: a button and a field of one name stand in one form."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002 - Django's shape
        """Give what was filled in."""
        return next((value for value in reversed(data.getlist(name)) if value), "")


class PartiesForm(ChangeForm):
    """The parties of a mention: those kept, those added from the registry, or a new one by name."""

    keep = IdsField(required=False)
    add = IdsField(required=False)
    new = forms.CharField(required=False, max_length=MAX_LINE, widget=FilledInput)
    entity_type = forms.ChoiceField(choices=ENTITY_TYPES, required=False)


class MentionsForm(WriteForm):
    """The tag whose text is sought."""

    annotation = forms.UUIDField()


class ChoicesForm(forms.Form):
    """Which mention, and a name to look for."""

    annotation = forms.UUIDField()
    query = forms.CharField(required=False, max_length=200)


@require_safe
@page
def show_choices(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponse:
    """Answer the parties that a mention may mean."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(ChoicesForm(request.GET))
    mention = desk.annotation(sent["annotation"])
    if mention.kind != Kind.PARTY:
        raise KindNotAllowed(gettext("Only a party mention names parties."))
    found = party_choices_of(actor, desk.article, mention, sent["query"].strip())
    return fragment(request, "annotations/_party_choices.html", {"found": found, "desk": desk})


@require_POST
@page
def change_parties(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Say whom a mention means."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(PartiesForm(request.POST))
    mention = desk.annotation(sent["annotation"])

    def write() -> UUID:
        kept = [party for party in sent["keep"] if party in mention.parties]
        added = [*sent["add"]]
        if sent["new"]:
            fields = {"name": sent["new"], "entity_type": sent["entity_type"] or EntityType.ORGANISATION}
            added.append(create_party(actor=actor, project=desk.project, fields=fields).id)
        return change_tag(
            actor=actor,
            article=desk.article,
            annotation=mention,
            version=sent["version"],
            change=AnnotationChange(parties=tuple(dict.fromkeys([*kept, *added]))),
            kind=StepKind.PARTIES,
        ).id

    touched = [*segments_of(mention), *neighbours(actor, desk.article, mention.id)]
    try:
        done = once_id(request, actor, sent["key"], write)
    except Stale as refusal:
        return answer_conflict(request, desk, mention, sent, refusal)
    return answer_write(request, desk, focus=done, touched=touched, parties=True, said=gettext("Parties saved"))


@require_POST
@page
def tag_others(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Tag all other places of a tag's text in the same way."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(MentionsForm(request.POST))
    found = desk.annotation(sent["annotation"])

    def write() -> int:
        return len(tag_mentions(actor=actor, article=desk.article, annotation=found))

    count = int(once(request, actor, sent["key"], write))
    said = ngettext("%(count)d other place tagged", "%(count)d other places tagged", count) % {"count": count}
    if not count:
        said = gettext("There is no other place of this text without such a tag.")
    touched = tags_named(actor, desk.article, found)
    return answer_write(request, desk, focus=found.id, touched=touched, parties=found.kind == Kind.PARTY, said=said)
