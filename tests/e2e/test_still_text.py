"""The text stands still: no line moves when tags come, change and go, and the window does not scroll."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.desk import Desk
from tests.e2e.site import Site

ROWS = 60
SENTENCE = "Row {0:02d} says the army held the bridge near the valley after heavy talks, the governor of {0:02d} said."
TEXT = "\n".join(" ".join([SENTENCE.format(row)] * 3) for row in range(ROWS))
MIDDLE = ROWS // 2
LONG = 400
LONG_TEXT = "\n".join(" ".join([SENTENCE.format(row)] * 3) for row in range(LONG))
# Where the first letter of each word of the text stands in the window, from the left and from above.
_WORDS = """(inSight) => [...document.querySelectorAll('[data-s]')].filter((block) => {
  const { top, bottom } = block.getBoundingClientRect();
  return !inSight || (bottom > 0 && top < innerHeight);
}).flatMap((block) => {
  const found = [];
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let before = ' ';
  while (walker.nextNode()) {
    const { data } = walker.currentNode;
    for (let at = 0; at < data.length; before = data[at], at += 1) {
      if (before !== ' ' || data[at] === ' ') continue;
      const range = document.createRange();
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + 1);
      const { left, bottom } = range.getBoundingClientRect();
      found.push([left, bottom]);
    }
  }
  return found;
})"""
# The browser counts in 64ths of a pixel, and rounds once more wherever a tag begins or ends in a line.
_ROUNDING = 0.25
_SHOW = "(row) => document.querySelectorAll('[data-s]')[row].scrollIntoView({block: 'center'})"


@pytest.fixture
def desk(site: Site, open_desk: Callable[..., Desk]) -> Desk:
    project = site.make_project("Still")
    return open_desk(project, site.make_article(project, TEXT))


@pytest.mark.parametrize("row", [0, MIDDLE])
def test_no_word_moves_whatever_is_done_with_tags(desk: Desk, row: int) -> None:
    desk.page.evaluate(_SHOW, row)
    desk.page.locator("#article-body").focus()
    before = _words(desk)

    desk.select(*_place(row, "governor of"))
    desk.tag("1", tags=1)
    assert _moved(before, _words(desk)) == []
    desk.select(*_place(row, "the army held the bridge near the valley after heavy talks"))
    desk.tag("3", tags=2)
    assert _moved(before, _words(desk)) == []
    desk.link("l", "1")
    assert _moved(before, _words(desk)) == []
    desk.press("4")
    desk.page.locator("mark.counterclaim.is-first").wait_for()
    assert _moved(before, _words(desk)) == []
    desk.press("z")
    desk.page.locator("mark.claim.is-first").wait_for()
    assert _moved(before, _words(desk)) == []
    desk.press("Backspace")
    desk.wait_saved(1)
    assert _moved(before, _words(desk)) == []
    desk.press("z")
    desk.wait_saved(2)
    assert _moved(before, _words(desk)) == []


def test_tag_over_two_paragraphs_moves_nothing(desk: Desk) -> None:
    desk.page.evaluate(_SHOW, MIDDLE)
    before = _words(desk)
    start, _ = _place(MIDDLE, "after heavy talks")
    _, end = _place(MIDDLE + 1, "the army held")
    desk.select(start, end)
    desk.tag("2", tags=1)
    assert _moved(before, _words(desk)) == []


@pytest.mark.parametrize("row", [LONG // 3, LONG - 2])
def test_no_word_in_sight_moves_in_a_long_article(site: Site, open_desk: Callable[..., Desk], row: int) -> None:
    # Only what is near the window is laid out there: the heights of the rest are guessed, and must not show.
    project = site.make_project("Long")
    desk = open_desk(project, site.make_article(project, LONG_TEXT))
    desk.page.evaluate(_SHOW, row)
    desk.page.locator("#article-body").focus()
    before = _words(desk, in_sight=True)
    assert len(before) > 100
    start = LONG_TEXT.index("governor of", LONG_TEXT.index(f"Row {row:02d}"))
    desk.select(start, start + len("governor of"))
    desk.tag("2", tags=1)
    assert _moved(before, _words(desk, in_sight=True)) == []
    desk.press("4")
    desk.page.locator("mark.counterclaim.is-first").wait_for()
    assert _moved(before, _words(desk, in_sight=True)) == []
    # Gone away from and come back to, the tag stands in the middle of the window.
    desk.page.evaluate("() => scrollTo(0, 0)")
    desk.page.keyboard.press("j")
    desk.page.wait_for_function(
        """() => { const { top } = document.querySelector('mark.is-focused').getBoundingClientRect();
        return top > innerHeight / 4 && top < innerHeight * 3 / 4; }"""
    )


def _place(row: int, words: str) -> tuple[int, int]:
    start = TEXT.index(words, TEXT.index(f"Row {row:02d}"))
    return start, start + len(words)


def _words(desk: Desk, *, in_sight: bool = False) -> list[Any]:
    # What an answer changes is on the screen two frames later.
    desk.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found: list[Any] = desk.page.evaluate(_WORDS, in_sight)
    return found


def _moved(before: list[Any], now: list[Any]) -> list[Any]:
    assert len(now) == len(before)
    return [
        (old, new) for old, new in zip(before, now, strict=True) if abs(new[0] - old[0]) > _ROUNDING or new[1] != old[1]
    ]
