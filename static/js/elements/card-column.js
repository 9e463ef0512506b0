// @ts-check
// The cards beside the text: each on the line of its tag, the panel of the focused tag exactly there.
// Only cards of blocks near the window are shown and placed, so that a long article costs no more than a short one.

import { findAll } from "../lib/dom.js";
import { placeCards } from "../text/cards.js";
import { blocksNear } from "../text/near.js";
import { firstMarkOf, rectOf } from "../text/tags.js";

/** @typedef {{element: HTMLElement, line: number, height: number}} Item */

const ABOVE_LINE_PX = 6;
const AHEAD_PX = 200;

/** Attributes: `data-text` is the id of the text, `data-focus` the tag in focus, `data-revision` counts changes. */
export class CardColumn extends HTMLElement {
  static observedAttributes = ["data-focus", "data-revision"];
  /** @type {HTMLElement[]} the groups of cards that are shown */
  near = [];

  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.observer = new ResizeObserver(() => this.ask());
    const text = this.text();
    if (text) this.observer.observe(text);
    this.watchPanel();
    window.addEventListener("scroll", () => this.isCovered() || this.ask(), { signal, passive: true });
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
    this.ask();
  }

  /** Place the cards before the next frame is drawn. */
  ask() {
    cancelAnimationFrame(this.frame ?? 0);
    this.frame = requestAnimationFrame(() => this.place());
  }

  /** Show what is near, then read all places, then write those that changed. */
  place() {
    const text = this.text();
    if (!text) return;
    const blocks = blocksNear(text);
    this.cover(blocks);
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
      put(element, "translate", `0px ${Math.round(tops[index])}px`);
      bottom = Math.max(bottom, tops[index] + height);
    });
    put(this, "min-block-size", `${Math.ceil(bottom)}px`);
  }

  /** Note which part of the page has its cards. @param {HTMLElement[]} blocks */
  cover(blocks) {
    const top = blocks[0]?.getBoundingClientRect().top ?? 0;
    const bottom = blocks.at(-1)?.getBoundingClientRect().bottom ?? 0;
    this.covered = { top: top + window.scrollY, bottom: bottom + window.scrollY };
  }

  /** Whether all that is in the window has its cards, or is the beginning or end of the text. */
  isCovered() {
    const text = this.text()?.getBoundingClientRect();
    if (!this.covered || !text) return false;
    const top = Math.max(window.scrollY - AHEAD_PX, text.top + window.scrollY);
    const bottom = Math.min(window.scrollY + window.innerHeight + AHEAD_PX, text.bottom + window.scrollY);
    return this.covered.top <= top && this.covered.bottom >= bottom;
  }

  /** @param {HTMLElement[]} blocks */
  showGroups(blocks) {
    const groups = blocks.map((block) => document.getElementById(`annotation-cards-${block.dataset.s}`));
    const near = groups.filter((group) => group !== null);
    for (const group of this.near) if (!near.includes(group)) group.classList.remove("is-near");
    for (const group of near) group.classList.add("is-near");
    this.near = near;
  }

  /**
   * The cards that are near, those of unsent tags, and the panel; it stands in for the card of its tag.
   * @param {HTMLElement} text @param {HTMLElement[]} blocks @param {HTMLElement | null} open @returns {Item[]}
   */
  items(text, blocks, open) {
    const cards = this.near.flatMap((group) => findAll(group, ".annotation-card", HTMLElement));
    for (const card of cards) this.showCurrent(card, open !== null && card.dataset.a === open.dataset.a);
    const top = this.getBoundingClientRect().top + ABOVE_LINE_PX;
    const marks = new Map(
      blocks.flatMap((block) => findAll(block, "mark.is-first", HTMLElement)).map((mark) => [mark.dataset.a, mark]),
    );
    const shown = cards.filter((card) => !card.classList.contains("is-focused"));
    const placed = shown.map((element) => ({ element, rect: marks.get(element.dataset.a)?.getClientRects()[0] }));
    const list = document.getElementById("annotation-unsent");
    const unsent = (list ? findAll(list, ".unsent", HTMLElement) : []).map((element) => {
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
    return firstMarkOf(text, panel.dataset.a ?? "")?.getClientRects()[0];
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

/**
 * Write a style, but only a new one: each write makes the browser look at the element again. The place is written as
 * itself, because a custom property would be handed down to all that is in the card.
 * @param {HTMLElement} element @param {string} name @param {string} value
 */
function put(element, name, value) {
  if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
}
