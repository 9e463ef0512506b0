"""Script in every text field: Chromium runs none of it, and our own pages break no rule of their own policy."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e.site import Site

PAYLOADS: list[str] = json.loads(Path(__file__).with_name("payloads.json").read_text(encoding="utf-8"))
# Says so when a script runs: none of the payloads knows another word.
WATCH = """
window.ran = [];
window.alert = (word) => window.ran.push(String(word));
document.addEventListener("securitypolicyviolation", (event) =>
  window.ran.push(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
# What markup of ours never makes: elements that only a payload could have brought.
FOREIGN = "iframe, object, embed, base, video, math, style, noscript p, [onload], [onerror], [onfocus], [onclick], x"


def _fill(site: Site, payload: str, number: int, project: dict[str, Any]) -> dict[str, Any]:
    """Put a payload into every text field there is, and a tag around it."""
    own = f"{payload} {number}"
    party = {
        "project": project["id"],
        "name": own,
        "entity_type": "group",
        "aliases": [{"text": own, "language": "en"}],
    }
    known = site.send("ana", "POST", "parties/", party)
    outlet = site.send(
        "ana", "POST", "outlets/", {"project": project["id"], "name": own, "domain": own, "country": own}
    )
    incident = {"project": project["id"], "title": own, "place": own}
    event = site.send("ana", "POST", "incidents/", incident)
    text = f"{own}\n\nThey say {own}."
    article: dict[str, Any] = {"project": project["id"], "title": own, "byline": own, "text": text, "language": "en"}
    article = site.send("ana", "POST", "articles/", {**article, "outlet": outlet["id"], "incidents": [event["id"]]})
    place = {"article": article["id"], "segments": [[0, len(own)]], "exact": [own], "note": own}
    claim = {**place, "kind": "claim", "attributes": {"paraphrase": own, "place": own}}
    claimed = site.send("ana", "POST", "annotations/", claim)
    mention = site.send("ana", "POST", "annotations/", {**place, "kind": "party", "parties": [known["id"]]})
    link = {"type": "claimant", "source": claimed["id"], "target": mention["id"], "note": own}
    site.send("ana", "POST", "links/", link)
    site.send("ana", "POST", f"articles/{article['id']}/submit/")
    verdict = {"annotation": claimed["id"], "version": 1, "verdict": "request_changes", "reason": "other"}
    if number % 2:
        site.send("rui", "POST", "decisions/", {**verdict, "comment": own})
    return {"article": article["id"], "claim": claimed["id"]}


def _look(page: Page, address: str) -> list[str]:
    """Open a page; give what ran, what the policy stopped, and what elements a payload brought in."""
    page.goto(address, wait_until="load")
    page.wait_for_timeout(20)
    found: list[str] = page.evaluate("() => window.ran")
    foreign = page.locator(f"main :is({FOREIGN})").count()
    return found + ([f"{foreign} foreign elements"] if foreign else [])


def test_no_payload_runs_in_any_field_on_any_page(site: Site, sign_in: Callable[..., Page]) -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 40
    project = site.send("adi", "POST", "projects/", {"name": PAYLOADS[0], "description": PAYLOADS[1], "slug": "markup"})
    for user, role in (("ana", "analyst"), ("rui", "reviewer")):
        site.send("adi", "POST", f"projects/{project['id']}/members/", {"user": user, "role": role})
    made = [_fill(site, payload, number, project) for number, payload in enumerate(PAYLOADS)]
    site.change("adi", f"projects/{project['id']}/guideline/", 0, {"text": "\n\n".join(PAYLOADS)})
    page = sign_in("rui")
    page.add_init_script(WATCH)
    here = "/p/markup/"
    addresses = ["/projects/", f"{here}articles/", f"{here}articles/new/", f"{here}review/", f"{here}review/?view=all"]
    addresses += [f"{here}guideline/", f"{here}guideline/versions/"]
    for number, records in enumerate(made):
        addresses.append(f"{here}articles/{records['article']}/?focus={records['claim']}&pick=who")
        if number % 4 == 0:
            addresses.append(f"{here}review/?view=all&annotation={records['claim']}")
    found = {address: told for address in addresses if (told := _look(page, address))}
    assert found == {}
    assert page.url.endswith(addresses[-1])


def test_a_script_that_ran_would_be_noticed(sign_in: Callable[..., Page]) -> None:
    page = sign_in("rui")
    page.add_init_script(WATCH)
    page.goto("/projects/")
    page.evaluate(
        "() => document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')"
    )
    page.wait_for_function("() => window.ran.length > 0")
    assert page.evaluate("() => window.ran")[0].startswith("policy: script-src")
