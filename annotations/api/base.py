"""What all views of the API share: who acts, bodies, pages, preconditions, answers. They hold no rule.

Order of refusals (docs/api.md#errors): each method asks the gate and the rights first, then `body`, then `once`,
inside it `matching`, then the shape of the input, then the service.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, TypeVar, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api.fields import Input, validate
from annotations.api.filters import Parameter, parse_uuid, read_parameters
from annotations.api.idempotency import answer_once
from annotations.api.pagination import Place, Source, from_queryset, page, place_of, read_cursor, read_page_size
from annotations.api.parsers import MAX_BODY_BYTES, Body, read_body
from annotations.api.preconditions import etag, version_to_match
from annotations.errors import FieldError, InvalidFields, NotFound, Stale, Unprocessable
from annotations.queries.access import Actor

PAGING = {
    "page_size": Parameter("page_size", read_page_size, {"type": "integer", "minimum": 1, "maximum": 500}),
    "cursor": Parameter("cursor", read_cursor, {"type": "string"}),
}
# Records in one list of a POST.
MAX_ITEMS: Final = 1_000
_R = TypeVar("_R")


class ApiView(APIView):
    """A view of the API."""

    http_method_names = ["get", "head", "post", "patch", "delete"]
    # Query parameters of GET, beside those of paging when the view answers a list.
    parameters: ClassVar[Mapping[str, Parameter]] = {}
    max_bytes: ClassVar[int] = MAX_BODY_BYTES
    max_list_bytes: ClassVar[int] = 0

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return cast(Actor, self.request.auth)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer; nothing behind the sign-in is kept by any cache."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    def query(self) -> dict[str, Any]:
        """Read the query parameters. Raises: InvalidParameter."""
        return read_parameters(self.request, self.parameters if self.request.method in {"GET", "HEAD"} else {})

    def body(self, *, may_be_empty: bool = False) -> Body:
        """Read the body. Raises: UnsupportedMediaType, TooLarge, Malformed, InvalidParameter."""
        read = read_body(
            self.request._request,
            max_bytes=self.max_bytes,
            max_list_bytes=self.max_list_bytes,
            may_be_empty=may_be_empty,
        )
        self.query()
        return read

    def named(self, body: Body, field: str, fetch: Callable[[Actor, UUID], _R]) -> _R | None:
        """Fetch the record that one field of a body names, for the check of rights; None when it names none."""
        value = body.content.get(field) if isinstance(body.content, Mapping) else None
        if not isinstance(value, str):
            return None
        try:
            return fetch(self.actor, parse_uuid(value))
        except (ValueError, NotFound):
            return None

    def taken(
        self, shape: type[Input], body: Body, *, partial: bool = False, found: Sequence[Any] = ()
    ) -> dict[str, Any]:
        """Check a body against a shape; `found` are records the gate has given. Raises: InvalidFields."""
        return validate(shape, body, self.actor, partial=partial, found={record.pk: record for record in found})

    def items(self, body: Body) -> list[object] | None:
        """Answer the items of a body that is a list of records; None for any other.

        Raises: InvalidFields, Unprocessable.
        """
        if not isinstance(body.content, list):
            return None
        if body.errors:
            raise InvalidFields(body.errors)
        if not body.content:
            raise Unprocessable(code="required", errors=[FieldError("", "required", _("Send at least one record."))])
        if len(body.content) > MAX_ITEMS:
            detail = _("A list holds at most %(count)d records.") % {"count": MAX_ITEMS}
            raise InvalidFields([FieldError("", "too_long", detail)])
        return body.content

    def once(self, body: Body, act: Callable[[], Response]) -> HttpResponseBase:
        """Do `act` once per Idempotency-Key."""
        return answer_once(self.request, body.digest, act)

    def matching(self, record: Any) -> int:
        """Read the version the change was made from. Raises: PreconditionRequired, InvalidIfMatch, Stale."""
        version = version_to_match(self.request._request)
        if version != record.version:
            raise Stale(record)
        return version

    def current(self, record: Any) -> Mapping[str, Any]:
        """Show a stored record in a problem; views of records that have versions say how."""
        raise NotImplementedError

    def answer(self, content: Mapping[str, Any], *, status: int = 200, location: str = "") -> Response:
        """Answer one record with its ETag."""
        headers = {"ETag": etag(content["version"])} if "version" in content else {}
        if location:
            headers["Location"] = location
        return Response(content, status=status, headers=headers)

    def created(self, content: Mapping[str, Any]) -> Response:
        """Answer a new record with its address."""
        return self.answer(content, status=201, location=f"{self.request.path}{content['id']}/")


class ListView(ApiView):
    """A view that also answers a list, page by page."""

    is_list = True

    def query(self) -> dict[str, Any]:
        """Read the query parameters, those of paging included. Raises: InvalidParameter."""
        is_read = self.request.method in {"GET", "HEAD"}
        return read_parameters(self.request, {**self.parameters, **PAGING} if is_read else {})

    def page(
        self,
        values: Mapping[str, Any],
        read: Source | QuerySet[Any, Any],
        render: Callable[[list[Mapping[str, Any]]], Iterable[object]],
    ) -> Response:
        """Answer one page; `render` gets all of its rows at once."""
        source = from_queryset(read) if isinstance(read, QuerySet) else read
        place: Place = place_of(values)
        return Response(page(self.request._request, place, source, render))


class NoSuchPath(ApiView):
    """Whatever is not routed."""

    schema = None

    def get(self, request: Request, **_path: object) -> Response:
        """Refuse. Raises: NotFound."""
        raise NotFound

    post = patch = delete = get
