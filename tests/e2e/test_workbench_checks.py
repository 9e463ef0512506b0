"""Every state of the workbench passes axe in both themes, fits 320 px and takes wider letters."""

from collections.abc import Callable
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

from tests.e2e.desk import Desk
from tests.e2e.site import Site

TEXT = (
    "The army holds the bridge, the mayor said. The rebels denied it on Monday.\n"
    "“We hold the bridge,” the army told a reporter."
)
ARABIC = "أعلن الجيش أنه يسيطر على الجسر.\nنفى المتمردون ذلك."
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
_SPACING = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
_ADOPT = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
_WIDTHS = "(elements) => elements.map((element) => element.clientWidth)"
_OVERFLOW = "() => document.documentElement.scrollWidth - innerWidth"
_CUT = """() => [...document.querySelectorAll('.key-bar button, .annotation-panel .button, .tool')]
  .filter((b) => b.offsetParent && b.scrollHeight > b.clientHeight + 1).map((b) => b.textContent)"""
_COMMANDS = """() => Object.keys(JSON.parse(document.querySelector('key-reader').dataset.keys)).filter((name) =>
  !document.querySelector(`#command-${name}[aria-keyshortcuts]`))"""
_SHOWN_KEYS = "() => [...document.querySelectorAll('button kbd, a kbd')].filter((k) => !k.ariaHidden).length"


def place(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def open_new(
    site: Site, open_desk: Callable[..., Desk], text: str = TEXT, language: str = "en", **options: Any
) -> Desk:
    project = site.make_project("Checks")
    return open_desk(project, site.make_article(project, text, language), **options)


def tag_some(desk: Desk) -> None:
    for number, (key, words) in enumerate((("1", "the mayor"), ("3", "holds the bridge"), ("4", "denied it")), 1):
        desk.select(*place(words))
        desk.tag(key, tags=number)


def check(page: Page, state: str) -> list[str]:
    """Give what axe finds; only colours differ in the dark theme."""
    found = []
    themes: list[tuple[Literal["light", "dark"], dict[str, Any]]] = [("light", OPTIONS), ("dark", COLOURS)]
    for scheme, rules in themes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        results = Axe().run(page, options=rules)
        found += [
            f"{state}, {scheme}: {violation['id']} {[node['html'][:120] for node in violation['nodes']]}"
            for violation in results.response["violations"]
        ]
    return found


def test_axe_finds_nothing_on_any_state(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk)
    page = desk.page
    found = check(page, "empty")
    tag_some(desk)
    found += check(page, "card")
    page.locator(".annotation-panel .fold > summary").first.click()
    found += check(page, "attributes")
    page.locator("#article-body").focus()
    desk.press("d")
    page.locator("#link-choices [role=option]").first.wait_for()
    found += check(page, "picker")
    desk.press("Escape")
    for key, opened in (("?", "shortcut-sheet dialog"), ("Control+k", "command-palette dialog"), ("/", "find-bar")):
        desk.press(key)
        page.locator(opened).wait_for()
        found += check(page, opened)
        desk.press("Escape")
    page.locator("mark.party").first.click()
    page.locator(".parties-form").wait_for()
    desk.drag(*place("told a reporter"))
    found += check(page, "party card, kinds at the selection")
    desk.press("2")
    desk.wait_saved(4)
    desk.press("Control+Enter")
    page.locator("#article-missing h2").wait_for()
    found += check(page, "something is missing")
    assert found == []
    assert page.evaluate(_COMMANDS) == []
    assert page.evaluate(_SHOWN_KEYS) == 0


def test_axe_finds_nothing_on_refusals(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk)
    page = desk.page
    tag_some(desk)
    desk.change_note_elsewhere("from elsewhere")
    desk.press("2")
    page.locator(".annotation-conflict").wait_for()
    found = check(page, "both sides")
    page.route("**/annotations/", refuse)
    desk.select(*place("The rebels"))
    desk.press("1")
    page.locator(".annotation-card.unsent.refused").wait_for()
    found += check(page, "refused")
    page.unroute("**/annotations/")
    page.context.set_offline(True)
    desk.select(*place("told a reporter"))
    desk.press("3")
    page.locator(".annotation-card.unsent.offline").wait_for()
    found += check(page, "offline")
    assert found == []


def test_axe_finds_nothing_from_right_to_left_and_on_a_small_screen(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, ARABIC, "ar")
    desk.select(6, 11)
    desk.tag("1", tags=1)
    found = check(desk.page, "Arabic")
    small = open_new(site, open_desk, viewport={"width": 320, "height": 640}, has_touch=True)
    page = small.page
    tag_some(small)
    found += check(page, "320 px")
    assert page.evaluate(_OVERFLOW) == 0
    page.locator(".annotation-panel [data-command=disputed]").tap()
    page.locator("#link-choices [role=option]").first.wait_for()
    found += check(page, "320 px, picker")
    assert page.evaluate(_OVERFLOW) == 0
    # Most of each line is for the words.
    assert all(width > 160 for width in page.locator("#link-choices .words").evaluate_all(_WIDTHS))
    assert found == []


def test_wide_letters_and_large_type_cut_nothing(site: Site, open_desk: Callable[..., Desk]):
    desk = open_new(site, open_desk, viewport={"width": 720, "height": 450}, device_scale_factor=2)
    page = desk.page
    tag_some(desk)
    page.evaluate(_ADOPT, _SPACING)
    assert page.evaluate(_CUT) == []
    assert page.evaluate(_OVERFLOW) == 0


def refuse(route: Route) -> None:
    """Answer as the server does when the text differs."""
    body = '<div class="alert bad"><div class="words"><strong>The text differs.</strong></div></div>'
    route.fulfill(status=409, content_type="text/html", body=body)
