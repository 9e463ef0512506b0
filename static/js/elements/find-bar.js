// @ts-check
// Finds words in the article: all places are drawn, Enter goes from one to the next. Opened by `data-open`.

import { find } from "../lib/dom.js";
import { drawHighlight } from "../text/highlights.js";
import { placeFrom, placesIn } from "../text/search.js";
import { blocksOf, placeOf, rangesOf, startOf } from "../text/selection.js";

/** @import { Segment } from "../types.js" */

/** Attributes: `data-text` is the id of the text. Escape leaves the caret at the place that was found. */
export class FindBar extends HTMLElement {
  static observedAttributes = ["data-open"];

  connectedCallback() {
    /** @type {Segment[]} */
    this.places = [];
    this.at = -1;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.addEventListener("input", () => this.search(), { signal });
    this.addEventListener("keydown", (event) => this.press(event), { signal });
    this.addEventListener("click", (event) => this.step(event), { signal });
  }

  disconnectedCallback() {
    this.stop?.abort();
    this.draw([], -1);
  }

  attributeChangedCallback() {
    this.hidden = !this.hasAttribute("data-open");
    if (!this.hidden) find(this, "input", HTMLInputElement)?.select();
  }

  search() {
    const text = this.text();
    const sought = find(this, "input", HTMLInputElement)?.value ?? "";
    this.places = text ? blocksOf(text).flatMap((block) => placesIn(block.textContent, sought, startOf(block))) : [];
    this.go(placeFrom(this.places, 0));
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.isComposing) return;
    if (event.key === "Enter") this.move(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Event} event */
  step(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.value === "close") this.close();
    else if (button) this.move(button.value === "back" ? -1 : 1);
  }

  /** @param {1 | -1} by */
  move(by) {
    const count = this.places?.length ?? 0;
    if (count > 0) this.go(((this.at ?? 0) + by + count) % count);
  }

  /** @param {number} at */
  go(at) {
    /** @type {Segment[]} */
    const places = this.places ?? [];
    this.at = at;
    this.draw(places, at);
    const count = find(this, "output", HTMLOutputElement);
    if (count) count.textContent = `${at + 1} / ${places.length}`;
    const text = this.text();
    const rect = at >= 0 && text ? rangesOf(text, places[at])[0]?.getBoundingClientRect() : null;
    if (rect) window.scrollBy(0, rect.top - window.innerHeight / 2);
  }

  close() {
    const text = this.text();
    const found = this.places?.[this.at ?? -1];
    this.removeAttribute("data-open");
    this.draw([], -1);
    text?.focus({ preventScroll: true });
    const place = found && text ? placeOf(text, found.start) : null;
    if (place) document.getSelection()?.collapse(...place);
  }

  /** @param {Segment[]} places @param {number} at */
  draw(places, at) {
    const text = this.text();
    if (!text) return;
    drawHighlight(
      "find",
      places.flatMap((place) => rangesOf(text, place)),
    );
    drawHighlight("found", at >= 0 ? rangesOf(text, places[at]) : []);
  }

  text() {
    return document.getElementById(this.dataset.text ?? "");
  }
}
