"""A whole real article reviewed by keyboard: bundles, three records sent back, inbox, second round, export."""

import io
import json
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.site import Site

SignIn = Callable[..., Page]
# The keys that decide or lead to the next record; each counts as one act.
MOST_ACTS_PER_RECORD = 1.3
# The first of each kind is sent back, with the reason of this key.
SENT_BACK = {"quote": "3", "party": "1", "claim": "6"}

pytestmark = pytest.mark.slow


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
    acts = _go_through(reviewer, project, dict(SENT_BACK))
    states = _states(site, project)
    assert states["returned"] == 3
    assert states["approved"] >= 150

    _fix_from_the_inbox(author, project)
    assert _states(site, project)["returned"] == 0
    acts += _go_through(reviewer, project, {})
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
    sent = Request(path, data=parts.getvalue(), headers=headers, method="POST")  # noqa: S310 - our own site
    with urlopen(sent, timeout=60) as answer:  # noqa: S310
        report = json.loads(answer.read())
    assert report["status"] == "done"
    mapping: dict[str, str] = report["mapping"]
    return mapping


def _go_through(page: Page, project: dict[str, Any], back: dict[str, str]) -> int:
    """Go through the queue: send the first of some kinds back, approve all that can be, pass the rest."""
    page.goto(f"/p/{project['slug']}/review/")
    acts = 0
    for _ in range(400):
        current = page.locator(".review-row:has(a[aria-current])")
        if current.count() == 0:
            break
        kind = (current.locator(".kind-badge").get_attribute("class") or "").split()[-1]
        if kind in back:
            acts += _decide(page, "c", back.pop(kind))
        elif _may_be_approved(page):
            acts += _decide(page, "a")
        elif page.locator(".review-row:has(a[aria-current]) + .review-row").count():
            acts += _move(page, current.get_attribute("id") or "")
        else:
            break
    return acts


def _may_be_approved(page: Page) -> bool:
    is_offered = page.locator(".verdicts button[aria-keyshortcuts='A']").count() > 0
    return is_offered and page.get_by_text("They cannot be approved in one go yet").count() == 0


def _decide(page: Page, *keys: str) -> int:
    with page.expect_response(lambda answer: "/review/decisions/" in answer.url) as decided:
        for key in keys:
            page.keyboard.press(key)
    assert decided.value.status == 200
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
    return len(keys)


def _move(page: Page, row: str) -> int:
    page.keyboard.press("j")
    record = row.removeprefix("review-row-")
    page.wait_for_function("(record) => document.querySelector('#review-frame').dataset.record !== record", arg=record)
    return 1


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
    named: dict[str, Any] = {
        name: mapping.get(line[name], line[name]) for name in ("id", "article", "source", "target") if name in line
    }
    parties = [mapping.get(pk, pk) for pk in line.get("parties", [])]
    return {**{name: line[name] for name in _CONTENT if name in line}, **named, "parties": parties}
