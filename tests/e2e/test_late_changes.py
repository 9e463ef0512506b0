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


def test_a_tag_shows_in_the_text_at_once_that_it_is_not_saved_and_as_a_card_when_that_lasts(
    site: Site, open_desk: Callable[..., Desk]
):
    desk = open_new(site, open_desk, "Slow")
    page, card = desk.page, desk.page.locator(".annotation-card.unsent")
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/annotations/", hold)
    desk.select(27, 47)
    page.evaluate("""() => addEventListener('keydown', () => {
      window.seen = {drawn: CSS.highlights.has('pending'), cards: document.querySelectorAll('.unsent').length};
    }, {once: true})""")
    desk.press("4")
    assert page.evaluate("() => window.seen") == {"drawn": True, "cards": 0}
    expect(card).to_contain_text("The rebels denied it")
    expect(page.locator("#save-state")).to_have_text("Saving…")
    waiting[0].continue_()
    desk.wait_saved(2)
    expect(card).to_have_count(0)
    assert not page.evaluate("() => CSS.highlights.has('pending')")


def test_a_stored_tag_stands_in_the_text_before_its_panel_comes(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Text first")
    page = desk.page
    page.evaluate("""() => window.addEventListener('htmx:beforeSwap', () => {
      const [mark] = document.querySelectorAll('mark.claim ~ mark.counterclaim');
      window.seen = {
        stored: mark?.textContent, isPending: CSS.highlights.has('pending'),
        panel: document.querySelector('.annotation-panel').dataset.a === mark?.dataset.a,
      };
    }, {capture: true, once: true})""")
    desk.select(27, 47)
    desk.tag("4", tags=2)
    stored = {"stored": "The rebels denied it", "isPending": False, "panel": False}
    assert page.evaluate("() => window.seen") == stored
    expect(page.locator("mark.counterclaim.is-focused")).to_have_text("The rebels denied it")


def test_an_answer_changes_only_what_it_tells_anew(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Anew")
    page = desk.page
    counts = page.locator(".tool .count")
    expect(counts).to_have_text(["0", "0", "1", "0", "0"])
    page.evaluate("() => document.querySelectorAll('mark, .annotation-card').forEach((part) => { part.isOld = true; })")
    old = "(selector) => [...document.querySelectorAll(selector)].map((part) => part.isOld === true)"
    desk.select(27, 47)
    desk.tag("4", tags=2)
    assert [page.evaluate(old, selector) for selector in ("mark", ".annotation-card")] == [[True, False]] * 2
    expect(counts).to_have_text(["0", "0", "1", "1", "0"])
    expect(page.locator("mark.is-focused")).to_have_text("The rebels denied it")
    expect(page.locator(".annotation-card.is-focused .words")).to_have_text("The rebels denied it")
    desk.press("z")
    expect(counts).to_have_text(["0", "0", "1", "0", "0"])
    assert [page.evaluate(old, selector) for selector in ("mark", ".annotation-card")] == [[True]] * 2
