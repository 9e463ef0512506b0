"""The pages of exchange in a browser: a file checked, mapped and taken in; no page with a fault that axe finds."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.site import Site

FOREIGN = {"text": "the army came", "label": [[0, 8, "PER"]], "Comments": []}


@pytest.fixture(scope="module")
def project(site: Site) -> dict[str, Any]:
    """A project with two releases and an article."""
    found = site.make_project("Exchange")
    site.send("rui", "POST", "releases/", {"project": found["id"], "name": "Empty"})
    article = site.make_article(found, "The army came. The rebels denied it.")
    words = {"article": article["id"], "kind": "claim", "segments": [[0, 13]], "exact": ["The army came"]}
    site.send("ana", "POST", "annotations/", words)
    site.send("rui", "POST", "releases/", {"project": found["id"], "name": "All", "filters": {"state": "all"}})
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "doccano.jsonl"
    path.write_text(json.dumps(FOREIGN) + "\n")
    return path


def test_a_file_is_checked_mapped_and_taken_in_without_choosing_it_again(
    site: Site, project: dict[str, Any], sign_in: Callable[..., Page], file: Path, complaints: list[str]
):
    page = sign_in("ana")
    page.goto(f"/p/{project['slug']}/import/")
    page.set_input_files("[name=file]", file)
    page.select_option("[name=format]", "doccano")
    page.get_by_role("button", name="Check only").click()
    page.locator('[name="label:PER"]').select_option("party")
    page.get_by_role("button", name="Check only").click()
    expect(page.locator("#exchange-report")).to_contain_text("All lines are right")
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#exchange-report")).to_contain_text("Imported.")

    assert complaints == []
    assert Axe().run(page).response["violations"] == []
    [article] = [
        one
        for one in site.send("ana", "GET", f"articles/?project={project['id']}")["results"]
        if one["language"] == "und"
    ]
    [stored] = site.annotations(article)
    assert (stored["kind"], stored["exact"]) == ("party", ["the army"])


@pytest.mark.parametrize("path", ["export/?format=conll", "import/", "releases/", "releases/2/?since=1", "webhooks/"])
@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", "viewport": {"width": 320, "height": 640}}])
def test_no_page_has_a_fault_that_axe_finds_nor_scrolls_sideways(
    project: dict[str, Any], sign_in: Callable[..., Page], path: str, options: dict[str, Any], complaints: list[str]
):
    page = sign_in("adi", **options)
    page.goto(f"/p/{project['slug']}/{path}")

    assert complaints == []
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
