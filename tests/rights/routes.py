"""What the site really answers: every route with its methods, every filter, every id that a form of a page takes."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from annotations.api.base import NoSuchPath

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_METHODS = ("GET", "POST", "PATCH", "DELETE", "PUT")
# What some parameters have to look like; all others are ids.
_LIKE = {"slug": "x", "secret": "x", "key": "x", "prefix": "x", "provider_id": "x", "uidb36": "abc"}
# Rows that name something where the route has a parameter.
_NAMED = {
    "/login/link/unknown/": "/login/link/<>/",
    "/login/reset/abc-unknown/": "/login/reset/<>-<>/",
    "/login/provider/oidc/": "/login/provider/<>/",
    "/login/provider/oidc/back/": "/login/provider/<>/back/",
    "/invitations/unknown/": "/invitations/<>/",
    "/account/second-factor/passkeys/1/": "/account/second-factor/passkeys/<>/",
    "/account/second-factor/passkeys/1/removal/": "/account/second-factor/passkeys/<>/removal/",
    "/account/sessions/1/": "/account/sessions/<>/",
    "/account/tokens/nd_unknown/": "/account/tokens/<>/",
}
_ANY_ID = "00000000-0000-7000-8000-000000000000"


def routes() -> set[tuple[str, str]]:
    """Every method and path; parameters are written as <>."""
    return {(method, shape(path)) for path, pattern in _patterns() for method in _methods(path, pattern)}


def api_filters() -> set[tuple[str, str]]:
    """Every path of the API with a query parameter that narrows its list."""
    return {
        (shape(path), name)
        for path, pattern in _patterns()
        for name in getattr(_view_class(pattern), "parameters", {})
        if "export/" not in path
    }


def ids_in_forms() -> set[str]:
    """Every field of a page's form that takes an id."""
    return {
        f"{form.__name__}.{name}"
        for form in _forms(forms.Form)
        if form.__module__.startswith("annotations.views")
        for name, found in getattr(form, "base_fields", {}).items()
        if isinstance(found, forms.UUIDField)
    }


def shape(path: str) -> str:
    """Write a path without the names of its parameters and without its query."""
    plain = re.sub(r"<[^>]*>|\{[^}]*\}", "<>", path.partition("?")[0])
    return _NAMED.get(plain, plain)


def _patterns() -> Iterator[tuple[str, URLPattern]]:
    yield from _below(get_resolver().url_patterns, "/")


def _below(found: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in found:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern.url_patterns, path)
        elif _view_class(pattern) is not NoSuchPath:
            yield path, pattern


def _view_class(pattern: URLPattern) -> Any:
    return getattr(pattern.callback, "view_class", None)


def _methods(path: str, pattern: URLPattern) -> list[str]:
    """Ask a class for its methods; a function says them when a method is refused."""
    view = _view_class(pattern)
    if view is not None:
        own_head = ["HEAD"] if view.__dict__.get("head") else []
        return [name for name in _METHODS if hasattr(view, name.lower())] + own_head
    concrete = _PARAMETER.sub(lambda match: _LIKE.get(match[1], _ANY_ID), re.sub(r"<int:\w+>", "1", path))
    refused = Client().generic("TRACE", concrete)
    assert refused.status_code == 405, path
    return [name for name in refused["Allow"].split(", ") if name not in {"HEAD", "OPTIONS"}]


def _forms(family: type[forms.Form]) -> Iterator[type[forms.Form]]:
    for form in family.__subclasses__():
        yield form
        yield from _forms(form)
