// @ts-check
// The line that says whether everything is saved. Its words come from the server.

import { SAVE_CHANGED } from "../lib/events.js";
import { PATIENCE_MS } from "../lib/queue.js";

/** @import { Saving } from "../types.js" */

/** Follows `save:changed`, whose detail is a Saving; "saving" is said only when it takes a while. */
export class SaveState extends HTMLElement {
  connectedCallback() {
    this.show = this.show.bind(this);
    document.addEventListener(SAVE_CHANGED, this.show);
  }

  disconnectedCallback() {
    document.removeEventListener(SAVE_CHANGED, this.show);
    clearTimeout(this.timer);
  }

  /** @param {Event} event */
  show(event) {
    const saving = /** @type {CustomEvent<Saving>} */ (event).detail;
    this.dataset.saveState = saving.state;
    const isBad = !["saved", "saving", "held"].includes(saving.state);
    this.classList.toggle("bad", isBad);
    clearTimeout(this.timer);
    if (saving.state === "saving") this.timer = setTimeout(() => this.say(saving), PATIENCE_MS);
    else this.say(saving);
  }

  /** @param {Saving} saving */
  say({ state, count }) {
    this.classList.toggle("busy", state === "saving" || state === "held");
    const words = (this.dataset[toCamel(state)] ?? "").replace("%n", String(count));
    if (this.textContent !== words) this.textContent = words;
  }
}

/** @param {string} name */
function toCamel(name) {
  return name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}
