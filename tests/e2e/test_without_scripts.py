"""With JavaScript off the workbench still tags, links, names a party and submits."""

from collections.abc import Callable

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
