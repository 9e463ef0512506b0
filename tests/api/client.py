"""A client of the API: JSON in, JSON out, one person's token; and the one shape of all errors."""

import itertools
import json
from typing import Any

from django.http.response import HttpResponseBase
from django.test import Client

from annotations.queries.access import Actor
from annotations.rules.permissions import Scope
from tests.factories import token_for

BASE = "/api/v1/"
_keys = itertools.count(1)


class Api:
    """Sends requests in somebody's name; `token` None sends none."""

    def __init__(self, token: str | None) -> None:
        self._client = Client(raise_request_exception=True)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **parameters: Any) -> Any:
        return self._client.get(_address(path), parameters, headers=self._headers)

    def post(self, path: str, content: Any = None, **headers: str) -> Any:
        return self.send("POST", path, content, **headers)

    def patch(self, path: str, content: Any, version: int | None = None, **headers: str) -> Any:
        return self.send("PATCH", path, content, **_if_match(version), **headers)

    def delete(self, path: str, version: int | None = None, **headers: str) -> Any:
        return self.send("DELETE", path, None, **_if_match(version), **headers)

    def send(self, method: str, path: str, content: Any = None, **headers: str) -> Any:
        """Send JSON, or bytes as they are; `Content_Type` and other headers are written with underscores."""
        raw = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        media_type = named.pop("Content-Type", "application/json")
        return self._client.generic(method, _address(path), raw, media_type, headers={**self._headers, **named})


def api_for(actor: Actor, scope: Scope = Scope.REVIEW) -> Api:
    """Make a client with a new token of the actor."""
    return Api(token_for(actor, scope))


def a_key() -> str:
    """Make an Idempotency-Key nobody has used."""
    return f"key-{next(_keys)}"


def assert_problem(response: HttpResponseBase, status: int, code: str, *field_codes: str) -> dict[str, Any]:
    """Assert that a refusal has the one shape of all errors; answer its content."""
    assert response.status_code == status, getattr(response, "content", b"")
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    content: dict[str, Any] = response.json()  # type: ignore[attr-defined]
    assert {"type", "title", "status", "detail", "code", "errors"} <= set(content)
    assert (content["type"], content["status"], content["code"]) == ("about:blank", status, code)
    assert content["title"]
    assert content["detail"]
    for error in content["errors"]:
        assert {"field", "code", "detail"} <= set(error) <= {"field", "code", "detail", "index", "line", "record"}
    assert set(field_codes) <= {error["code"] for error in content["errors"]}
    return content


def _address(path: str) -> str:
    return path if path.startswith(("/", "http")) else BASE + path


def _if_match(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}
