// @ts-check
// The cards beside the text: each on the line of its tag, the panel of the focused tag exactly there.

import { findAll } from "../lib/dom.js";
import { placeCards } from "../text/cards.js";

/** Attributes: `data-text` is the id of the text, `data-focus` the tag in focus, `data-revision` counts changes. */
export class CardColumn extends HTMLElement {
  static observedAttributes = ["data-focus", "data-revision"];

  connectedCallback() {
    this.place = this.place.bind(this);
    this.observer = new ResizeObserver(() => this.ask());
    const text = this.text();
    if (text) this.observer.observe(text);
    const panel = this.panel();
    if (panel) this.observer.observe(panel);
    this.ask();
    document.fonts?.ready.then(() => this.ask());
  }

  disconnectedCallback() {
    this.observer?.disconnect();
    cancelAnimationFrame(this.frame ?? 0);
  }

  attributeChangedCallback() {
    if (!this.isConnected) return;
    const panel = this.panel();
    if (panel) this.observer?.observe(panel);
    this.ask();
  }

  /** Place the cards before the next frame is drawn. */
  ask() {
    cancelAnimationFrame(this.frame ?? 0);
    this.frame = requestAnimationFrame(this.place);
  }

  /** Read all places first, then write them. */
  place() {
    const text = this.text();
    if (!text) return;
    const marks = new Map(findAll(text, "mark.is-first", HTMLElement).map((mark) => [mark.dataset.a, mark]));
    const panel = this.panel();
    const open = panel && !panel.hidden ? panel : null;
    const top = this.getBoundingClientRect().top;
    const items = this.items(open).map((element) => {
      const mark = marks.get(element.dataset.a);
      const line = (mark?.getClientRects()[0]?.top ?? top) - top - 6;
      return { element, line, height: element.offsetHeight };
    });
    items.sort((one, other) => one.line - other.line);
    const focus = items.findIndex(({ element }) => element === open);
    const tops = placeCards(items, focus);
    let bottom = 0;
    items.forEach(({ element, height }, index) => {
      element.style.setProperty("--top", `${Math.round(tops[index])}px`);
      bottom = Math.max(bottom, tops[index] + height);
    });
    this.style.minBlockSize = `${Math.ceil(bottom)}px`;
  }

  /** The cards that show; the panel stands in for the card of its tag. @param {HTMLElement | null} open */
  items(open) {
    const cards = findAll(this, ".annotation-card", HTMLElement);
    for (const card of cards) {
      const isFocused = open !== null && card.dataset.a === open.dataset.a;
      card.classList.toggle("is-focused", isFocused);
      card.toggleAttribute("aria-current", isFocused);
    }
    const shown = cards.filter((card) => !card.classList.contains("is-focused"));
    return open ? [...shown, open] : shown;
  }

  text() {
    return document.getElementById(this.dataset.text ?? "");
  }

  panel() {
    return /** @type {HTMLElement | null} */ (this.querySelector(".annotation-panel"));
  }
}
