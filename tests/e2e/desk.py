"""The workbench as a person at the screen uses it: selecting by code points, pressing keys, waiting until saved."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

# A point of the text by its code point: [node, UTF-16 index]. `ahead` takes the node that begins there.
_POINT = """
const point = (offset, ahead) => {
  const block = [...document.querySelectorAll('[data-s]')].filter((b) => Number(b.dataset.s) <= offset).pop();
  let left = offset - Number(block.dataset.s);
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let last = null;
  while (walker.nextNode()) {
    last = walker.currentNode;
    const points = [...last.data];
    const isHere = left < points.length || (left === points.length && !ahead);
    if (isHere) return [last, points.slice(0, left).join('').length];
    left -= points.length;
  }
  return [last, last.length];
};
"""
_SELECT = f"""([start, end]) => {{ {_POINT}
  getSelection().setBaseAndExtent(...point(start, true), ...point(end, false));
  document.querySelector('[data-s]').dispatchEvent(new PointerEvent('pointerup', {{bubbles: true}}));
}}"""
# Where to press and release: inside the first and last character, near their outer sides.
_EDGES = f"""([start, end]) => {{ {_POINT}
  const segmenter = new Intl.Segmenter(undefined, {{granularity: 'grapheme'}});
  const place = (from, to, part) => {{
    const range = document.createRange();
    range.setStart(...point(from, true));
    range.setEnd(...point(to, false));
    const rect = [...range.getClientRects()].find((r) => r.width > 0);
    const drawn = range.toString();
    const isNeutral = !/[\\p{{L}}\\p{{N}}]/u.test(drawn);
    const around = getComputedStyle(range.startContainer.parentElement).direction;
    const isRtl = /[\\p{{Script=Arabic}}\\p{{Script=Hebrew}}]/u.test(drawn) || (isNeutral && around === 'rtl');
    return [rect.left + rect.width * (isRtl ? 1 - part : part), rect.top + rect.height / 2];
  }};
  const range = document.createRange();
  range.setStart(...point(start, true));
  range.setEnd(...point(end, false));
  const clusters = [...segmenter.segment(range.toString())].map((c) => [...c.segment].length);
  return [place(start, start + clusters[0], 0.1), place(end - clusters.at(-1), end, 0.9)];
}}"""
_MIDDLE = f"""([start, end]) => {{ {_POINT}
  const range = document.createRange();
  range.setStart(...point(start, true));
  range.setEnd(...point(end, false));
  const rect = [...range.getClientRects()].find((r) => r.width > 0);
  return [rect.left + rect.width / 2, rect.top + rect.height / 2];
}}"""
_SAVED = """(count) => document.querySelector('[data-save-state]').dataset.saveState === 'saved' &&
  new Set([...document.querySelectorAll('mark[data-a]')].map((mark) => mark.dataset.a)).size === count"""
_TEXT = "() => getSelection().toString()"
# What each mark of the page holds, by annotation: kind and the code points of its pieces.
_MARKS = """() => {
  const found = {};
  for (const block of document.querySelectorAll('[data-s]')) {
    for (const mark of block.querySelectorAll('mark')) {
      const before = document.createRange();
      before.setStart(block, 0);
      before.setEndBefore(mark);
      const start = Number(block.dataset.s) + [...before.toString()].length;
      (found[mark.dataset.a] ??= {kind: mark.classList[0], pieces: []}).pieces.push(
        [start, start + [...mark.textContent].length]);
    }
  }
  return Object.values(found);
}"""
# Nothing is on its way, and nothing is being put in.
SETTLED = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
_LINES = "() => [...document.querySelectorAll('[data-s]')].map((block) => block.getBoundingClientRect().top + scrollY)"


@dataclass(slots=True)
class Desk:
    """One page of the workbench."""

    page: Page

    def select(self, start: int, end: int) -> None:
        """Select a stretch through the Selection API, as a screen reader or a script would."""
        self.page.evaluate(_SELECT, [start, end])

    def drag(self, start: int, end: int) -> str:
        """Select a stretch with the mouse; give what the browser selected."""
        self.page.evaluate("() => getSelection().removeAllRanges()")
        first, last = self.page.evaluate(_EDGES, [start, end])
        mouse = self.page.mouse
        mouse.move(*first)
        mouse.down()
        mouse.move((first[0] + last[0]) / 2, (first[1] + last[1]) / 2)
        mouse.move(*last)
        mouse.up()
        text: str = self.page.evaluate(_TEXT)
        return text

    def middle(self, start: int, end: int) -> tuple[float, float]:
        """Give the point of the window in the middle of a stretch."""
        x, y = self.page.evaluate(_MIDDLE, [start, end])
        return x, y

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)

    def tag(self, key: str, *, tags: int) -> None:
        """Press a kind's key and wait until the page holds so many saved tags."""
        self.press(key)
        self.wait_saved(tags)

    def wait_saved(self, tags: int) -> None:
        """Wait until the page holds so many saved tags."""
        self.page.wait_for_function(_SAVED, arg=tags)

    def link(self, key: str, digit: str) -> None:
        """Link the tag in focus to the candidate with a digit, and wait until the panel shows it."""
        links = self.page.locator(".link-chip").count()
        self.press(key)
        self.press(digit)
        self.page.locator(".link-chip").nth(links).wait_for()
        self.page.locator("[data-save-state='saved']").wait_for()

    def change_note_elsewhere(self, note: str) -> None:
        """Write a note on the tag in focus in another tab, so that this page shows an older version of it."""
        focus = self.page.locator("article-reader").get_attribute("data-focus")
        other = self.page.context.new_page()
        other.goto(f"{self.page.url.split('?')[0]}?focus={focus}")
        other.keyboard.press("n")
        other.locator("#annotation-note").fill(note)
        other.locator(".note-form button").click()
        other.locator(".note-form[open]").wait_for()
        other.locator("#annotation-toast:not([hidden])").wait_for()
        other.close()

    def marks(self) -> list[dict[str, Any]]:
        """Give kind and code points of every tag of the page."""
        found: list[dict[str, Any]] = self.page.evaluate(_MARKS)
        return found

    def lines(self) -> list[float]:
        """Give where each block of the text stands, in CSS pixels."""
        tops: list[float] = self.page.evaluate(_LINES)
        return tops
