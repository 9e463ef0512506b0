"""Changes that come too late or are refused: both sides on the card, and a card that says what can be done."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.e2e.desk import Desk
from tests.e2e.site import Site

TEXT = "The army holds the bridge. The rebels denied it."


def open_new(site: Site, open_desk: Callable[..., Desk], title: str) -> Desk:
    project = site.make_project(title)
    desk = open_desk(project, site.make_article(project, TEXT))
    desk.select(0, 25)
    desk.tag("3", tags=1)
    return desk


def test_a_late_change_shows_both_sides_and_either_can_be_kept(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Both sides")
    page, conflict = desk.page, desk.page.locator(".annotation-conflict")
    desk.change_note_elsewhere("from elsewhere")
    desk.press("2")
    expect(conflict.locator("dd")).to_have_text(["Claim", "Quote"])
    expect(page.locator("#alerts")).to_contain_text("changed meanwhile")
    conflict.get_by_text("Keep mine").click()
    expect(page.locator(".annotation-panel")).to_have_class("annotation-panel quote")
    expect(page.locator("#annotation-note")).to_have_value("from elsewhere")
    expect(conflict).to_have_count(0)
    desk.change_note_elsewhere("once more")
    desk.press("n")
    page.locator("#annotation-note").fill("mine")
    page.locator(".note-form button").press("Enter")
    expect(conflict.locator("dd")).to_have_text(["once more", "mine"])
    conflict.get_by_text("Take theirs").click()
    expect(page.locator("#annotation-note")).to_have_value("once more")
    expect(conflict).to_have_count(0)


def test_a_refused_tag_stays_with_its_reason_until_it_is_sent_again_or_discarded(
    site: Site, open_desk: Callable[..., Desk]
):
    desk = open_new(site, open_desk, "Refused")
    page, card = desk.page, desk.page.locator(".annotation-card.unsent")

    def refuse(route: Route) -> None:
        body = '<div class="alert bad"><div class="words"><strong>The text differs.</strong></div></div>'
        route.fulfill(status=409, content_type="text/html", body=body)

    page.route("**/annotations/", refuse)
    desk.select(27, 47)
    desk.press("4")
    expect(card).to_contain_text("The text differs.")
    expect(card).to_contain_text("The rebels denied it")
    card.get_by_text("Edit").click()
    assert page.evaluate("() => getSelection().toString()") == "The rebels denied it"
    expect(card).to_have_count(0)
    desk.press("4")
    expect(card).to_contain_text("The text differs.")
    page.unroute("**/annotations/")
    card.get_by_text("Send again").click()
    desk.wait_saved(2)
    page.route("**/annotations/", refuse)
    desk.select(4, 8)
    desk.press("1")
    expect(card).to_contain_text("The text differs.")
    card.get_by_text("Discard").click()
    expect(card).to_have_count(0)
    expect(page.locator("#save-state")).to_have_text("Saved")
