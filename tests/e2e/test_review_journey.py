"""Review of a whole real article by keyboard: bundles, three records sent back, the inbox, a second round, the export."""

import io
import json
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect

from tests.e2e.site import Site

SignIn = Callable[..., Page]
# The keys that decide or lead to the next record; each counts as one act.
MOST_ACTS_PER_RECORD = 1.3


def test_the_whole_article_is_decided_by_keyboard_and_exported_as_the_gold(
    site: Site, sign_in: SignIn, shared_data: Path, complaints: list[str]
) -> None:
    content = (shared_data / "panjshir" / "panjshir.jsonl").read_bytes()
    project = site.make_project("Panjshir review")
    mapping = _import(site, project, content)
    article = site.send("ana", "GET", f"articles/?project={project['id']}")["results"][0]
    submitted = site.send("ana", "POST", f"articles/{article['id']}/submit/")["submitted"]
    records = submitted["annotations"] + submitted["links"]
    assert records == 178

    reviewer, author = sign_in("rui"), sign_in("ana")
    back = _three(site, project)
    acts = _first_round(reviewer, project, back)
    states = _states(site, project)
    assert states["submitted"] <= 12
    assert states["returned"] == 3

    _fix_from_the_inbox(author, project)
    assert _states(site, project)["returned"] == 0
    acts += _approve_the_rest(reviewer, project)
    assert _states(site, project) == {"approved": 178}
    print(f"\nreview: {records} records, {acts} acts, {acts / records:.2f} acts a record")
    assert acts / records <= MOST_ACTS_PER_RECORD

    _assert_export_is_the_gold(site, project, content, mapping)
    assert complaints == []


def _import(site: Site, project: dict[str, Any], content: bytes) -> dict[str, str]:
    """Import as ana, so that the records are hers."""
    boundary = uuid.uuid4().hex
    parts = io.BytesIO()
    parts.write(f'--{boundary}\r\nContent-Disposition: form-data; name="format"\r\n\r\nnewsdesk-jsonl\r\n'.encode())
    parts.write(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f.jsonl"\r\n\r\n'.encode())
    parts.write(content + f"\r\n--{boundary}--\r\n".encode())
    headers = {
        "Authorization": f"Bearer {site.tokens['ana']}",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
    }
    path = f"{site.base}/api/v1/projects/{project['id']}/imports/"
    with urlopen(Request(path, data=parts.getvalue(), headers=headers, method="POST"), timeout=60) as answer:
        report = json.loads(answer.read())
    assert report["status"] == "done"
    mapping: dict[str, str] = report["mapping"]
    return mapping


def _three(site: Site, project: dict[str, Any]) -> dict[str, str]:
    """Choose a quote, a mention and a cue to send back; by id, the key of the reason."""
    listed = site.send("rui", "GET", f"annotations/?project={project['id']}&page_size=500")["results"]
    first = {kind: next(row["id"] for row in listed if row["kind"] == kind) for kind in ("quote", "party", "cue")}
    return {first["quote"]: "3", first["party"]: "1", first["cue"]: "6"}


def _first_round(page: Page, project: dict[str, Any], back: dict[str, str]) -> int:
    """Go through the queue from its start: send three back with a reason, approve all that can be, pass the rest."""
    page.goto(f"/p/{project['slug']}/review/")
    acts = 0
    for _ in range(400):
        current = page.locator(".review-row:has(a[aria-current])")
        if current.count() == 0:
            break
        pk = (current.get_attribute("id") or "").removeprefix("review-row-")
        if pk in back:
            acts += _decide(page, "c", back.pop(pk))
        elif page.locator(".verdicts button[aria-keyshortcuts='A']").count() and not _lacks(page):
            acts += _decide(page, "a")
        else:
            if page.locator(".review-row:has(a[aria-current]) + .review-row").count() == 0:
                break
            acts += _move(page, pk)
    return acts


def _lacks(page: Page) -> bool:
    """Whether something that belongs to the record is not ready."""
    return page.get_by_text("They cannot be approved in one go yet").count() > 0


def _decide(page: Page, *keys: str) -> int:
    with page.expect_response(lambda answer: "/review/decisions/" in answer.url) as decided:
        for key in keys:
            page.keyboard.press(key)
    assert decided.value.status == 200
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
    return len(keys)


def _move(page: Page, pk: str) -> int:
    page.keyboard.press("j")
    page.wait_for_function("(pk) => !document.querySelector(`#review-row-${CSS.escape(pk)} a[aria-current]`)", arg=pk)
    return 1


def _approve_the_rest(page: Page, project: dict[str, Any]) -> int:
    return _first_round(page, project, {})


def _fix_from_the_inbox(page: Page, project: dict[str, Any]) -> None:
    """Hand all three in again: one key each."""
    page.goto(f"/p/{project['slug']}/inbox/")
    items = page.locator(".inbox-item")
    expect(items).to_have_count(3)
    expect(page.locator("#inbox-count")).to_contain_text("3")
    expect(page.get_by_text("rui asks for changes")).to_have_count(3)
    for left in (2, 1, 0):
        page.keyboard.press("s")
        expect(items).to_have_count(left)


def _states(site: Site, project: dict[str, Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    for path in ("annotations", "links"):
        listed = site.send("rui", "GET", f"{path}/?project={project['id']}&page_size=500")["results"]
        found.update(row["state"] for row in listed)
    return found


def _assert_export_is_the_gold(site: Site, project: dict[str, Any], content: bytes, mapping: dict[str, str]) -> None:
    """Every record of the file, under its new id, stands in the approved export with the same content; and no other."""
    gold = [json.loads(line) for line in content.splitlines()]
    wanted = sorted(json.dumps(_content(line, mapping), sort_keys=True) for line in gold if _is_record(line))
    exported = site.export(project)
    found = sorted(json.dumps(_content(line, {}), sort_keys=True) for line in exported if _is_record(line))
    assert len(found) == 178
    assert found == wanted


def _is_record(line: dict[str, Any]) -> bool:
    return line["type"] in {"annotation", "link"}


_CONTENT = ("type", "kind", "link_type", "segments", "exact", "attributes", "note")


def _content(line: dict[str, Any], mapping: dict[str, str]) -> dict[str, Any]:
    named = {
        name: mapping.get(line[name], line[name]) for name in ("id", "article", "source", "target") if name in line
    }
    parties = [mapping.get(pk, pk) for pk in line.get("parties", [])]
    return {**{name: line[name] for name in _CONTENT if name in line}, **named, "parties": parties}
