"""Handing in again what came back, changed or as it is, in one go."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.annotations import AnnotationOut, annotation_record
from annotations.api.base import ApiView
from annotations.api.fields import Input
from annotations.api.links import LinkOut, link_record
from annotations.api.parsers import Body
from annotations.api.review import ProposalIn
from annotations.api.reviewed import require_author
from annotations.api.schema import hands_in
from annotations.models import Annotation, Link
from annotations.queries.access import get_annotation_for, get_link_for
from annotations.services.annotations import AnnotationChange
from annotations.services.resubmission import resubmit_annotation, resubmit_link


class ResubmissionIn(ProposalIn):
    """What to change before it goes out again; nothing when it goes as it is."""


class NothingIn(Input):
    """No field at all."""


class AnnotationResubmitView(ApiView):
    """Handing an annotation in again."""

    def current(self, record: Annotation) -> Mapping[str, Any]:
        """Show the stored annotation."""
        return annotation_record(record)

    @hands_in(ResubmissionIn, AnnotationOut)
    def post(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Change one's annotation and hand it in again."""
        annotation = get_annotation_for(self.actor, pk)
        require_author(self.actor, annotation)
        body = self.body()
        return self.once(body, lambda: self._resubmit(annotation, body))

    def _resubmit(self, annotation: Annotation, body: Body) -> Response:
        version = self.matching(annotation)
        change = AnnotationChange(**self.taken(ResubmissionIn, body, partial=True))
        done = resubmit_annotation(actor=self.actor, annotation=annotation, version=version, change=change)
        return self.answer(annotation_record(done))


class LinkResubmitView(ApiView):
    """Handing a link in again."""

    def current(self, record: Link) -> Mapping[str, Any]:
        """Show the stored link."""
        return link_record(record)

    @hands_in(NothingIn, LinkOut)
    def post(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Hand one's link in again as it is."""
        link = get_link_for(self.actor, pk)
        require_author(self.actor, link)
        body = self.body()
        return self.once(body, lambda: self._resubmit(link, body))

    def _resubmit(self, link: Link, body: Body) -> Response:
        version = self.matching(link)
        self.taken(NothingIn, body)
        return self.answer(link_record(resubmit_link(actor=self.actor, link=link, version=version)))
