"""The panel's small forms through htmx: what is saved, what is refused beside its field, undo, parties, a preview."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.desk import Desk
from tests.e2e.site import Site

TEXT = "“We hold the bridge,” the army said. The rebels denied it.\nThe rebels left, the mayor said."
ELSEWHERE = "On Sunday the bridge fell, the ministry said."


def place(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def open_new(site: Site, open_desk: Callable[..., Desk], title: str) -> tuple[Desk, dict[str, Any]]:
    project = site.make_project(title)
    return open_desk(project, site.make_article(project, TEXT)), project


def test_an_attribute_saves_on_change_and_a_wrong_one_says_why(site: Site, open_desk: Callable[..., Desk]):
    desk, _ = open_new(site, open_desk, "Attributes")
    desk.select(*place("We hold the bridge"))
    desk.tag("3", tags=1)
    page: Page = desk.page
    page.locator("[data-fold=attributes] > summary").click()
    page.locator("#annotation-attribute-act select").select_option("accuse")
    expect(page.locator("#annotation-toast")).to_have_attribute("data-said", "Act saved")
    page.locator("#annotation-attribute-event_date input[name=value]").fill("last week")
    page.locator("#annotation-attribute-event_date input[name=value]").press("Tab")
    expect(page.locator("#annotation-attribute-event_date-error")).to_contain_text("YYYY-MM-DD")
    expect(page.locator("#annotation-attribute-act select")).to_have_value("accuse")
    expect(page.locator("[data-fold=attributes] .set")).to_contain_text("accuse")


def test_undo_takes_back_by_the_button_and_after_reloading(site: Site, open_desk: Callable[..., Desk]):
    desk, _ = open_new(site, open_desk, "Undoing")
    desk.select(*place("We hold the bridge"))
    desk.tag("3", tags=1)
    desk.page.reload()
    desk.page.locator("#annotation-undo [data-command=undo]").click()
    desk.wait_saved(0)
    expect(desk.page.locator("mark[data-a]")).to_have_count(0)
    desk.page.locator("#annotation-undo [data-command=redo]").click()
    desk.wait_saved(1)
    expect(desk.page.locator("mark.claim[data-a]")).to_have_text("We hold the bridge")


def test_a_new_party_is_taken_from_the_choices(site: Site, open_desk: Callable[..., Desk]):
    desk, _ = open_new(site, open_desk, "Parties")
    desk.select(*place("The rebels"))
    desk.tag("1", tags=1)
    desk.page.locator(".party-choice.new").click()
    expect(desk.page.locator("#party-list a").first).not_to_have_class("is-unknown")
    expect(desk.page.locator(".parties-form input[name=keep]")).to_have_count(1)


def test_a_claim_of_another_article_is_seen_before_it_is_linked(site: Site, open_desk: Callable[..., Desk]):
    desk, project = open_new(site, open_desk, "Previews")
    other = site.make_article(project, ELSEWHERE)
    start = ELSEWHERE.index("the bridge fell")
    there = {"segments": [[start, start + 15]], "exact": ["the bridge fell"]}
    site.send("ana", "POST", "annotations/", {"article": other["id"], "kind": "claim", **there})
    desk.select(*place("denied it"))
    desk.tag("4", tags=1)
    desk.press("d")
    page = desk.page
    page.locator("#link-query").fill("fell")
    page.locator("#link-choices [role=option]").click()
    expect(page.locator("#link-preview .passage").nth(1)).to_contain_text("On Sunday the bridge fell")
    page.locator("#link-preview button").click()
    expect(page.locator(".link-chip .elsewhere")).to_have_count(1)
