"""All HX-* headers are named here only: who asked, and what goes back beside the HTML."""

import json
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


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
