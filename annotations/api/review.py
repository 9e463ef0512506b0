"""Decisions: a resource, made one at a time or as a list that holds or falls together."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.annotations import AnnotationOut, annotation_record
from annotations.api.base import ApiView, ListView
from annotations.api.fields import (
    ChoiceField,
    IdField,
    Input,
    ListField,
    NoteField,
    ObjectField,
    ReferenceField,
    SegmentsField,
    TextField,
    WholeField,
    check,
    refuse,
)
from annotations.api.filters import id_parameter, narrowed, parameters, text_parameter
from annotations.api.links import link_record
from annotations.api.parsers import MAX_LIST_BYTES, Body
from annotations.api.reviewed import decision_content, require_decider
from annotations.api.schema import OneOrMany, lists, makes
from annotations.errors import FieldError, InvalidFields, Unprocessable
from annotations.models import Annotation, Decision, Link
from annotations.queries.access import get_annotation_for, get_decision_for, get_link_for, require, require_scope
from annotations.queries.history import DECISION_ROW, DecisionFilter, decision_rows
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Action
from annotations.rules.review import Reason, Verdict
from annotations.services.annotations import AnnotationChange
from annotations.services.resubmission import take_proposal
from annotations.services.review import DecisionDraft, decide, decide_one


class ProposalField(ObjectField):
    """What the reviewer would write instead: any of kind, segments with exact, attributes, parties."""

    def to_internal_value(self, data: object) -> Any:
        """Check the proposal as a change of content is checked. Raises: ValidationError."""
        content = super().to_internal_value(data)
        if content.keys() - ProposalIn().fields.keys():
            refuse("unknown_field", _("A proposal holds kind, segments, exact, attributes and parties."))
        try:
            return AnnotationChange(**check(ProposalIn, content, self.context["actor"], partial=True))
        except InvalidFields as refusal:
            raise ValidationError(
                {error.field or "": [ErrorDetail(error.detail, error.code)] for error in refusal.errors}
            ) from refusal


class ProposalIn(Input):
    """What a proposal may hold."""

    kind = ChoiceField(Kind, required=False)
    segments = SegmentsField(required=False)
    exact = ListField(TextField(), required=False)
    attributes = ObjectField(required=False)
    parties = ListField(IdField(), required=False)


class DecisionIn(Input):
    """A verdict on one version of an annotation or of a link."""

    not_taken = ("id", "project", "reviewer", "at", "created_at", "updated_at")

    annotation = ReferenceField(get_annotation_for, required=False, allow_null=True)
    link = ReferenceField(get_link_for, required=False, allow_null=True)
    version = WholeField()
    verdict = ChoiceField(Verdict)
    reason = ChoiceField(Reason, required=False, allow_null=True)
    comment = NoteField(required=False)
    proposal = ProposalField(required=False, allow_null=True)


class DecisionOut(serializers.Serializer[Any]):
    """A decision; of `annotation` and `link` one is null."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    annotation = serializers.UUIDField(allow_null=True)
    link = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField()
    verdict = ChoiceField(Verdict)
    reason = ChoiceField(Reason, allow_null=True)
    comment = serializers.CharField()
    proposal = ObjectField(allow_null=True)
    reviewer = serializers.CharField()
    at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class DecisionsIn(OneOrMany):
    """One decision, or a list that holds or falls together."""

    of = DecisionIn


class DecisionsOut(OneOrMany):
    """One decision, or a list in the order of the one that was sent."""

    of = DecisionOut


class DecisionListView(ListView):
    """All decisions one may see, and deciding."""

    max_list_bytes = MAX_LIST_BYTES
    parameters = parameters(id_parameter("project"), id_parameter("article"), text_parameter("reviewer"))

    def current(self, record: Annotation | Link) -> Mapping[str, Any]:
        """Show the stored record that a decision was about."""
        return annotation_record(record) if isinstance(record, Annotation) else link_record(record)

    @lists(DecisionOut, parameters)
    def get(self, request: Request) -> Response:
        """List decisions."""
        values = self.query()
        wanted = narrowed(DecisionFilter, values)
        return self.page(values, decision_rows(self.actor, wanted), lambda rows: map(decision_content, rows))

    @makes(DecisionsIn, DecisionsOut)
    def post(self, request: Request) -> HttpResponseBase:
        """Decide on one record, or on a list: all or nothing."""
        require_scope(self.actor, Action.DECIDE)
        body = self.body()
        if isinstance(body.content, list):
            return self.once(body, lambda: self._decide_list(body))
        named = [self.named(body, "annotation", get_annotation_for), self.named(body, "link", get_link_for)]
        found = [record for record in named if record is not None]
        for record in found:
            require_decider(self.actor, record)
        if not found:
            _one_of_two(self.taken(DecisionIn, body))
        return self.once(body, lambda: self._decide(body, found))

    def _decide(self, body: Body, found: list[Annotation | Link]) -> Response:
        draft = _draft(self.taken(DecisionIn, body, found=found))
        return Response(_record(decide_one(actor=self.actor, draft=draft)), status=201)

    def _decide_list(self, body: Body) -> Response:
        items = body.content if isinstance(body.content, list) else []
        drafts: list[DecisionDraft] = []
        errors: list[FieldError] = list(body.errors)
        for index, item in enumerate(items):
            try:
                drafts.append(_draft(check(DecisionIn, item, self.actor)))
            except InvalidFields as refusal:
                errors += [replace(error, index=index) for error in refusal.errors]
        if not items:
            errors.append(FieldError("", "required", _("Send at least one decision.")))
        if errors:
            raise Unprocessable(code=errors[0].code, errors=errors)
        decisions = decide(actor=self.actor, drafts=drafts)
        return Response([_record(decision) for decision in decisions], status=201)


class ProposalTakeView(ApiView):
    """Taking the proposal of a decision."""

    def current(self, record: Annotation) -> Mapping[str, Any]:
        """Show the stored annotation."""
        return annotation_record(record)

    @makes(None, AnnotationOut, status=200)
    def post(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Make a reviewer's proposal one's own next version, and hand it in."""
        decision = get_decision_for(self.actor, pk)
        require(self.actor, Action.ANNOTATE, decision.project_id)
        body = self.body(may_be_empty=True)
        return self.once(body, lambda: self._take(decision))

    def _take(self, decision: Decision) -> Response:
        return self.answer(annotation_record(take_proposal(actor=self.actor, decision=decision)))


def _draft(taken: Mapping[str, Any]) -> DecisionDraft:
    _one_of_two(taken)
    record: Any = taken.get("annotation") or taken.get("link")
    is_annotation = isinstance(record, Annotation)
    values = {name: value for name, value in taken.items() if name not in {"annotation", "link"}}
    return DecisionDraft(
        annotation=record.pk if is_annotation else None, link=None if is_annotation else record.pk, **values
    )


def _one_of_two(taken: Mapping[str, Any]) -> None:
    """Refuse neither and both. Raises: InvalidFields."""
    named = [name for name in ("annotation", "link") if taken.get(name) is not None]
    if not named:
        raise InvalidFields([FieldError("annotation", "required", _("Name an annotation or a link."))])
    if len(named) == 2:
        raise InvalidFields([FieldError("link", "invalid", _("Name either an annotation or a link, not both."))])


def _record(decision: Decision) -> dict[str, Any]:
    row = {name: getattr(decision, name, None) for name in DECISION_ROW}
    return decision_content({**row, "reviewer__username": decision.reviewer.username})
