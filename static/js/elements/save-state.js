// @ts-check
// The line that says whether everything is saved. Its words come from the server.

import { SAVE_CHANGED } from "../lib/events.js";

const PATIENCE_MS = 400;

/** Follows `save:changed`, whose detail is a SaveState; "saving" is said only when it takes a while. */
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
    const state = /** @type {CustomEvent<import("../types.js").SaveState>} */ (event).detail;
    this.dataset.saveState = state;
    this.classList.toggle("bad", state === "failed" || state === "offline");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(state), state === "saving" ? PATIENCE_MS : 0);
  }

  /** @param {import("../types.js").SaveState} state */
  say(state) {
    this.classList.toggle("busy", state === "saving");
    this.textContent = this.dataset[state] ?? "";
  }
}
