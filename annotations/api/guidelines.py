"""The guideline of a project, and its versions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ApiView, ListView
from annotations.api.fields import Input, TextField
from annotations.api.preconditions import version_to_match
from annotations.api.schema import changes, lists, reads
from annotations.models import GuidelineVersion, Project
from annotations.queries.access import get_project_for, require
from annotations.queries.guidelines import guideline_of, guideline_rows
from annotations.rules.permissions import Action
from annotations.services.guidelines import edit_guideline


class GuidelineIn(Input):
    """Another text, in Markdown."""

    not_taken = ("id", "project", "version", "editor", "at", "created_at", "updated_at")

    text = TextField()


class GuidelineOut(serializers.Serializer[Any]):
    """One version; before the first one, `version` is 0 and the text is empty."""

    project = serializers.UUIDField()
    version = serializers.IntegerField()
    text = serializers.CharField()
    editor = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)


def guideline_content(row: Mapping[str, Any]) -> dict[str, Any]:
    """Show one row of the query."""
    return {
        "project": row["project_id"],
        "version": row["number"],
        "text": row["text"],
        "editor": row["editor__username"],
        "at": row["at"],
    }


class GuidelineView(ApiView):
    """The guideline in force."""

    @reads(GuidelineOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read the guideline in force."""
        project = get_project_for(self.actor, pk)
        self.query()
        return self.answer(_shown(project, guideline_of(project)))

    @changes(GuidelineIn, GuidelineOut)
    def patch(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Put another text in force; the first is written from version 0."""
        project = get_project_for(self.actor, pk)
        require(self.actor, Action.ADMINISTER, project.pk)
        body = self.body()

        def change() -> Response:
            version = version_to_match(self.request._request)
            text = self.taken(GuidelineIn, body)["text"]
            made = edit_guideline(actor=self.actor, project=project, version=version, text=text)
            return self.answer(_shown(project, made))

        return self.once(body, change)

    def current(self, record: GuidelineVersion | None) -> Mapping[str, Any]:
        """Show the version in force in a problem."""
        return _shown(get_project_for(self.actor, self.kwargs["pk"]), record)


class GuidelineHistoryView(ListView):
    """All versions of the guideline."""

    @lists(GuidelineOut, {})
    def get(self, request: Request, pk: UUID) -> Response:
        """List the versions of the guideline, oldest first."""
        project = get_project_for(self.actor, pk)
        return self.page(self.query(), guideline_rows(project.pk), lambda rows: map(guideline_content, rows))


def _shown(project: Project, version: GuidelineVersion | None) -> dict[str, Any]:
    if version is None:
        return {"project": project.pk, "version": 0, "text": "", "editor": None, "at": None}
    return {
        "project": project.pk,
        "version": version.number,
        "text": version.text,
        "editor": version.editor.username,
        "at": version.at,
    }
