"""All HX-* headers are named here only: who asked, and what goes back beside the HTML."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

# What stands before it can be put into the page while the rest is still being made; static/js/desk/answer.js knows it.
END_OF_PART: Final = "<!-- part -->"


def is_htmx(request: HttpRequest) -> bool:
    """Say whether a fragment is wanted; a page that the browser's history asks for again is a page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def fragment(
    request: HttpRequest, template: str, context: Mapping[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render one template as the answer to htmx."""
    response = render(request, template, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def in_parts(request: HttpRequest, *parts: tuple[str, Callable[[], Mapping[str, object]]]) -> StreamingHttpResponse:
    """Render several templates as one answer to htmx; each part leaves before the context of the next is read.

    What goes wrong in the first part is the caller's to answer; later it cuts the answer off, and the page asks again.
    """
    (template, read), *others = parts
    first = render_to_string(template, dict(read()), request)

    def written() -> Iterator[str]:
        yield first + END_OF_PART
        for template, read in others:
            yield render_to_string(template, dict(read()), request) + END_OF_PART

    response = StreamingHttpResponse(written())
    # nginx and its kin would hold the first part back until the last has come.
    response["X-Accel-Buffering"] = "no"
    patch_vary_headers(response, ["HX-Request"])
    return response


def redirect_to(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to another page: 302 without htmx, its own header with it."""
    if not is_htmx(request):
        return HttpResponseRedirect(address)
    return HttpResponse(headers={"HX-Redirect": address})


def trigger(response: HttpResponse, **events: object) -> HttpResponse:
    """Announce what changed elsewhere, as `annotation_changed=<id>` for the event `annotation:changed`."""
    named = {name.replace("_", ":"): value for name, value in events.items()}
    response["HX-Trigger"] = json.dumps(named, default=str)
    return response


def push_address(response: HttpResponse, address: str) -> HttpResponse:
    """Let the address bar show where the swapped part has its own page."""
    response["HX-Push-Url"] = address
    return response


def retarget(response: HttpResponse, selector: str) -> HttpResponse:
    """Put the answer in the place of one element of the page, whatever asked for it."""
    response["HX-Retarget"] = response["HX-Reselect"] = selector
    response["HX-Reswap"] = "outerHTML"
    return response
