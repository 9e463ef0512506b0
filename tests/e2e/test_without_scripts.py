"""With JavaScript off the workbench still tags, links, names a party and submits."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.site import Site

TEXT = "“We hold the bridge,” the army said. The rebels denied it."


def quote(page: Page, words: str, kind: str) -> None:
    """Tag by quoting the words."""
    page.locator(".quoting > summary").click()
    page.locator(".quoting [name=words]").fill(words)
    page.locator(".quoting [name=kind]").select_option(kind)
    page.locator(".quoting button").click()


def assert_all_offers_work(page: Page) -> None:
    """Each control that is shown sends a form or opens something itself, and no key is named."""
    expect(page.locator("button[type=button]:visible:not([popovertarget])")).to_have_count(0)
    expect(page.locator(".cue-switch:visible, kbd:visible")).to_have_count(0)


def test_tagging_linking_and_submitting_work_without_scripts(site: Site, sign_in: Callable[..., Page]):
    project = site.make_project("No scripts")
    article = site.make_article(project, TEXT)
    page = sign_in("ana", java_script_enabled=False)
    page.goto(f"/p/{project['slug']}/articles/{article['id']}/")
    assert_all_offers_work(page)
    quote(page, "the army", "party")
    expect(page.locator("mark.party")).to_have_text("the army")
    page.locator(".party-choice.new").click()
    expect(page.locator(".parties-form [name=keep]")).to_be_checked()
    quote(page, "“We hold the bridge,”", "quote")
    assert_all_offers_work(page)
    page.locator(".annotation-panel [data-command=who]").click()
    assert_all_offers_work(page)
    page.locator("#link-choices [role=option]").first.click()
    expect(page.locator(".link-chip")).to_contain_text("the army")
    quote(page, "holds the river", "claim")
    expect(page.locator("main, body").first).to_contain_text("do not stand in the article")
    page.goto(f"/p/{project['slug']}/articles/{article['id']}/")
    page.locator(".submit-form button").click()
    expect(page.locator("#messages")).to_contain_text("2 tags and 1 link")
    assert [record["state"] for record in site.annotations(article)] == ["submitted", "submitted"]


@pytest.mark.parametrize("length", [60, 2_000])
def test_panel_is_in_view_without_scripts_wherever_its_card_stood(
    site: Site, sign_in: Callable[..., Page], length: int
) -> None:
    """`length` is that of the article in paragraphs; only of a long one the cards far away are not laid out."""
    sentences = [f"Post {number} fell at dawn, the army said, and nobody disputes that." for number in range(length)]
    project = site.make_project(f"No scripts, {length} paragraphs")
    article = site.make_article(project, "\n".join(sentences))
    starts = [sum(len(sentence) + 1 for sentence in sentences[:number]) for number in range(60)]
    claims = [
        {"article": article["id"], "kind": "claim", "segments": [[start, start + 4]], "exact": ["Post"]}
        for start in starts
    ]
    site.send("ana", "POST", "annotations/", claims)
    page = sign_in("ana", java_script_enabled=False)
    page.goto(f"/p/{project['slug']}/articles/{article['id']}/")
    page.locator(".annotation-card a").nth(50).click()
    expect(page.locator(".annotation-panel")).to_be_in_viewport()
    expect(page.locator("mark.is-focused")).to_have_count(1)
    expect(page.locator("[data-n='51'] mark.is-focused")).to_have_css("outline-style", "solid")
    for way in (-100_000, 1_500):
        page.mouse.wheel(0, way)
        page.wait_for_timeout(200)
        expect(page.locator(".annotation-panel")).to_be_in_viewport()
