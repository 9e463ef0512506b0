"""Annotations: the highlight as JSON. Offsets are code points, half-open."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ApiView, ListView
from annotations.api.fields import (
    RECORD_FIELDS,
    ChoiceField,
    IdField,
    Input,
    ListField,
    NoteField,
    ObjectField,
    OffsetUnit,
    ReferenceField,
    SegmentsField,
    TextField,
    check_each,
    ids_named,
)
from annotations.api.filters import (
    choices_parameter,
    id_parameter,
    moment_parameter,
    narrowed,
    parameters,
    text_parameter,
    true_parameter,
)
from annotations.api.parsers import MAX_LIST_BYTES, Body
from annotations.api.reviewed import ReviewedView, history_content
from annotations.api.schema import HistoryOut, OneOrMany, changes, lists, makes, reads, withdraws
from annotations.errors import FieldError, InvalidFields
from annotations.models import Annotation, Article
from annotations.queries.access import articles_named, get_annotation_for, get_article_for, require, require_scope
from annotations.queries.annotations import ROW, AnnotationFilter, Row, annotation_rows, with_approved_content
from annotations.queries.history import history
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Action
from annotations.rules.review import State
from annotations.services.annotations import (
    AnnotationChange,
    AnnotationDraft,
    create_annotation,
    edit_annotation,
    move_annotation,
    withdraw_annotation,
)
from annotations.services.bulk import create_annotations

READ_ONLY = (*RECORD_FIELDS, "offset_unit", "approved_version", "author", "origin")


class AnnotationIn(Input):
    """A new annotation; `exact` is the text the client believes is at the segments."""

    not_taken = (*READ_ONLY, "state")

    article = ReferenceField(get_article_for)
    kind = ChoiceField(Kind)
    segments = SegmentsField()
    exact = ListField(TextField())
    attributes = ObjectField(required=False)
    parties = ListField(IdField(), required=False)
    note = NoteField(required=False)


class AnnotationChangeIn(Input):
    """A change of content (each field as a whole), or of the state alone."""

    not_taken = (*READ_ONLY, "article")

    kind = ChoiceField(Kind, required=False)
    segments = SegmentsField(required=False)
    exact = ListField(TextField(), required=False)
    attributes = ObjectField(required=False)
    parties = ListField(IdField(), required=False)
    note = NoteField(required=False)
    state = ChoiceField(State, required=False)


class AnnotationOut(serializers.Serializer[Any]):
    """An annotation."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    article = serializers.UUIDField()
    kind = ChoiceField(Kind)
    offset_unit = ChoiceField(OffsetUnit)
    segments = SegmentsField()
    exact = serializers.ListField(child=serializers.CharField())
    attributes = ObjectField()
    parties = serializers.ListField(child=serializers.UUIDField())
    note = serializers.CharField()
    state = ChoiceField(State)
    version = serializers.IntegerField()
    approved_version = serializers.IntegerField(allow_null=True)
    author = serializers.CharField(allow_null=True)
    origin = ObjectField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


def annotation_content(row: Row) -> dict[str, Any]:
    """Show one row of the query."""
    return {
        "id": row["id"],
        "project": row["project_id"],
        "article": row["article_id"],
        "kind": row["kind"],
        "offset_unit": "codepoint",
        "segments": row["segments"],
        "exact": row["exact"],
        "attributes": row["attributes"],
        "parties": row["parties"],
        "note": row["note"],
        "state": row["state"],
        "version": row["version"],
        "approved_version": row["approved_version"],
        "author": row["author__username"],
        "origin": row["origin"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def annotation_record(annotation: Annotation) -> dict[str, Any]:
    """Show one stored annotation."""
    row = {name: getattr(annotation, name, None) for name in ROW}
    row["author__username"] = annotation.author.username if annotation.author else None
    return annotation_content(row)


class AnnotationsIn(OneOrMany):
    """One annotation, or a list of at most 1,000 that is stored whole or not at all."""

    of = AnnotationIn


class AnnotationsOut(OneOrMany):
    """One annotation, or a list in the order of the one that was sent."""

    of = AnnotationOut


class AnnotationListView(ListView):
    """All annotations one may see, and making one or many."""

    max_list_bytes = MAX_LIST_BYTES
    parameters = parameters(
        id_parameter("project"),
        id_parameter("article"),
        choices_parameter("kind", Kind),
        choices_parameter("state", State),
        text_parameter("author"),
        id_parameter("party"),
        moment_parameter("updated_since"),
        true_parameter("incomplete"),
        true_parameter("approved"),
    )

    @lists(AnnotationOut, parameters)
    def get(self, request: Request) -> Response:
        """List annotations."""
        values = self.query()
        wanted = narrowed(AnnotationFilter, values)

        def render(rows: list[Row]) -> list[dict[str, Any]]:
            shown = with_approved_content(rows) if wanted.approved and rows else rows
            return [annotation_content(row) for row in shown]

        return self.page(values, annotation_rows(self.actor, wanted), render)

    @makes(AnnotationsIn, AnnotationsOut)
    def post(self, request: Request) -> HttpResponseBase:
        """Make an annotation, or up to 1,000 in a list: all or nothing."""
        require_scope(self.actor, Action.ANNOTATE)
        body = self.body()
        if (items := self.items(body)) is not None:
            drafts = self._drafts(items)
            return self.once(body, lambda: self._make_all(drafts))
        article = self.named(body, "article", get_article_for)
        if article is not None:
            require(self.actor, Action.ANNOTATE, article.project_id)
        else:
            self.taken(AnnotationIn, body)
        return self.once(body, lambda: self._make(body, article))

    def _make(self, body: Body, article: Article | None) -> Response:
        taken = self.taken(AnnotationIn, body, found=[article] if article else [])
        draft = AnnotationDraft(**{name: value for name, value in taken.items() if name != "article"})
        made = create_annotation(actor=self.actor, article=taken["article"], draft=draft)
        return self.created(annotation_record(made))

    def _drafts(self, items: list[object]) -> list[tuple[Article, AnnotationDraft]]:
        """Read a list. Raises: NotAllowed, Unprocessable."""
        articles = {article.pk: article for article in articles_named(self.actor, ids_named(items, "article"))}
        for project in {article.project_id for article in articles.values()}:
            require(self.actor, Action.ANNOTATE, project)
        return [
            (
                taken["article"],
                AnnotationDraft(**{name: value for name, value in taken.items() if name != "article"}),
            )
            for taken in check_each(AnnotationIn, items, self.actor, found=articles)
        ]

    def _make_all(self, drafts: list[tuple[Article, AnnotationDraft]]) -> Response:
        made = create_annotations(actor=self.actor, drafts=drafts)
        return Response([annotation_record(annotation) for annotation in made], status=201)


class AnnotationView(ReviewedView[Annotation]):
    """One annotation."""

    def fetch(self, pk: UUID) -> Annotation:
        """Fetch it from the gate. Raises: NotFound."""
        return get_annotation_for(self.actor, pk)

    def current(self, record: Annotation) -> Mapping[str, Any]:
        """Show the stored annotation."""
        return annotation_record(record)

    def edit(self, record: Annotation, version: int, body: Body) -> Annotation:
        """Change its content."""
        taken = self.taken(AnnotationChangeIn, body, partial=True)
        _check_pair(taken)
        return edit_annotation(actor=self.actor, annotation=record, version=version, change=AnnotationChange(**taken))

    def move(self, record: Annotation, version: int, state: State) -> Annotation:
        """Move its state."""
        return move_annotation(actor=self.actor, annotation=record, version=version, state=state)

    def withdraw(self, record: Annotation, version: int) -> Annotation:
        """Withdraw it with its living links."""
        return withdraw_annotation(actor=self.actor, annotation=record, version=version)

    @reads(AnnotationOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read an annotation."""
        return self.read_record(pk)

    @changes(AnnotationChangeIn, AnnotationOut)
    def patch(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Change the content of an annotation, or move its state."""
        return self.change_record(pk)

    @withdraws(AnnotationOut)
    def delete(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Withdraw an annotation with its living links."""
        return self.withdraw_record(pk)


class AnnotationHistoryView(ApiView):
    """Versions of an annotation and decisions on it."""

    @reads(HistoryOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read the history of an annotation, oldest first."""
        annotation = get_annotation_for(self.actor, pk)
        self.query()
        return Response(history_content(history(self.actor, annotation), holds_offsets=True))


def _check_pair(taken: Mapping[str, Any]) -> None:
    """Segments come with their texts. Raises: InvalidFields."""
    for given, needed in (("segments", "exact"), ("exact", "segments")):
        if given in taken and needed not in taken:
            raise InvalidFields([FieldError(needed, "required", _("Send segments and exact together."))])
