"""The workbench in a browser: an article of 200,000 characters with 3,000 spans, and one that is a single paragraph.

Run: `python -m bench.workbench`. Prints the figures beside their goals; 1 when a goal is missed.
"""

import json
import os
import sys
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.__main__ import machine
from bench.client import Client
from bench.figures import Figure, at_most, plain, table
from bench.material import text_of
from bench.site import BARE, BenchSite, await_ready, free_port
from tests.browser import find_browser

LENGTH, SPANS, TAGS = 200_000, 3_000, 40
# Notes for each tag: key pressed, next frame drawn, answer in the page. Milliseconds of the page's clock.
_WATCH = """() => {
  window.noted = [];
  let last = null;
  document.addEventListener('keydown', (event) => {
    last = {pressed: event.timeStamp};
    window.noted.push(last);
    const mine = last;
    requestAnimationFrame(() => { const channel = new MessageChannel();
      channel.port1.onmessage = () => { mine.drawn = performance.now(); }; channel.port2.postMessage(0); });
  }, true);
  document.addEventListener('htmx:afterRequest', (event) => {
    if (event.target.classList.contains('outbox') && last) last.saved = performance.now();
  });
}"""
_SELECT = """(nth) => {
  const blocks = [...document.querySelectorAll('[data-s]')].filter((block) => block.textContent.length > 60);
  const block = blocks[nth % blocks.length];
  block.scrollIntoView({block: 'center'});
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let node = walker.nextNode();
  while (node && node.data.trim().split(' ').length < 3) node = walker.nextNode();
  const at = 1 + (nth * 7) % 5;
  document.querySelector('.article-body').focus({preventScroll: true});
  getSelection().setBaseAndExtent(node, 0, node, Math.min(node.length, 6 + at));
}"""
_OPENED = """() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve({
  painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  marks: document.querySelectorAll('mark.is-first').length, drawn: performance.now()}), 0)))"""
_SCROLL = """() => new Promise((resolve) => {
  scrollTo(0, 0);
  const frames = []; let before = performance.now();
  const step = (now) => { frames.push(now - before); before = now; scrollBy(0, 120);
    if (frames.length < 240) requestAnimationFrame(step); else resolve(frames.slice(2)); };
  requestAnimationFrame(step);
})"""
_CARDS = """() => { const column = document.querySelector('card-column'); const times = [];
  for (let round = 0; round < 30; round += 1) { const start = performance.now(); column.place();
    times.push(performance.now() - start); } return times; }"""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where to measure."""

    browser: Browser
    base: str
    link: str


def main() -> int:
    """Measure both articles."""
    with BenchSite() as site, sync_playwright() as playwright:
        site.must_manage("migrate", "--verbosity", "0")
        sizes = ("bench_prepare", "--sizes", f"{SPANS},400", "--length", str(LENGTH))
        made = json.loads(site.must_manage(*sizes, settings=BARE).splitlines()[-1])
        port = free_port()
        await_ready(port, site.serve(port, "--no-demo"))
        whole = _single_paragraph(port, made)
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=find_browser(), args=sandbox)
        ground = Ground(browser, f"http://127.0.0.1:{port}", made["link"])
        paths = [f"/p/{made['slug']}/articles/{pk}/" for pk in (made["articles"][0], whole, made["articles"][1])]
        figures = _measure(ground, "3,000 spans", paths[0], has_all=True)
        figures += _measure(ground, "one paragraph", paths[1], has_all=False)
        figures += _cards(ground, paths[2])
        browser.close()
    print(table(figures))
    print(f"\n{machine()}")
    return int(any(figure.is_met is False for figure in figures))


def _single_paragraph(port: int, made: dict[str, Any]) -> str:
    text = text_of(9_999, LENGTH).replace("\n\n", " ")
    with Client(port, Authorization=f"Bearer {made['token']}") as client:
        project = next(p for p in client.get("/api/v1/projects/").json()["results"] if p["slug"] == made["slug"])
        article = {"project": project["id"], "title": "One paragraph", "text": text, "language": "en"}
        pk: str = client.post("/api/v1/articles/", article).json()["id"]
    return pk


def _open(ground: Ground, path: str) -> tuple[Page, dict[str, float]]:
    context = ground.browser.new_context(base_url=ground.base, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(ground.link)
    page.goto(path)
    page.goto(path)
    opened: dict[str, float] = page.evaluate(_OPENED)
    return page, opened


def _measure(ground: Ground, area: str, path: str, *, has_all: bool) -> list[Figure]:
    page, opened = _open(ground, path)
    page.evaluate(_WATCH)
    for nth in range(TAGS):
        page.evaluate(_SELECT, nth * 3)
        page.wait_for_timeout(60)
        page.keyboard.press("3")
        page.wait_for_function("(count) => window.noted.filter((one) => one.saved).length >= count", arg=nth + 1)
    noted = page.evaluate("() => window.noted.filter((one) => one.saved)")
    frames = page.evaluate(_SCROLL)
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = page.evaluate("() => performance.memory.usedJSHeapSize") / 1024 / 1024
    page.context.close()
    late = 100 * sum(frame > 34 for frame in frames) / len(frames)
    found = [
        at_most(area, "first contentful paint", opened["painted"], "ms", 800),
        at_most(area, "first reaction, p95", _p95([one["drawn"] - one["pressed"] for one in noted]), "ms", 16),
        at_most(area, "saved span in the page, p95", _p95([one["saved"] - one["pressed"] for one in noted]), "ms", 50),
        at_most(area, "frames over 34 ms while scrolling", late, "%", 1),
        at_most(area, "heap", heap, "MiB", 60),
    ]
    if has_all:
        found.append(at_most(area, "all spans drawn", opened["drawn"], "ms", 1_500))
        found.append(plain(area, "spans in the page", opened["marks"], ""))
    return found


def _cards(ground: Ground, path: str) -> list[Figure]:
    page, _opened = _open(ground, path)
    times = page.evaluate(_CARDS)
    cards = page.locator(".annotation-card").count()
    page.context.close()
    return [plain("cards", "in the article", cards, ""), at_most("cards", "placed, p95", _p95(times), "ms", 4)]


def _p95(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


if __name__ == "__main__":
    sys.exit(main())
