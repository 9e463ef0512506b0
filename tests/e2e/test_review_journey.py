"""A whole real article reviewed by keyboard: bundles, three records sent back, inbox, second round, export."""

import hashlib
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

from tests.e2e.desk import SETTLED
from tests.e2e.site import Site

SignIn = Callable[..., Page]
# The keys that decide, type or lead to the next record; each counts as one act.
MOST_ACTS_PER_RECORD = 1.3
# What the author got wrong: a mention too wide, a claim's topic, a quote's type.
WIDE, TOPIC, TYPE = "m04", "c04", "q04"

pytestmark = pytest.mark.slow


def test_the_whole_article_is_decided_by_keyboard_and_exported_as_the_gold(
    site: Site, sign_in: SignIn, shared_data: Path, complaints: list[str]
) -> None:
    gold = (shared_data / "panjshir" / "panjshir.jsonl").read_bytes()
    project = site.make_project("Panjshir review")
    mapping = _import(site, project, _with_mistakes(gold))
    wrong = {mapping[name]: name for name in (WIDE, TOPIC, TYPE)}
    article = site.send("ana", "GET", f"articles/?project={project['id']}")["results"][0]
    submitted = site.send("ana", "POST", f"articles/{article['id']}/submit/")["submitted"]
    records = submitted["annotations"] + submitted["links"]
    assert records == 178

    reviewer, author = sign_in("rui"), sign_in("ana")
    acts = _go_through(reviewer, project, wrong)
    # Links that were passed over may be decided once the decisions on their ends have left the page.
    acts += _go_through(reviewer, project, {})
    states = _states(site, project)
    assert states["returned"] == 3
    assert states["approved"] >= 150

    _fix_from_the_inbox(author, project)
    assert _states(site, project)["returned"] == 0
    acts += _go_through(reviewer, project, {})
    assert _states(site, project) == {"approved": 178}
    print(f"\nreview: {records} records, {acts} acts, {acts / records:.2f} acts a record")
    assert acts / records <= MOST_ACTS_PER_RECORD

    _assert_export_is_the_gold(site, project, gold, mapping)
    assert complaints == []


def _with_mistakes(content: bytes) -> bytes:
    """Write the gold as a hasty analyst would have."""
    lines = [json.loads(line) for line in content.splitlines()]
    text = next(line["text"] for line in lines if line["type"] == "article")
    by_id = {line["id"]: line for line in lines if "id" in line}
    start, end = by_id[WIDE]["segments"][0]
    by_id[WIDE] |= {"segments": [[start, end + 5]], "exact": [text[start : end + 5]]}
    by_id[TOPIC]["attributes"] |= {"topic": "capability"}
    by_id[TYPE]["attributes"] |= {"quote_type": "indirect"}
    *written, end = [json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines]
    digest = hashlib.sha256(b"".join(written)).hexdigest()
    return b"".join(written) + json.dumps({**json.loads(end), "sha256": digest}).encode() + b"\n"


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


def _go_through(page: Page, project: dict[str, Any], wrong: dict[str, str]) -> int:
    """Go through the queue: send the mistakes back, approve all that can be, pass the rest; count the acts."""
    page.goto(f"/p/{project['slug']}/review/")
    passed: set[str] = set()
    acts = 0
    while record := _shown(page):
        if record in wrong:
            acts += _send_back(page, wrong[record])
        elif _may_be_approved(page):
            acts += _press(page, "a")
        elif record in passed:
            break
        else:
            passed.add(record)
            acts += _press(page, "j")
    expect(page.locator("#save-state")).to_have_text("Saved", timeout=30_000)
    return acts


def _shown(page: Page) -> str:
    page.wait_for_function(SETTLED)
    return page.locator("#review-frame").get_attribute("data-record") or "" if page.locator(".verdicts").count() else ""


def _may_be_approved(page: Page) -> bool:
    is_offered = page.locator(".verdicts button[aria-keyshortcuts='A']").count() > 0
    return is_offered and page.get_by_text("They cannot be approved in one go yet").count() == 0


def _send_back(page: Page, name: str) -> int:
    """Ask for changes: with a reason, and for the quote with a proposal."""
    if name == WIDE:
        return _press(page, "c", "1")
    if name == TOPIC:
        return _press(page, "c", "3")
    acts = _press(page, "p")
    page.get_by_label("Type of quote").select_option("direct")
    page.get_by_label("Type of quote").press("Control+Enter")
    return acts + 2 + _press(page, "3")


def _press(page: Page, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def _fix_from_the_inbox(page: Page, project: dict[str, Any]) -> None:
    """Take the proposal, and fix the other two in their forms."""
    page.goto(f"/p/{project['slug']}/inbox/")
    items = page.locator(".inbox-item")
    expect(items).to_have_count(3)
    expect(page.locator("#inbox-count")).to_contain_text("3")
    expect(page.get_by_text("rui asks for changes")).to_have_count(3)
    for left, mend in ((2, _narrow), (1, _choose_topic), (0, _take)):
        mend(page)
        expect(items).to_have_count(left)


def _narrow(page: Page) -> None:
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("The group")
    page.keyboard.press("Control+Enter")


def _choose_topic(page: Page) -> None:
    page.keyboard.press("e")
    topic = page.locator(".inbox-item").first.get_by_label("Topic")
    topic.select_option("hostilities")
    topic.press("Control+Enter")


def _take(page: Page) -> None:
    page.keyboard.press("a")


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
