"""Exports as streams; nothing is held in memory (docs/formats.md)."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ApiView
from annotations.api.compression import GzipStream, mark, wants_gzip
from annotations.api.filters import Parameter, choices_parameter, id_parameter, moment_parameter, parameters
from annotations.api.schema import reads
from annotations.formats import CODECS, DEFAULT_FORMAT, FLAVOURS, codec_named
from annotations.formats.losses import Lost
from annotations.queries.access import get_project_for
from annotations.queries.export import export_etag, export_losses, open_export
from annotations.queries.export_choice import ALL, APPROVED, Choice, Order, order_for
from annotations.rules.kinds import Kind
from annotations.rules.review import State

_OMIT: Final = "omit"
_NAMES: Final = "names"
_GZIP: Final = "-gzip"
_MEDIA_TYPES: Final = sorted(
    {codec.type_of(flavour)[0] for codec in CODECS.values() for flavour in ("", *codec.flavours)}
)


def one_of_parameter(name: str, *choices: str, detail: str = "") -> Parameter:
    """Read one word of a few."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(text[:50])
        return text

    return Parameter(name, read, {"type": "string", "enum": list(choices)}, detail)


def _state(text: str) -> str:
    # Asking for the states reads them all. Raises: ValueError.
    Choice(state=text).states  # noqa: B018
    return text


EXPORT_PARAMETERS: Final = parameters(
    one_of_parameter("format", *CODECS),
    one_of_parameter("flavour", *FLAVOURS, detail="How the format is written, where there are several ways."),
    Parameter(
        "state",
        _state,
        {"type": "string", "default": APPROVED},
        f"{APPROVED}, {ALL}, or one or several of: {', '.join(State)}.",
    ),
    choices_parameter("kind", Kind),
    id_parameter("article"),
    id_parameter("outlet"),
    id_parameter("incident"),
    id_parameter("party"),
    moment_parameter("updated_since"),
    one_of_parameter("text", "include", _OMIT),
    one_of_parameter("people", "pseudonyms", _NAMES),
)


class LossOut(serializers.Serializer[Any]):
    """One sort of thing that an export leaves out."""

    what = serializers.CharField()
    detail = serializers.CharField()
    count = serializers.IntegerField()
    ids = serializers.ListField(child=serializers.CharField())


class LossesOut(serializers.Serializer[Any]):
    """What an export with these parameters would leave out."""

    format = serializers.CharField()
    losses = LossOut(many=True)


class _Ordered(ApiView):
    """A view that takes the parameters of an export."""

    parameters = EXPORT_PARAMETERS

    def order(self, pk: UUID) -> Order:
        """Read who wants what. Raises: NotFound, NotAllowed, InvalidParameter."""
        project = get_project_for(self.actor, pk)
        # The right comes before the shape of the parameters.
        wants_names = self.request.GET.get("people") == _NAMES
        order_for(self.actor, project, Choice(with_names=wants_names))
        return order_for(self.actor, project, choice_of(self.query()))


class ExportView(_Ordered):
    """The content of a project as a file."""

    @reads({(200, kind): OpenApiTypes.BINARY for kind in _MEDIA_TYPES}, parameters=EXPORT_PARAMETERS)
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Stream the chosen set; docs/formats.md says how a whole file of each format is told from a cut one.

        With `Accept-Encoding: gzip` it is compressed; with the ETag of the last one in `If-None-Match` the answer is
        304 while nothing has changed.
        """
        order = self.order(pk)
        if request.headers.get("If-None-Match") and (unchanged := self._unchanged(order)) is not None:
            return unchanged
        export = open_export(order)
        is_gzip = wants_gzip(request._request, export.media_type)
        stream = GzipStream(export.stream) if is_gzip else export.stream
        response = StreamingHttpResponse(stream, content_type=export.media_type)
        response["Content-Disposition"] = f'attachment; filename="{export.filename}"'
        response["ETag"] = _tag(export.etag, is_gzip=is_gzip)
        mark(response, is_gzip=is_gzip)
        return response

    @extend_schema(exclude=True)
    def head(self, request: Request, pk: UUID) -> HttpResponse:
        """Answer an ETag that changes when the content would."""
        order = self.order(pk)
        if request.headers.get("If-None-Match") and (unchanged := self._unchanged(order)) is not None:
            return unchanged
        response = HttpResponse(content_type=_media_type(order))
        return self._tagged(response, order)

    def _unchanged(self, order: Order) -> HttpResponse | None:
        """Answer 304 when the caller has the content already; compressed or not, it is the same."""
        response = self._tagged(HttpResponse(status=304), order)
        del response["Content-Type"]
        known = _plain_tags(self.request.headers["If-None-Match"])
        return response if "*" in known or _plain_tags(response["ETag"]) <= known else None

    def _tagged(self, response: HttpResponse, order: Order) -> HttpResponse:
        is_gzip = wants_gzip(self.request._request, _media_type(order))
        response["ETag"] = _tag(export_etag(order), is_gzip=is_gzip)
        mark(response, is_gzip=is_gzip)
        return response


class LossesView(_Ordered):
    """What an export leaves out."""

    @reads(LossesOut, parameters=EXPORT_PARAMETERS)
    def get(self, request: Request, pk: UUID) -> Response:
        """List what an export with the same parameters leaves out: what, how many, which ids."""
        order = self.order(pk)
        losses = [_loss(lost) for lost in export_losses(order)]
        return Response({"format": order.choice.format, "losses": losses})


def _media_type(order: Order) -> str:
    return codec_named(order.choice.format).type_of(order.choice.flavour)[0]


def _tag(etag: str, *, is_gzip: bool) -> str:
    """Tell the compressed form by a tag of its own: other bytes are another representation."""
    return f'{etag[:-1]}{_GZIP}"' if is_gzip else etag


def _plain_tags(header: str) -> set[str]:
    """Read the tags of a header without what tells how they were sent."""
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in header.split(","))
    return {tag.removesuffix(_GZIP) for tag in tags}


def choice_of(values: Mapping[str, Any]) -> Choice:
    """Make the choice from read parameters."""
    return Choice(
        format=values.get("format", DEFAULT_FORMAT),
        flavour=values.get("flavour", ""),
        state=values.get("state", APPROVED),
        kinds=values.get("kind", ()),
        article=values.get("article"),
        outlet=values.get("outlet"),
        incident=values.get("incident"),
        party=values.get("party"),
        updated_since=values.get("updated_since"),
        with_text=values.get("text") != _OMIT,
        with_names=values.get("people") == _NAMES,
    )


def _loss(lost: Lost) -> dict[str, Any]:
    return {"what": lost.what, "detail": _(lost.sentence), "count": len(lost.ids), "ids": list(lost.ids)}
