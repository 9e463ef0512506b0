"""Releases: exports with a name and a number that never change."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ApiView, ListView
from annotations.api.exports import EXPORT_PARAMETERS, choice_of, one_of_parameter
from annotations.api.fields import Input, LineField, ObjectField, ReferenceField
from annotations.api.filters import id_parameter, parameters
from annotations.api.parsers import Body
from annotations.api.schema import lists, makes, reads
from annotations.errors import FieldError, InvalidFields, InvalidParameter
from annotations.formats import CODECS, FLAVOURS
from annotations.models import Project
from annotations.queries.access import get_project_for, get_release_for, require, require_scope
from annotations.queries.export_choice import Choice
from annotations.queries.release_changes import Changes, release_changes
from annotations.queries.releases import Download, open_release, release_rows
from annotations.rules.permissions import Action
from annotations.services.releases import make_release

PROJECT_FILTER: Final = parameters(id_parameter("project"))
# The format is chosen when a release is downloaded; increments and names are not released.
FILTERS: Final = tuple(
    name for name in EXPORT_PARAMETERS if name not in {"format", "flavour", "updated_since", "people"}
)
_DOWNLOAD: Final = parameters(one_of_parameter("format", *CODECS), one_of_parameter("flavour", *FLAVOURS))
_SINCE: Final = parameters(id_parameter("since"))
_MEDIA_TYPES: Final = sorted(
    {codec.type_of(flavour)[0] for codec in CODECS.values() for flavour in ("", *codec.flavours)}
)


class ReleaseIn(Input):
    """A new release: what to call it, and the filters of an export that say what is in it."""

    not_taken = ("id", "number", "manifest", "made_by", "created_at")

    project = ReferenceField(get_project_for)
    name = LineField()
    filters = ObjectField(required=False)


class ReleaseOut(serializers.Serializer[Any]):
    """A release with its manifest."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    filters = serializers.DictField(child=serializers.CharField())
    manifest = serializers.DictField()
    made_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class ChangeOut(serializers.Serializer[Any]):
    """One record that differs; `fields` says in what."""

    what = serializers.ChoiceField(["added", "changed", "withdrawn"])
    type = serializers.CharField()
    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


class ChangesOut(serializers.Serializer[Any]):
    """All differences in numbers, by type of record, and the first thousand one by one."""

    since = serializers.UUIDField()
    release = serializers.UUIDField()
    counts = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))
    changes = ChangeOut(many=True)
    is_cut = serializers.BooleanField()


class ReleaseListView(ListView):
    """The releases of one's projects."""

    parameters = PROJECT_FILTER

    @lists(ReleaseOut, PROJECT_FILTER)
    def get(self, request: Request) -> Response:
        """List releases with their manifests."""
        values = self.query()
        return self.page(values, release_rows(self.actor, values.get("project")), lambda rows: map(_content, rows))

    @makes(ReleaseIn, ReleaseOut)
    def post(self, request: Request) -> HttpResponseBase:
        """Make a release; needs the role of a reviewer and the scope `review`."""
        require_scope(self.actor, Action.RELEASE)
        body = self.body()
        project = self.named(body, "project", get_project_for)
        if project is not None:
            require(self.actor, Action.RELEASE, project.id)
        return self.once(body, lambda: self._make(body, project))

    def _make(self, body: Body, project: Project | None) -> Response:
        taken = self.taken(ReleaseIn, body, found=[project] if project else [])
        choice = release_choice(taken.get("filters", {}))
        made = make_release(actor=self.actor, project=taken["project"], name=taken["name"], choice=choice)
        [row] = release_rows(self.actor, made.project_id).filter(pk=made.pk)
        return self.created(_content(row))


class ReleaseView(ApiView):
    """One release."""

    @reads(ReleaseOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read a release with its manifest."""
        release = get_release_for(self.actor, pk)
        self.query()
        [row] = release_rows(self.actor, release.project_id).filter(pk=pk)
        return self.answer(_content(row))


class ReleaseDownloadView(ApiView):
    """The files of a release."""

    parameters = _DOWNLOAD

    @reads({(200, kind): OpenApiTypes.BINARY for kind in _MEDIA_TYPES}, parameters=_DOWNLOAD)
    def get(self, request: Request, pk: UUID) -> StreamingHttpResponse:
        """Stream the zip of the release; with `format`, its records in that format."""
        found = self._open(pk)
        response = StreamingHttpResponse(found.pieces, content_type=found.media_type)
        response["Content-Disposition"] = f'attachment; filename="{found.filename}"'
        response["ETag"] = found.etag
        return response

    @extend_schema(exclude=True)
    def head(self, request: Request, pk: UUID) -> HttpResponse:
        """Answer the ETag, which never changes."""
        found = self._open(pk)
        response = HttpResponse(content_type=found.media_type)
        response["ETag"] = found.etag
        return response

    def _open(self, pk: UUID) -> Download:
        release = get_release_for(self.actor, pk)
        values = self.query()
        return open_release(release, values.get("format", ""), values.get("flavour", ""))


class ReleaseChangesView(ApiView):
    """What differs from an earlier release."""

    parameters = _SINCE

    @reads(ChangesOut, parameters=_SINCE)
    def get(self, request: Request, pk: UUID) -> Response:
        """Compare with the release `since`, of the same project: what was added, changed and withdrawn."""
        release = get_release_for(self.actor, pk)
        values = self.query()
        if "since" not in values:
            raise InvalidParameter("since: Name the release to compare with.", field="since")
        earlier = get_release_for(self.actor, values["since"])
        if earlier.project_id != release.project_id:
            raise InvalidParameter("since: This is a release of another project.", field="since")
        found = _changes(release_changes(earlier, release))
        return Response({"since": earlier.id, "release": release.id, **found})


def release_choice(filters: Mapping[str, Any]) -> Choice:
    """Read the filters of a release. Raises: InvalidFields."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, text in filters.items():
        if name not in FILTERS:
            errors.append(FieldError(f"filters.{name}", "unknown_field", "There is no such filter."))
        elif not isinstance(text, str):
            errors.append(FieldError(f"filters.{name}", "invalid_type", "This must be a text."))
        else:
            try:
                values[name] = EXPORT_PARAMETERS[name].read(text)
            except ValueError:
                detail = EXPORT_PARAMETERS[name].detail or "This value is malformed."
                errors.append(FieldError(f"filters.{name}", "invalid", detail))
    if errors:
        raise InvalidFields(errors)
    return choice_of(values)


def _content(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "project": row["project_id"],
        "number": row["number"],
        "name": row["name"],
        "filters": row["filters"],
        "manifest": row["manifest"],
        "made_by": row["made_by__username"],
        "created_at": row["created_at"],
    }


def _changes(found: Changes) -> dict[str, Any]:
    listed = [
        {"what": one.what, "type": one.type, "id": one.id, "label": one.label, "fields": list(one.fields)}
        for one in found.listed
    ]
    return {"counts": dict(found.counts), "changes": listed, "is_cut": found.is_cut}
