// @ts-check
// The cards beside the text: each on the line of its tag, the panel of the focused tag exactly there.
// Only cards of blocks near the window are drawn and placed, so that a long article costs no more than a short one;
// the others can be read and pressed by who listens to the page, but are no stops of the Tab key.

import { findAll } from "../lib/dom.js";
import { placeCards } from "../text/cards.js";
import { blocksNear } from "../text/near.js";
import { rectOf } from "../text/tags.js";

/** @typedef {{element: HTMLElement, line: number, height: number}} Item */

const ABOVE_LINE_PX = 6;

/** Attributes: `data-text` is the id of the text, `data-focus` the tag in focus, `data-revision` counts changes. */
export class CardColumn extends HTMLElement {
  static observedAttributes = ["data-focus", "data-revision"];

  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.observer = new ResizeObserver(() => this.ask());
    const text = this.text();
    if (text) this.observer.observe(text);
    this.watchPanel();
    this.skipFar();
    window.addEventListener("scroll", () => this.ask(), { signal, passive: true });
    window.addEventListener("resize", () => this.ask(), { signal, passive: true });
    this.ask();
    document.fonts?.ready.then(() => this.ask());
  }

  disconnectedCallback() {
    this.stop?.abort();
    this.observer?.disconnect();
    cancelAnimationFrame(this.frame ?? 0);
  }

  attributeChangedCallback() {
    if (!this.isConnected || !this.observer) return;
    this.watchPanel();
    this.skipFar();
    this.ask();
  }

  /** Place the cards before the next frame is drawn. */
  ask() {
    cancelAnimationFrame(this.frame ?? 0);
    this.frame = requestAnimationFrame(() => this.place());
  }

  /** Show what is near, then read all places, then write them. */
  place() {
    const text = this.text();
    if (!text) return;
    const blocks = blocksNear(text);
    this.showGroups(blocks);
    const open = this.openPanel();
    const items = this.items(text, blocks, open);
    items.sort((one, other) => one.line - other.line);
    const tops = placeCards(
      items,
      items.findIndex(({ element }) => element === open),
    );
    let bottom = 0;
    items.forEach(({ element, height }, index) => {
      element.style.setProperty("--top", `${Math.round(tops[index])}px`);
      bottom = Math.max(bottom, tops[index] + height);
    });
    this.style.minBlockSize = `${Math.ceil(bottom)}px`;
  }

  /** @param {HTMLElement[]} blocks */
  showGroups(blocks) {
    const near = new Set(blocks.map((block) => document.getElementById(`annotation-cards-${block.dataset.s}`)));
    for (const group of findAll(this, ".card-group.is-near", HTMLElement)) {
      if (near.has(group)) continue;
      group.classList.remove("is-near");
      for (const link of findAll(group, "a", HTMLElement)) link.tabIndex = -1;
    }
    for (const group of near) {
      if (!group || group.classList.contains("is-near")) continue;
      group.classList.add("is-near");
      for (const link of findAll(group, "a", HTMLElement)) link.removeAttribute("tabindex");
    }
  }

  /** Leave the cards that are not near out of the order of the Tab key. */
  skipFar() {
    for (const link of findAll(this, ".card-group:not(.is-near) a:not([tabindex])", HTMLElement)) link.tabIndex = -1;
  }

  /**
   * The cards that are near, those of unsent tags, and the panel; it stands in for the card of its tag.
   * @param {HTMLElement} text @param {HTMLElement[]} blocks @param {HTMLElement | null} open @returns {Item[]}
   */
  items(text, blocks, open) {
    const top = this.getBoundingClientRect().top + ABOVE_LINE_PX;
    const marks = new Map(
      blocks.flatMap((block) => findAll(block, "mark.is-first", HTMLElement)).map((mark) => [mark.dataset.a, mark]),
    );
    const cards = findAll(this, ".is-near .annotation-card", HTMLElement);
    for (const card of cards) this.showCurrent(card, open !== null && card.dataset.a === open.dataset.a);
    const shown = cards.filter((card) => !card.classList.contains("is-focused"));
    const placed = shown.map((element) => ({ element, rect: marks.get(element.dataset.a)?.getClientRects()[0] }));
    const unsent = findAll(this, ".annotation-card.unsent", HTMLElement).map((element) => {
      const start = Number(element.dataset.start);
      return { element, rect: rectOf(text, { start, end: start + 1 }) };
    });
    const all = [...placed, ...unsent];
    if (open) all.push({ element: open, rect: this.lineOf(text, open) });
    return all.map(({ element, rect }) => ({
      element,
      line: (rect?.top ?? top) - top,
      height: element.offsetHeight,
    }));
  }

  /** @param {HTMLElement} card @param {boolean} isCurrent */
  showCurrent(card, isCurrent) {
    if (card.classList.contains("is-focused") === isCurrent) return;
    card.classList.toggle("is-focused", isCurrent);
    card.toggleAttribute("aria-current", isCurrent);
  }

  /** @param {HTMLElement} text @param {HTMLElement} panel @returns {DOMRect | undefined} */
  lineOf(text, panel) {
    const mark = text.querySelector(`mark.is-first[data-a="${panel.dataset.a}"]`);
    return mark?.getClientRects()[0];
  }

  watchPanel() {
    /** @type {Element | null} */
    const panel = this.querySelector(".annotation-panel");
    if (!panel || panel === this.watched) return;
    if (this.watched) this.observer?.unobserve(this.watched);
    /** @type {Element | undefined} */
    this.watched = panel;
    this.observer?.observe(panel);
  }

  openPanel() {
    const panel = /** @type {HTMLElement | null} */ (this.querySelector(".annotation-panel"));
    return panel && !panel.hidden ? panel : null;
  }

  text() {
    return document.getElementById(this.dataset.text ?? "");
  }
}
