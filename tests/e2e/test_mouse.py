"""What the mouse and the finger do in the workbench: select, tag, go outward, pull edges, draw links."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk import SETTLED, Desk
from tests.e2e.site import Site

TEXT = (
    "The army holds the bridge, the mayor said. The rebels denied it on Monday.\n"
    "“We hold the bridge,” the army told a reporter, and nobody has crossed it since dawn.\n"
    "Nobody answered the mayor. The army waited."
)
FILLER = "Nothing else happened in the town that day.\n" * 60
LONG = "A very long sentence goes on " * 50
_SELECTED = "() => getSelection().toString()"
_LIT = "() => [...CSS.highlights.get('same-party') ?? []].map(String)"


def place(words: str, text: str = TEXT) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def open_new(site: Site, open_desk: Callable[..., Desk], title: str, text: str = TEXT, **options: object) -> Desk:
    project = site.make_project(title)
    for name in ("Army", "Mayor"):
        party = {"name": name, "entity_type": "organisation", "aliases": [{"text": f"The {name}"}]}
        site.send("adi", "POST", "parties/", {"project": project["id"], **party})
    return open_desk(project, site.make_article(project, text), **options)


def middle(found: Locator) -> tuple[float, float]:
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pull(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press at one point and move to another, without letting go."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)


def tag_all(desk: Desk, *tags: tuple[str, str]) -> None:
    for number, (key, words) in enumerate(tags, start=1):
        desk.select(*place(words))
        desk.tag(key, tags=number)


def test_a_bar_of_kinds_stands_below_the_selection_and_tags(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Bar")
    bar = desk.page.locator(".kind-bar")
    expect(bar).to_be_hidden()
    desk.drag(*place("The rebels denied it on Monday"))
    expect(bar).to_be_visible()
    end = desk.page.evaluate("() => getSelection().getRangeAt(0).getBoundingClientRect().bottom")
    assert _top(bar) >= end
    bar.locator("[data-kind=claim]").click()
    desk.wait_saved(1)
    expect(bar).to_be_hidden()
    desk.drag(*place("The rebels denied it on Monday"))
    desk.press("3")
    expect(desk.page.locator("#annotation-toast")).to_contain_text("already tagged")
    desk.wait_saved(1)


def test_clicks_take_word_sentence_and_block_and_go_outward(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Clicks")
    page = desk.page
    tag_all(desk, ("2", "“We hold the bridge,”"), ("3", "We hold the bridge"))
    for clicks, expected in ((2, "waited"), (3, "The army waited."), (4, TEXT.splitlines()[2])):
        page.keyboard.press("Escape")
        _, end = place("The army waited")
        page.mouse.click(*desk.middle(end - 6, end), click_count=clicks)
        assert page.evaluate(_SELECTED).strip() == expected
    page.keyboard.press("Escape")
    inner = page.locator("mark.claim")
    for kind in ("claim", "quote", "claim"):
        inner.click()
        expect(page.locator("mark.is-focused")).to_have_class(f"{kind} is-first is-last is-focused")


def test_an_exact_selection_with_alt_and_a_very_long_one(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Exact", TEXT + "\n" + LONG)
    page = desk.page
    page.keyboard.down("Alt")
    desk.drag(*place("ebel"))
    page.keyboard.up("Alt")
    desk.tag("3", tags=1)
    expect(page.locator("mark.claim")).to_have_text("ebel")
    desk.drag(*place("eporte"))
    desk.tag("3", tags=2)
    expect(page.locator("mark.claim").nth(1)).to_have_text("reporter")
    desk.select(len(TEXT) + 1, len(TEXT) + len(LONG))
    desk.press("3")
    expect(page.locator(".key-bar .said")).to_contain_text("characters long")
    assert len(desk.marks()) == 2
    desk.tag("3", tags=3)


def test_edges_are_pulled_in_whole_words(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Edges")
    page = desk.page
    tag_all(desk, ("3", "nobody has crossed"))
    start, _ = place("it since dawn")
    pull(page, middle(page.locator("[data-edge=end]")), desk.middle(start + 3, start + 8))
    page.mouse.up()
    expect(page.locator(".annotation-panel > .words")).to_have_text("nobody has crossed it since")
    pull(page, middle(page.locator("[data-edge=start]")), desk.middle(start - 11, start - 8))
    page.mouse.up()
    expect(page.locator(".annotation-panel > .words")).to_have_text("has crossed it since")


def test_a_link_is_drawn_from_card_and_handle_to_what_can_take_it(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Drawing")
    page, reader = desk.page, desk.page.locator("article-reader")
    tag_all(desk, ("1", "the mayor"), ("3", "holds the bridge"), ("4", "denied it"))
    chips = page.locator(".link-chip")
    party, claim = page.locator("mark.party"), page.locator("mark.claim")
    pull(page, middle(page.locator(".annotation-panel [data-command=who]")), middle(claim))
    expect(reader).to_have_attribute("data-linking", "party")
    page.mouse.up()
    expect(chips).to_have_count(0)
    pull(page, middle(page.locator(".annotation-panel [data-command=who]")), middle(party))
    page.keyboard.press("Escape")
    expect(reader).not_to_have_attribute("data-linking", "party")
    page.mouse.up()
    pull(page, middle(page.locator(".annotation-panel [data-command=who]")), middle(party))
    page.mouse.up()
    expect(page.locator(".link-chip .party")).to_have_count(1)
    pull(page, middle(page.locator(".span-handles [data-link]")), middle(claim))
    expect(reader).to_have_attribute("data-linking", "party claim counterclaim")
    page.mouse.up()
    expect(page.locator(".link-chip .claim")).to_have_count(1)
    expect(chips).to_have_count(2)


def test_all_mentions_of_a_party_light_up_and_a_far_end_is_told(site: Site, open_desk: Callable[..., Desk]):
    text = f"The army holds the bridge.\n{FILLER}The army waited."
    desk = open_new(site, open_desk, "Pointing", text)
    page = desk.page
    desk.select(0, 8)
    desk.tag("1", tags=1)
    desk.press("f")
    desk.wait_saved(2)
    page.locator("mark.party").first.hover()
    assert page.evaluate(_LIT) == ["The army", "The army"]
    page.locator(".article-head h1").hover()
    assert page.evaluate(_LIT) == []
    page.locator(".party-list a").focus()
    assert page.evaluate(_LIT) == ["The army", "The army"]
    desk.select(*place("holds the bridge", text))
    desk.tag("3", tags=3)
    desk.press("l")
    desk.press("2")
    peek = page.locator(".peek")
    expect(peek).to_contain_text("The army")
    expect(peek.locator(".why")).to_have_text("Claimed by")
    peek.click()
    expect(page.locator("mark.is-focused")).to_be_in_viewport()


def test_a_finger_tags_links_and_leaves(site: Site, open_desk: Callable[..., Desk]):
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    desk = open_new(site, open_desk, "Finger", **phone)
    page = desk.page
    desk.select(*place("the mayor"))
    page.locator(".key-bar .kinds-here [data-kind=party]").tap()
    desk.wait_saved(1)
    desk.select(*place("holds the bridge"))
    page.locator(".key-bar .kinds-here [data-kind=claim]").tap()
    desk.wait_saved(2)
    sheet = page.locator(".annotation-panel")
    expect(page.locator("mark.is-focused")).to_be_in_viewport()
    assert _bottom(page.locator("mark.is-focused")) <= _top(sheet)
    sheet.locator("[data-command=who]").tap()
    page.locator("#link-choices [role=option]").first.wait_for()
    page.locator("mark.claim").tap()
    expect(page.locator(".key-bar .said")).to_contain_text("cannot end here")
    page.locator("mark.party").tap()
    expect(page.locator(".link-chip")).to_have_count(1)
    sheet.locator("[data-command=who]").tap()
    page.locator("#link-picker [value=leave]").tap()
    expect(page.locator("#link-choices")).to_have_count(0)
    expect(page.locator(".party-list")).to_be_hidden()
    page.locator(".key-bar .tools").tap()
    expect(page.locator(".party-list")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390


def _top(found: Locator) -> float:
    box = found.bounding_box()
    assert box is not None
    return box["y"]


def _bottom(found: Locator) -> float:
    box = found.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_a_kept_kind_tags_when_the_mouse_is_released_and_the_new_tag_has_the_focus(
    site: Site, open_desk: Callable[..., Desk]
):
    desk = open_new(site, open_desk, "Kept kind")
    page, asked = desk.page, []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    desk.press("Shift+Digit3")
    for number, words in enumerate(["The rebels denied it", "Nobody answered the mayor"], start=1):
        asked.clear()
        desk.drag(*place(words))
        desk.wait_saved(number)
        page.wait_for_function(SETTLED)
        focus = page.locator("article-reader").get_attribute("data-focus")
        assert page.locator(f"mark.is-focused[data-a='{focus}']").inner_text() == words
        expect(page.locator(".annotation-panel > .words")).to_have_text(words)
        # The browser fetches the page's icon whenever it likes.
        assert [method for method, url in asked if "/static/" not in url] == ["POST"]
    page.mouse.click(*desk.middle(*place("The rebels denied it")))
    expect(page.locator(".annotation-panel > .words")).to_have_text("The rebels denied it")
