"""One cell: a row of the table, asked by one person with one credential in one place; what is expected, what comes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.test import Client

from annotations.rules.permissions import Scope
from tests.rights.places import PEOPLE, ROLES, Place, Places
from tests.rights.row import AUTHOR, AUTHOR_OR_ADMIN, FILTER, LIST, NOWHERE, OTHERS, PATH, Row

SESSION, BEARER = "session", "bearer"
HOME, ABROAD = "home", "abroad"
_SCOPES = tuple(Scope)
NEW_EACH_TIME = frozenset({"X-Request-Id", "Set-Cookie", "Content-Length", "Expires"})


@dataclass(frozen=True, slots=True)
class Cell:
    """Who asks with what, in which place, and about whose record. `person` "" is nobody."""

    row: Row
    person: str
    credential: str
    place: str = HOME
    author: str = "ana"

    @property
    def name(self) -> str:
        """Name the cell in a failure."""
        return f"{self.person or 'nobody'} with {self.credential or 'nothing'}, {self.place}, {self.author}'s record"


def cells_of(row: Row) -> Iterator[Cell]:
    """Spread one row over persons, credentials, places and authors."""
    yield Cell(row, "", "")
    for person in PEOPLE:
        # A page takes the session only: any token there is as good as none.
        for credential in (SESSION, *(_SCOPES if row.is_api else [BEARER])):
            for author in _authors(row, person):
                yield Cell(row, person, credential, HOME, author)
        if row.named != NOWHERE and person != "zoe":
            for credential in (SESSION, Scope.REVIEW) if row.is_api else (SESSION,):
                yield Cell(row, person, credential, ABROAD, "zoe")


def _authors(row: Row, person: str) -> list[str]:
    another = "ana" if person != "ana" else "adi"
    return [person, another] if row.whose and person != "zoe" else [another]


def expected(cell: Cell) -> Any:
    """Answer the status that the rules ask for; for a filter also whether it may find something."""
    row = cell.row
    if row.least == "open" or (row.least == "nobody" and not cell.person):
        return row.ok
    if not cell.person or cell.credential == BEARER:
        return row.ok if row.least == "nobody" else 401 if row.is_api or row.headers else "sign in"
    if row.least == "nobody":
        return 302
    is_foreign = row.named != NOWHERE and (cell.place == ABROAD or cell.person == "zoe")
    if is_foreign and row.named == PATH:
        return 404
    if not _scope_reaches(cell):
        return 403
    if is_foreign:
        return (200, "nothing") if row.named == FILTER else 422 if row.named == LIST else 400
    return _status_of_member(cell)


def _status_of_member(cell: Cell) -> Any:
    row, role = cell.row, PEOPLE[cell.person]
    if row.named not in {NOWHERE, FILTER} and ROLES.index(role) < ROLES.index(row.least):
        return 403
    is_own = cell.author == cell.person
    refused = {
        AUTHOR: not is_own,
        AUTHOR_OR_ADMIN: not (is_own or role == "admin"),
        OTHERS: is_own,
    }
    return 403 if refused.get(row.whose, False) else row.ok


def _scope_reaches(cell: Cell) -> bool:
    if cell.credential == SESSION:
        return True
    return _SCOPES.index(Scope(cell.credential)) >= _SCOPES.index(Scope(cell.row.scope))


class Asker:
    """Sends cells; whatever a cell changes is taken back."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._browsers = {name: self._browser(name) for name in PEOPLE}

    def _browser(self, name: str) -> Client:
        browser = Client()
        browser.force_login(self._places.actors[name].user)
        return browser

    def ask(self, cell: Cell) -> Any:
        """Answer what `expected` does."""
        response = self.send(cell)
        status = response.status_code
        is_found = cell.row.named == FILTER and status == 200 and cell.row.is_api
        if is_found and not response.json()["results"] and (cell.place == ABROAD or cell.person == "zoe"):
            return (200, "nothing")
        return "sign in" if status == 302 and _leads_to_login(response) else status

    def send(self, cell: Cell, place: Place | None = None) -> Any:
        """Send the request of a cell and roll back what it did."""
        where: Place = place or getattr(self._places, cell.place)
        client, headers = self._client(cell)
        words = where.words(cell.author)
        if cell.row.match:
            headers["If-Match"] = f'"{where.versions[cell.row.match]}"'
        with transaction.atomic():
            response = _request(client, cell.row, words, headers)
            # A stream reads until its end, and then closes itself.
            response.whole = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        return response

    def read(self, cell: Cell) -> str:
        """Answer all that a cell is told, its headers included."""
        response = self.send(cell)
        headers = {name: value for name, value in response.headers.items() if name not in NEW_EACH_TIME}
        return f"{response.status_code} {headers} {response.whole.decode(errors='replace')}"

    def _client(self, cell: Cell) -> tuple[Client, dict[str, str]]:
        headers = dict(cell.row.headers)
        if not cell.person:
            return Client(), headers
        if cell.credential == SESSION:
            return self._browsers[cell.person], headers
        scope = Scope.REVIEW if cell.credential == BEARER else Scope(cell.credential)
        return Client(), {**headers, "Authorization": f"Bearer {self._places.tokens[cell.person, scope]}"}


def _leads_to_login(response: Any) -> bool:
    return str(response["Location"]).startswith("/login/?next=")


def _request(client: Client, row: Row, words: dict[str, str], headers: dict[str, str]) -> Any:
    path = filled(row.path, words)
    if row.method in {"GET", "HEAD"}:
        return client.generic(row.method, path, headers=headers)
    body = _filled_body(row.body or {}, words)
    if not row.is_api:
        media_type = "application/x-www-form-urlencoded"
        return client.generic(row.method, path, urlencode(body).encode(), media_type, headers=headers)
    if path.endswith("/imports/"):
        return client.post(path, {"format": "newsdesk-jsonl"}, headers=headers)
    content = b"" if row.body is None else json.dumps(body).encode()
    return client.generic(row.method, path, content, "application/json", headers=headers)


def filled(value: Any, words: dict[str, str]) -> Any:
    """Put records where words in braces stand for them."""
    if not isinstance(value, str):
        return value
    return re.sub(r"\{([a-z ]+)\}", lambda found: words[found[1]], value)


def _filled_body(body: Any, words: dict[str, str]) -> Any:
    """Fill in the records that a body names; a list is one of bodies."""
    if isinstance(body, list):
        return [_filled_body(item, words) for item in body]
    return {name: filled(value, words) for name, value in body.items()}
