"""How the routes are described in OpenAPI: one decorator per sort of route, and the shared answers."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, Final, Literal, TypeVar

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from annotations.api.filters import Parameter

PROBLEM: Final = "application/problem+json"
_F = TypeVar("_F", bound=Callable[..., Any])
Direction = Literal["request", "response"]
_Shape = type[serializers.Serializer[Any]]

_READ_REFUSALS: Final = (400, 401, 404, 405, 503)
_WRITE_REFUSALS: Final = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 503)
_CHANGE_REFUSALS: Final = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 503)


class ProblemErrorOut(serializers.Serializer[Any]):
    """One thing that is wrong: with a field, an item of a list (`index`), a line of a file, or a record."""

    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()
    index = serializers.IntegerField(required=False)
    line = serializers.IntegerField(required=False)
    record = serializers.CharField(required=False, allow_null=True)


class ProblemOut(serializers.Serializer[Any]):
    """Every refusal has this shape; `code` is stable. Some carry nearest, stored, missing, existing or current."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = ProblemErrorOut(many=True)  # type: ignore[assignment]
    nearest = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()), required=False)
    offset_unit = serializers.CharField(required=False)
    stored = serializers.ListField(child=serializers.CharField(), required=False)
    missing = serializers.ListField(child=serializers.CharField(), required=False)
    existing = serializers.UUIDField(required=False, allow_null=True)
    current = serializers.DictField(required=False)


class HistoryItemOut(serializers.Serializer[Any]):
    """A version (number, content, editor) or a decision, told apart by `type`."""

    type = serializers.CharField()
    version = serializers.IntegerField()
    at = serializers.DateTimeField()
    content = serializers.DictField(required=False)
    editor = serializers.CharField(required=False)
    id = serializers.UUIDField(required=False)
    verdict = serializers.CharField(required=False)
    reason = serializers.CharField(required=False, allow_null=True)
    comment = serializers.CharField(required=False, allow_blank=True)
    proposal = serializers.DictField(required=False, allow_null=True)
    reviewer = serializers.CharField(required=False)


class HistoryOut(serializers.Serializer[Any]):
    """What happened to a record, oldest first."""

    offset_unit = serializers.CharField(required=False)
    results = HistoryItemOut(many=True)


def reads(shape: Any, *, parameters: Mapping[str, Parameter] | None = None) -> Callable[[_F], _F]:
    """Describe a GET of one thing."""
    query = [_query(parameter) for parameter in (parameters or {}).values()]
    shapes = shape if isinstance(shape, dict) else {200: shape}
    return extend_schema(parameters=query, responses={**shapes, **_refusals(_READ_REFUSALS)})


def lists(shape: _Shape, parameters: Mapping[str, Parameter]) -> Callable[[_F], _F]:
    """Describe a GET of a list, page by page."""
    query = [_query(parameter) for parameter in parameters.values()]
    query.append(OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}))
    query.append(OpenApiParameter("cursor", {"type": "string"}, description="From `next` or `previous`."))
    return extend_schema(parameters=query, responses={200: _page_of(shape), **_refusals(_READ_REFUSALS)})


def makes(takes: Any, shape: Any, *, status: int = 201, others: Mapping[Any, Any] | None = None) -> Callable[[_F], _F]:
    """Describe a POST."""
    responses = {status: shape, **(others or {}), **_refusals(_WRITE_REFUSALS)}
    return extend_schema(request=takes, parameters=[_IDEMPOTENCY_KEY], responses=responses)


def changes(takes: Any, shape: Any, *, needs_match: bool = True) -> Callable[[_F], _F]:
    """Describe a PATCH."""
    headers = [_IDEMPOTENCY_KEY, *([_IF_MATCH] if needs_match else [])]
    return extend_schema(request=takes, parameters=headers, responses={200: shape, **_refusals(_CHANGE_REFUSALS)})


def hands_in(takes: Any, shape: Any) -> Callable[[_F], _F]:
    """Describe a POST that changes a stored record, so with If-Match."""
    responses = {200: shape, **_refusals(_CHANGE_REFUSALS)}
    return extend_schema(request=takes, parameters=[_IDEMPOTENCY_KEY, _IF_MATCH], responses=responses)


def withdraws(shape: Any) -> Callable[[_F], _F]:
    """Describe a DELETE that answers the withdrawn record."""
    responses = {200: shape, **_refusals(_CHANGE_REFUSALS)}
    return extend_schema(request=None, parameters=[_IDEMPOTENCY_KEY, _IF_MATCH], responses=responses)


def deletes(*, needs_match: bool = True) -> Callable[[_F], _F]:
    """Describe a DELETE that leaves nothing."""
    headers = [_IDEMPOTENCY_KEY, *([_IF_MATCH] if needs_match else [])]
    responses = {204: OpenApiResponse(description="Gone."), **_refusals(_CHANGE_REFUSALS)}
    return extend_schema(request=None, parameters=headers, responses=responses)


class OneOrMany(serializers.Serializer[Any]):
    """One object of a shape, or a list of them."""

    of: ClassVar[_Shape]


class Schema(AutoSchema):
    """Names operations by path and by what they do, lists apart from single records."""

    def get_operation_id(self) -> str:
        """Name an operation."""
        words = [token.replace("-", "_") for token in self._tokenize_path()]
        is_list = self.method == "GET" and getattr(self.view, "is_list", False)
        action = "list" if is_list else self.method_mapping[self.method.lower()]
        return "_".join([*words, action])

    def get_description(self) -> str:  # type: ignore[override]
        """Describe an operation by the docstring of its method."""
        return str(getattr(self.view, self.method.lower()).__doc__ or "")


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Bearer tokens."""

    target_class = "annotations.api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe the scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "nd_…"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The browser's session."""

    target_class = "annotations.api.auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe the scheme."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class ChoiceFieldShape(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Closed sets, with null where a field may be empty."""

    target_class = "annotations.api.fields.ChoiceField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """Describe the set."""
        # spectacular itself adds null to the type when the field allows it; the set must hold it too.
        members: list[str | None] = [str(member) for member in self.target.members]
        return {"type": "string", "enum": [*members, None] if self.target.allow_null else members}


class ListFieldShape(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Lists of strict fields."""

    target_class = "annotations.api.fields.ListField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """Describe the list."""
        items = auto_schema._map_serializer_field(self.target.item, direction)  # type: ignore[no-untyped-call]
        limit = {} if self.target.max_items is None else {"maxItems": self.target.max_items}
        return {"type": "array", "items": items, **limit}


class OneOrManyShape(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """One object or a list of them."""

    target_class = "annotations.api.schema.OneOrMany"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Describe both."""
        one = auto_schema.resolve_serializer(self.target.of, direction).ref
        return {"oneOf": [one, {"type": "array", "items": one}]}


_IF_MATCH: Final = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description='The ETag last read, such as "3".'
)
_IDEMPOTENCY_KEY: Final = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200},
    OpenApiParameter.HEADER,
    description="Makes a repeat safe for 7 days.",
)


def _query(parameter: Parameter) -> OpenApiParameter:
    is_list = parameter.schema.get("type") == "array"
    return OpenApiParameter(
        parameter.name,
        # A closed set may still be empty, which OpenAPI does not know.
        {name: value for name, value in parameter.schema.items() if value != []},
        style="form" if is_list else None,
        explode=False if is_list else None,
    )


def _refusals(statuses: tuple[int, ...]) -> dict[Any, Any]:
    return {(status, PROBLEM): ProblemOut for status in statuses}


@cache
def _page_of(shape: _Shape) -> _Shape:
    """Make the shape of one page of a list."""
    fields: dict[str, Any] = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": shape(many=True),
    }
    name = shape.__name__.removesuffix("Out")
    page: _Shape = type(f"{name}PageOut", (serializers.Serializer,), {"__doc__": "One page.", **fields})
    return page
