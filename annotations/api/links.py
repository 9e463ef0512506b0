"""Links: the relation as JSON, the same frame of fields as annotations."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ApiView, ListView
from annotations.api.fields import (
    RECORD_FIELDS,
    ChoiceField,
    Input,
    NoteField,
    ObjectField,
    ReferenceField,
    check_each,
    ids_named,
)
from annotations.api.filters import choices_parameter, id_parameter, moment_parameter, narrowed, parameters
from annotations.api.parsers import MAX_LIST_BYTES, Body
from annotations.api.reviewed import ReviewedView, history_content
from annotations.api.schema import HistoryOut, OneOrMany, changes, lists, makes, reads, withdraws
from annotations.models import Annotation, Link
from annotations.queries.access import annotations_named, get_annotation_for, get_link_for, require, require_scope
from annotations.queries.history import history
from annotations.queries.links import ROW, LinkFilter, Row, link_rows
from annotations.rules.links import LinkType
from annotations.rules.permissions import Action
from annotations.rules.review import State
from annotations.services.bulk import create_links
from annotations.services.links import (
    LinkDraft,
    create_link,
    edit_link,
    move_link,
    require_withdrawer,
    withdraw_link,
)

READ_ONLY = (*RECORD_FIELDS, "approved_version", "author", "origin", "source_article", "target_article")


class LinkIn(Input):
    """A new link between two annotations."""

    not_taken = (*READ_ONLY, "state")

    type = ChoiceField(LinkType)
    source = ReferenceField(get_annotation_for)  # type: ignore[assignment]
    target = ReferenceField(get_annotation_for)
    attributes = ObjectField(required=False)
    note = NoteField(required=False)


class LinkChangeIn(Input):
    """A change of content (each field as a whole), or of the state alone."""

    not_taken = (*READ_ONLY, "type", "source", "target")

    attributes = ObjectField(required=False)
    note = NoteField(required=False)
    state = ChoiceField(State, required=False)


class LinkOut(serializers.Serializer[Any]):
    """A link."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    type = ChoiceField(LinkType)
    source = serializers.UUIDField()  # type: ignore[assignment]
    target = serializers.UUIDField()
    source_article = serializers.UUIDField()
    target_article = serializers.UUIDField()
    attributes = ObjectField()
    note = serializers.CharField()
    state = ChoiceField(State)
    version = serializers.IntegerField()
    approved_version = serializers.IntegerField(allow_null=True)
    author = serializers.CharField(allow_null=True)
    origin = ObjectField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


def link_content(row: Row) -> dict[str, Any]:
    """Show one row of the query."""
    return {
        "id": row["id"],
        "project": row["project_id"],
        "type": row["type"],
        "source": row["source_id"],
        "target": row["target_id"],
        "source_article": row["source_article_id"],
        "target_article": row["target_article_id"],
        "attributes": row["attributes"],
        "note": row["note"],
        "state": row["state"],
        "version": row["version"],
        "approved_version": row["approved_version"],
        "author": row["author__username"],
        "origin": row["origin"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def link_record(link: Link) -> dict[str, Any]:
    """Show one stored link."""
    row = {name: getattr(link, name, None) for name in ROW}
    row["author__username"] = link.author.username if link.author else None
    return link_content(row)


class LinksIn(OneOrMany):
    """One link, or a list of at most 1,000 that is stored whole or not at all."""

    of = LinkIn


class LinksOut(OneOrMany):
    """One link, or a list in the order of the one that was sent."""

    of = LinkOut


class LinkListView(ListView):
    """All links one may see, and making one or many."""

    max_list_bytes = MAX_LIST_BYTES
    parameters = parameters(
        id_parameter("project"),
        id_parameter("article"),
        id_parameter("annotation"),
        choices_parameter("type", LinkType),
        choices_parameter("state", State),
        moment_parameter("updated_since"),
    )

    def current(self, record: Annotation | Link) -> Mapping[str, Any]:
        """Show the stored link (making one names no version, so there is none to show of an end)."""
        return link_record(record) if isinstance(record, Link) else {}

    @lists(LinkOut, parameters)
    def get(self, request: Request) -> Response:
        """List links."""
        values = self.query()
        wanted = narrowed(LinkFilter, values)
        return self.page(values, link_rows(self.actor, wanted), lambda rows: map(link_content, rows))

    @makes(LinksIn, LinksOut)
    def post(self, request: Request) -> HttpResponseBase:
        """Link two annotations, or make up to 1,000 links in a list: all or nothing.

        A disputes link makes a counterclaim of one's own claim.
        """
        require_scope(self.actor, Action.ANNOTATE)
        body = self.body()
        if (items := self.items(body)) is not None:
            drafts = self._drafts(items)
            return self.once(body, lambda: self._make_all(drafts))
        ends = [self.named(body, field, get_annotation_for) for field in ("source", "target")]
        for end in ends:
            if end is not None:
                require(self.actor, Action.ANNOTATE, end.project_id)
        found = [end for end in ends if end is not None]
        if len(found) < 2:
            self.taken(LinkIn, body, found=found)
        return self.once(body, lambda: self._make(body, found))

    def _drafts(self, items: list[object]) -> list[LinkDraft]:
        """Read a list. Raises: NotAllowed, Unprocessable."""
        wanted = ids_named(items, "source") | ids_named(items, "target")
        ends = {end.pk: end for end in annotations_named(self.actor, wanted)}
        for project in {end.project_id for end in ends.values()}:
            require(self.actor, Action.ANNOTATE, project)
        return [
            LinkDraft(**{**taken, "source": taken["source"].id, "target": taken["target"].id})
            for taken in check_each(LinkIn, items, self.actor, found=ends)
        ]

    def _make_all(self, drafts: list[LinkDraft]) -> Response:
        made = create_links(actor=self.actor, drafts=drafts)
        return Response([link_record(link) for link in made], status=201)

    def _make(self, body: Body, found: list[Annotation]) -> Response:
        taken = self.taken(LinkIn, body, found=found)
        ends = {"source": taken.pop("source").id, "target": taken.pop("target").id}
        return self.created(link_record(create_link(actor=self.actor, draft=LinkDraft(**taken, **ends))))


class LinkView(ReviewedView[Link]):
    """One link."""

    def fetch(self, pk: UUID) -> Link:
        """Fetch it from the gate. Raises: NotFound."""
        return get_link_for(self.actor, pk)

    def current(self, record: Link) -> Mapping[str, Any]:
        """Show the stored link."""
        return link_record(record)

    def edit(self, record: Link, version: int, body: Body) -> Link:
        """Change attributes or note."""
        taken = self.taken(LinkChangeIn, body, partial=True)
        return edit_link(actor=self.actor, link=record, version=version, **taken)

    def move(self, record: Link, version: int, state: State) -> Link:
        """Move its state."""
        return move_link(actor=self.actor, link=record, version=version, state=state)

    def require_withdrawer(self, record: Link) -> None:
        """Let through its author, the author of its source, and admins. Raises: NotAllowed, NotYours."""
        require_withdrawer(self.actor, record)

    def withdraw(self, record: Link, version: int) -> Link:
        """Withdraw it."""
        return withdraw_link(actor=self.actor, link=record, version=version)

    @reads(LinkOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read a link."""
        return self.read_record(pk)

    @changes(LinkChangeIn, LinkOut)
    def patch(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Change attributes or note of a link, or move its state."""
        return self.change_record(pk)

    @withdraws(LinkOut)
    def delete(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Withdraw a link."""
        return self.withdraw_record(pk)


class LinkHistoryView(ApiView):
    """Versions of a link and decisions on it."""

    @reads(HistoryOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read the history of a link, oldest first."""
        link = get_link_for(self.actor, pk)
        self.query()
        return Response(history_content(history(self.actor, link), holds_offsets=False))
