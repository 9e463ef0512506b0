"""Keyset pages in the order of ids: `{"next", "previous", "results"}`. No counting, no OFFSET."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from annotations.api.filters import bad_parameter

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 500

_FORWARD, _BACKWARD = b"n", b"p"


@dataclass(frozen=True, slots=True)
class Place:
    """From where, in which direction and how many rows a page is read. `start` is null for the first page."""

    start: UUID | None
    is_backward: bool
    size: int


class Source(Protocol):
    """What can be paged: rows after or before an id, at most `count`, nearest first."""

    def __call__(self, place: Place, count: int) -> Sequence[Mapping[str, Any]]:
        """Read the rows."""


def read_page_size(text: str) -> int:
    """Read `page_size`. Raises: InvalidParameter."""
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < 1:
        raise bad_parameter("page_size", _("A whole number from 1 to 500."))
    if int(text) > MAX_PAGE_SIZE:
        raise bad_parameter("page_size", _("At most 500."), code="too_long")
    return int(text)


def read_cursor(text: str) -> tuple[UUID, bool]:
    """Read `cursor`: the id it starts from, and whether it goes backwards. Raises: InvalidParameter."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 17 or raw[:1] not in {_FORWARD, _BACKWARD}:
        raise bad_parameter("cursor", _("Take the cursor from next or previous."))
    return UUID(bytes=raw[1:]), raw[:1] == _BACKWARD


def place_of(values: Mapping[str, Any]) -> Place:
    """Tell where a page starts from the read parameters."""
    start, is_backward = values.get("cursor", (None, False))
    return Place(start, is_backward, values.get("page_size", DEFAULT_PAGE_SIZE))


def page(
    request: HttpRequest,
    place: Place,
    read: Source,
    render: Callable[[list[Mapping[str, Any]]], Iterable[object]],
) -> dict[str, object]:
    """Read one page and one row more, and render it with the addresses of its neighbours."""
    rows = list(read(place, place.size + 1))
    more = len(rows) > place.size
    rows = rows[: place.size]
    if place.is_backward:
        rows.reverse()
    has_next = bool(rows) if place.is_backward else more
    has_previous = more if place.is_backward else (bool(rows) and place.start is not None)
    return {
        "next": _address(request, _FORWARD, rows[-1]["id"]) if has_next else None,
        "previous": _address(request, _BACKWARD, rows[0]["id"]) if has_previous else None,
        "results": list(render(rows)),
    }


def from_queryset(queryset: QuerySet[Any, Any]) -> Source:
    """Page a queryset of `.values()` that has `id`."""

    def read(place: Place, count: int) -> Sequence[Mapping[str, Any]]:
        found = queryset.order_by("-id" if place.is_backward else "id")
        if place.start is not None:
            found = found.filter(id__lt=place.start) if place.is_backward else found.filter(id__gt=place.start)
        return list(found[:count])

    return read


def from_rows(rows: Sequence[Mapping[str, Any]]) -> Source:
    """Page rows that are already in memory, in the order of their ids."""

    def read(place: Place, count: int) -> Sequence[Mapping[str, Any]]:
        start = place.start
        if place.is_backward:
            return [row for row in reversed(rows) if start is None or row["id"] < start][:count]
        return [row for row in rows if start is None or row["id"] > start][:count]

    return read


def _address(request: HttpRequest, direction: bytes, pk: UUID) -> str:
    cursor = base64.urlsafe_b64encode(direction + pk.bytes).decode()
    others = [(name, value) for name, value in request.GET.items() if name != "cursor"]
    return request.build_absolute_uri(f"{request.path}?{urlencode([*others, ('cursor', cursor)])}")
