"""Every key of the workbench does what the table says, and none acts where somebody types or composes."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk import Desk
from tests.e2e.site import Site

TEXT = (
    "The army holds the bridge, the mayor said, and nobody has crossed it. The rebels denied it on Monday.\n"
    "“We hold the bridge,” the army said. The rebels left the town.\n"
    "Nobody answered the mayor. The army waited."
)
ARABIC = "أعلن الجيش أنه يسيطر على الجسر. نفى المتمردون ذلك."
_SELECTED = "() => getSelection().toString()"
_BEFORE_CARET = """() => {
  const {focusNode, focusOffset} = getSelection();
  const block = (focusNode.closest ? focusNode : focusNode.parentElement).closest('[data-s]');
  const range = document.createRange();
  range.setStart(block, 0);
  range.setEnd(focusNode, focusOffset);
  return Number(block.dataset.s) + [...range.toString()].length;
}"""
KINDS = ["party", "quote", "claim", "counterclaim", "cue"]
ELSEWHERE = "On Sunday the bridge fell."
_IDLE = "() => document.querySelector('#save-state').dataset.saveState === 'saved'"
_PRESS = """({key, code = '', ...how}) => document.activeElement.dispatchEvent(
  new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true, ...how}))"""


def place(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def selected(desk: Desk) -> str:
    words: str = desk.page.evaluate(_SELECTED)
    return words


def caret(desk: Desk) -> str:
    at: int = desk.page.evaluate(_BEFORE_CARET)
    return TEXT[at : at + 9]


def focused(desk: Desk) -> Locator:
    return desk.page.locator("mark.is-focused")


def open_new(site: Site, open_desk: Callable[..., Desk], title: str, text: str = TEXT, language: str = "en") -> Desk:
    project = site.make_project(title)
    desk = open_desk(project, site.make_article(project, text, language))
    desk.page.locator("#article-body").focus()
    return desk


def put_caret(desk: Desk, words: str) -> None:
    start, _ = place(words)
    desk.select(start, start)


def test_the_caret_goes_by_word_line_sentence_and_page(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Caret")
    put_caret(desk, "The army holds")
    steps = [
        ("ArrowRight", "army hold"),
        ("w", "holds the"),
        ("b", "army hold"),
        ("ArrowLeft", "The army "),
        (")", "The rebel"),
        (")", "We hold t"),
        ("(", "The rebel"),
        ("(", "The army "),
    ]
    for key, expected in steps:
        desk.press(key)
        assert (key, caret(desk)) == (key, expected)
    put_caret(desk, "answered")
    for key, expected in (("Home", "Nobody an"), ("ArrowUp", "“We hold "), ("ArrowDown", "Nobody an"), ("End", "")):
        desk.press(key)
        assert (key, caret(desk)) == (key, expected)
    put_caret(desk, "The army holds")
    for key, expected in (("PageDown", ""), ("PageUp", "The army ")):
        desk.press(key)
        assert (key, caret(desk)) == (key, expected)


def test_after_a_tag_the_caret_stands_at_its_end_for_every_key(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Tag end")
    desk.select(*place("The army"))
    desk.tag("1", tags=1)
    assert (selected(desk), caret(desk)) == ("", " holds th")
    # All in one turn of the browser, before it has drawn a frame.
    press = f"(keys) => {{ const press = {_PRESS}; for (const key of keys) press({{key}}); }}"
    desk.select(*place("the mayor"))
    desk.page.evaluate(press, ["1", "w", "v"])
    assert selected(desk) == "said"
    desk.press("Escape")
    desk.select(*place("rebels left"))
    desk.page.evaluate(press, ["1", "Home"])
    assert caret(desk) == "“We hold "
    desk.wait_saved(3)
    assert caret(desk) == "“We hold "


def test_a_selection_grows_from_either_end_and_to_signs(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Selecting")
    put_caret(desk, "army holds")
    grown = [
        ("v", "army"),
        ("w", "army holds"),
        ("v", "army holds"),
        ("b", "The army holds"),
        ("v", "The army holds"),
        (",", "The army holds the bridge"),
        (".", TEXT[: TEXT.index(". The rebels denied")]),
        (".", TEXT[: TEXT.index(" The rebels denied")]),
    ]
    for key, expected in grown:
        desk.press(key)
        assert (key, selected(desk)) == (key, expected)
    desk.press("Escape")
    assert selected(desk) == ""
    put_caret(desk, "We hold")
    desk.press("v")
    desk.press('"')
    assert selected(desk) == "We hold the bridge,”"
    desk.press("Escape")
    put_caret(desk, "rebels left")
    desk.press("Shift+ArrowRight")
    desk.press("Shift+ArrowRight")
    assert selected(desk) == "rebels left"


def test_tags_are_made_changed_moved_and_taken_back(site: Site, open_desk: Callable[..., Desk], complaints: list[str]):
    desk = open_new(site, open_desk, "Tags by keys")
    page, panel = desk.page, desk.page.locator(".annotation-panel")
    words = ["the mayor", "nobody has crossed it", "holds the bridge", "The rebels denied it", "said"]
    for number, (kind, tagged) in enumerate(zip(KINDS, words, strict=True), start=1):
        desk.select(*place(tagged))
        desk.tag(str(number), tags=number)
        expect(panel).to_have_class(f"annotation-panel {kind}")
    for key, kind in (("3", "claim"), ("z", "cue"), ("Shift+Z", "claim"), ("Control+z", "cue")):
        desk.press(key)
        expect(panel).to_have_class(f"annotation-panel {kind}")
    page.locator("mark.claim").first.click()
    for key, expected in (
        ("}", "holds the bridge, the"),
        ("{", "holds the bridge"),
        ("[", "army holds the bridge"),
        ("]", "holds the bridge"),
    ):
        desk.press(key)
        expect(panel.locator("> .words")).to_have_text(expected)
    desk.press("e")
    for key in ("w", "v", "b"):
        desk.press(key)
    desk.press("Enter")
    expect(panel.locator("> .words")).to_have_text("army holds the bridge, the")
    desk.press("e")
    desk.press("w")
    desk.press("Escape")
    expect(focused(desk)).to_have_text("army holds the bridge, the")
    desk.press("n")
    page.keyboard.type("1 2 jk")
    expect(page.locator("#annotation-note")).to_have_value("1 2 jk")
    page.locator(".note-form button").press("Enter")
    expect(page.locator("#annotation-toast")).to_have_attribute("data-said", "Claim saved")
    page.locator("#article-body").focus()
    desk.press("Backspace")
    desk.wait_saved(4)
    desk.press("z")
    desk.wait_saved(5)
    assert complaints == []


def test_mentions_segments_and_a_kept_kind(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Mentions")
    desk.select(*place("the mayor"))
    desk.tag("1", tags=1)
    desk.press("f")
    desk.wait_saved(2)
    desk.press("z")
    desk.wait_saved(1)
    desk.select(*place("“We hold the bridge,”"))
    desk.press("+")
    desk.select(*place("The rebels left the town."))
    desk.tag("2", tags=2)
    assert [len(mark["pieces"]) for mark in desk.marks() if mark["kind"] == "quote"] == [2]
    desk.press("Shift+Digit3")
    expect(desk.page.locator("tag-toolbar [data-kind=claim]")).to_have_attribute("aria-pressed", "true")
    desk.drag(*place("nobody has crossed it"))
    desk.wait_saved(3)
    desk.press("Shift+Digit3")
    expect(desk.page.locator("tag-toolbar [data-kind=claim]")).to_have_attribute("aria-pressed", "false")
    desk.drag(*place("The army waited"))
    assert len(desk.marks()) == 3


def test_tags_are_gone_through_opened_and_followed(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Going")
    for number, (key, words) in enumerate((("1", "the army"), ("2", "“We hold the bridge,”"), ("1", "the mayor")), 1):
        desk.select(*place(words))
        desk.tag(key, tags=number)
    desk.press("Escape")
    expect(desk.page.locator(".annotation-panel")).to_be_hidden()
    for key, expected in (
        ("j", "the mayor"),
        ("j", "“We hold the bridge,”"),
        ("j", "the army"),
        ("k", "“We hold the bridge,”"),
    ):
        desk.press(key)
        expect(focused(desk)).to_have_text(expected)
    desk.link("l", "1")
    for key, expected in (("g", "the army"), ("g", "“We hold the bridge,”")):
        desk.press(key)
        expect(focused(desk)).to_have_text(expected)
    expect(desk.page.locator(".annotation-panel.quote")).to_be_visible()
    at = caret(desk)
    desk.press("Enter")
    expect(desk.page.locator(".annotation-panel")).to_be_focused()
    desk.press("Escape")
    expect(desk.page.locator("#article-body")).to_be_focused()
    assert caret(desk) == at


def test_the_other_end_is_chosen_by_digit_letters_or_in_other_articles(site: Site, open_desk: Callable[..., Desk]):
    project = site.make_project("Choosing")
    other = site.make_article(project, ELSEWHERE)
    there = {"segments": [[0, len(ELSEWHERE)]], "exact": [ELSEWHERE]}
    site.send("ana", "POST", "annotations/", {"article": other["id"], "kind": "claim", **there})
    desk = open_desk(project, site.make_article(project, TEXT))
    page = desk.page
    for number, (key, words) in enumerate(
        (("1", "the mayor"), ("1", "The rebels"), ("3", "holds the bridge"), ("4", "denied it")), 1
    ):
        desk.select(*place(words))
        desk.tag(key, tags=number)
    chips = page.locator(".link-chip")
    desk.press("l")
    expect(page.locator("mark[data-hint='1']")).to_have_text("The rebels")
    page.locator("#link-query").press_sequentially("mayor")
    expect(page.locator("#link-choices [role=option]")).to_have_count(1)
    desk.press("Enter")
    expect(chips).to_have_count(1)
    desk.press("l")
    expect(page.locator("#link-query")).to_be_focused()
    desk.press("Escape")
    expect(page.locator("#article-body")).to_be_focused()
    expect(page.locator("mark[data-hint]")).to_have_count(0)
    desk.press("d")
    desk.press("1")
    expect(chips).to_have_count(2)
    desk.press("d")
    expect(page.locator("#link-query")).to_be_focused()
    desk.press("/")
    expect(page.locator("#link-choices [role=option]")).to_contain_text(ELSEWHERE)
    desk.press("1")
    expect(page.locator("#link-preview .passage")).to_have_count(2)
    expect(page.locator("#link-preview button")).to_be_focused()
    expect(chips).to_have_count(2)
    desk.press("Enter")
    expect(page.locator(".link-chip .elsewhere")).to_have_count(1)


def test_palette_sheet_and_finding_open_by_key_and_give_the_focus_back(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Dialogs")
    page, text = desk.page, desk.page.locator("#article-body")
    put_caret(desk, "rebels denied")
    desk.press("?")
    expect(page.locator("shortcut-sheet dialog")).to_be_visible()
    desk.press("Escape")
    expect(text).to_be_focused()
    desk.press("Control+k")
    page.keyboard.type("start sel")
    desk.press("Enter")
    expect(page.locator("command-palette dialog")).to_be_hidden()
    assert selected(desk) == "rebels"
    desk.press("Escape")
    desk.press("/")
    page.keyboard.type("bridge")
    expect(page.locator("find-bar output")).to_have_text("1 / 2")
    desk.press("Enter")
    expect(page.locator("find-bar output")).to_have_text("2 / 2")
    desk.press("Escape")
    expect(text).to_be_focused()
    assert caret(desk) == "bridge,” "
    desk.select(*place("“We hold the bridge,”"))
    desk.tag("2", tags=1)
    desk.press("Control+Enter")
    expect(page.locator("#article-missing")).to_contain_text("We hold the bridge")
    expect(page.locator("#article-missing")).to_be_visible()


def test_keys_keep_out_of_fields_composition_and_held_keys(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Rules")
    page = desk.page
    desk.select(*place("the mayor"))
    desk.tag("1", tags=1)
    desk.press("n")
    page.locator("#annotation-note").press_sequentially("3jl")
    expect(page.locator(".annotation-panel")).to_have_class("annotation-panel party")
    page.locator(".top-bar .logo").focus()
    desk.press("3")
    page.locator("#article-body").focus()
    for how in (
        {"key": "3", "isComposing": True},
        {"key": "3", "repeat": True},
        {"key": "3", "altKey": True},
        {"key": "3", "ctrlKey": True},
    ):
        page.evaluate(_PRESS, how)
    page.wait_for_function(_IDLE)
    expect(page.locator(".annotation-panel")).to_have_class("annotation-panel party")
    # ل stands on G, ت on J, م on L of an Arabic keyboard.
    page.evaluate(_PRESS, {"key": "م", "code": "KeyL"})
    expect(page.locator("#party-query")).to_be_focused()


def test_keys_can_be_changed_and_single_keys_switched_off(
    site: Site, open_desk: Callable[..., Desk], sign_in: Callable[..., Page]
):
    project = site.make_project("Own keys")
    article = site.make_article(project, TEXT)
    page = sign_in("rui")
    try:
        page.goto("/account/keys/")
        page.locator("[name=select]").fill("j")
        page.locator("main form button.primary").click()
        expect(page.locator("main")).to_contain_text("already means")
        page.locator("[name=select]").fill("q")
        page.locator("main form button.primary").click()
        page.goto(f"/p/{project['slug']}/articles/{article['id']}/")
        desk = Desk(page)
        page.locator("#article-body").focus()
        desk.press("v")
        assert selected(desk) == ""
        desk.press("q")
        assert selected(desk) == "The"
        expect(page.locator(".when-free kbd[data-key=select]")).to_have_text("Q")
        page.goto("/account/keys/")
        page.locator("[name=has_single_keys]").uncheck()
        page.locator("main form button.primary").click()
        page.goto(f"/p/{project['slug']}/articles/{article['id']}/")
        page.locator("#article-body").focus()
        desk.press("q")
        assert selected(desk) == ""
        desk.press("Control+Shift+Q")
        assert selected(desk) == "The"
        following = page.locator(".key-bar [data-command=next]")
        expect(following).to_have_attribute("aria-keyshortcuts", "Control+Shift+J")
        expect(following.locator("kbd")).to_have_text("Ctrl ⇧ J")
    finally:
        page.goto("/account/keys/")
        page.locator("[name=reset]").click()


def test_words_go_as_they_are_seen_in_a_text_from_right_to_left(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, "Right to left", ARABIC, "ar")
    desk.select(5, 5)
    for key, expected in (("v", "الجيش"), ("ArrowLeft", "الجيش أنه"), ("ArrowRight", "الجيش"), ("w", "الجيش أنه")):
        desk.press(key)
        assert (key, selected(desk)) == (key, expected)
