"""Forms of the pages and files of imports: bad ones get a 4xx and change nothing."""

import gzip
import io
import json
import zipfile
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.hostile.corpus import API, Case, Range, read
from tests.hostile.state import stored
from tests.rights.cells import filled
from tests.rights.places import Places
from tests.rights.row import Row
from tests.rights.table import PAGES
from tests.services.import_lines import GOOD, content

# Fields that a good form may leave out.
OPTIONAL = {
    "annotations/parties/": {"new", "add", "key"},
    "annotations/note/": {"key"},
    "annotations/": {"key"},
    "articles/new/": {"url", "published", "outlet"},
}
# Django's own page of a refusal has no code.
FORMS, FILES = read("forms"), read("files")
WRITES = [row for row in PAGES if row.method == "POST" and row.body and not row.headers and "/p/" in row.path]


def _fits(case: Case, row: Row) -> bool:
    if "field" not in case:
        return row.path.endswith("annotations/")
    optional = [names for ending, names in OPTIONAL.items() if row.path.endswith(f"/{ending}")]
    return case["field"] in row.body or any(case["field"] in names for names in optional)


def _form(case: Case, row: Row, words: dict[str, str]) -> bytes:
    if "many" in case:
        return urlencode([(f"x{number}", "1") for number in range(case["many"])]).encode()
    if "form" in case:
        return urlencode(case["form"]).encode()
    bad = f"{case.get('before', '')}{case['value'] * case.get('times', 1)}{case.get('after', '')}"
    return urlencode({name: filled(value, words) for name, value in {**row.body, case["field"]: bad}.items()}).encode()


@pytest.mark.parametrize("case", FORMS, ids=lambda case: case["name"])
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
def test_a_bad_form_is_refused_and_nothing_is_changed(places: Places, world: Range, case: Case, htmx: bool) -> None:
    browser = Client()
    browser.force_login(places.actors["adi"].user)
    foreign = {f"foreign {name}": value for name, value in world.foreign.items()}
    before = stored()
    statuses = {}
    for row in WRITES:
        if _fits(case, row):
            form = _form(case, row, {**world.words, **foreign})
            headers = {"HX-Request": "true"} if htmx else {}
            path, kind = filled(row.path, world.words), "application/x-www-form-urlencoded"
            statuses[row.path] = browser.post(path, form, kind, headers=headers).status_code
    wanted = case["status"] if isinstance(case["status"], list) else [case["status"]]
    assert stored() - before == set()
    assert statuses
    assert {path: status for path, status in statuses.items() if status not in wanted} == {}


# --- files ----------------------------------------------------------------------------------------


def _zip(name: str, held: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, held)
    return target.getvalue()


def _held(text: str) -> bytes:
    made = {
        "{good}": lambda: content(*GOOD),
        "{bomb}": lambda: _zip("a.txt", b"0" * 20_000_000),
        "{gzip bomb}": lambda: gzip.compress(b"0" * 20_000_000),
        "{climbing zip}": lambda: _zip("../../../etc/cron.d/x.ann", b"T1\tparty 0 1\tx\n"),
        "{bytes}": lambda: bytes(range(256)),
        "{deep}": lambda: b"[" * 100_000,
    }
    return made[text]() if text in made else text.encode()


def _send(case: Case, path: str, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    if "raw" in case:
        return Client().generic("POST", path, case["raw"].encode(), case["media_type"], headers=headers)
    fields: dict[str, Any] = dict(case.get("fields", {}))
    for field, name, held in case["files"]:
        file = SimpleUploadedFile(name.replace("{long name}", "n" * 300), _held(held))
        file.name = name.replace("{long name}", "n" * 300)
        fields.setdefault(field, []).append(file)
    return Client().post(path, fields, headers=headers)


@pytest.mark.parametrize("case", FILES, ids=lambda case: case["name"])
def test_a_bad_file_is_refused_and_nothing_is_changed(world: Range, case: Case) -> None:
    before = stored()
    response = _send(case, f"{API}projects/{world.words['project']}/imports/", world.tokens["adi"])
    assert stored() - before == set()
    assert response["Content-Type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert (response.status_code, problem["code"]) == (
        case["status"],
        problem["code"] if case["code"] == "*" else case["code"],
    )
