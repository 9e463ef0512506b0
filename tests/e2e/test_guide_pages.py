"""Guideline, log and inbox in Chromium: no rule of axe broken and nothing too wide, light, dark and at 320 pixels."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.site import Site

TEXT = "“We go on,” the mayor said. The baker left."
GUIDELINE = """# How we mark

Mark **who says what**, as in `They deny it`; see [quotes](#quotes) and [the handbook](https://example.org/).

## Quotes

1. With their quotation marks.
2. An interrupted quote has several segments.

> Scare quotes are no quotes.

## Claim

| words | kind |
|---|---|
| denies it | counterclaim |
"""
VIEWS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 640}},
}


def fill(site: Site, name: str) -> dict[str, Any]:
    """Make a project with a guideline in two versions, and something in ana's inbox."""
    project = site.make_project(name)
    article = site.make_article(project, TEXT)
    path = f"projects/{project['id']}/guideline/"
    for version, text in enumerate((GUIDELINE.replace("go on", "x"), f"{GUIDELINE}\nA denial is short.\n")):
        site.change("adi", path, version, {"text": text})
    place = {"article": article["id"], "kind": "party", "segments": [[12, 21]], "exact": ["the mayor"]}
    mention = site.send("ana", "POST", "annotations/", place)
    site.send("ana", "POST", f"articles/{article['id']}/submit/")
    verdict = {"annotation": mention["id"], "version": 1, "verdict": "request_changes", "reason": "guideline"}
    site.send("rui", "POST", "decisions/", {**verdict, "comment": "The whole noun phrase."})
    site.send("rui", "POST", f"annotations/{mention['id']}/comments/", {"text": "@ana see the guideline"})
    site.send("rui", "POST", f"articles/{article['id']}/assignments/", {"assignee": "ana", "due": "2030-05-01"})
    made: dict[str, Any] = {**project, "article": article["id"]}
    return made


def pages(project: dict[str, Any]) -> dict[str, list[str]]:
    """Name the pages to look at, by who looks."""
    here = f"/p/{project['slug']}/"
    return {
        "adi": [f"{here}guideline/", f"{here}guideline/edit/", f"{here}guideline/versions/", f"{here}log/"],
        "ana": [f"{here}inbox/", f"{here}articles/{project['article']}/", "/account/mail/"],
    }


@pytest.fixture(scope="module")
def project(site: Site) -> dict[str, Any]:
    return fill(site, "Guide pages")


def faults(page: Page, path: str) -> tuple[list[str], int]:
    """Name the rules of axe that a page breaks, and by how many pixels it is too wide."""
    page.goto(path)
    broken = [violation["id"] for violation in Axe().run(page).response["violations"]]
    return broken, page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("view", VIEWS)
def test_pages_break_no_rule_of_axe_and_fit(
    project: dict[str, Any], sign_in: Callable[..., Page], complaints: list[str], view: str
) -> None:
    found: dict[str, tuple[list[str], int]] = {}
    for name, paths in pages(project).items():
        page = sign_in(name, **VIEWS[view])
        found |= {path: faults(page, path) for path in paths}
    assert {path: told for path, told in found.items() if told != ([], 0)} == {}
    assert complaints == []


def test_the_help_beside_a_kind_leads_to_its_heading(project: dict[str, Any], sign_in: Callable[..., Page]) -> None:
    page = sign_in("ana")
    page.goto(f"/p/{project['slug']}/articles/{project['article']}/")
    page.get_by_role("link", name="Guideline: Quote").click()
    expect(page.locator("#kind-quote")).to_have_text("Quotes")
    expect(page.locator("#kind-quote")).to_be_in_viewport()
