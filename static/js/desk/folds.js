// @ts-check
/** Parts of the card that somebody has opened stay open, from one answer and one tag to the next. */
import { findAll } from "../lib/dom.js";

const FOLDS = ".annotation-panel details[data-fold]";

export class Folds {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Set<string>} */
    this.opened = new Set();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.root.addEventListener("toggle", (event) => this.note(event), { signal, capture: true });
  }

  /** Open again what was open before an answer came. */
  restore() {
    for (const fold of findAll(this.root, FOLDS, HTMLDetailsElement)) {
      if (this.opened.has(fold.dataset.fold ?? "")) fold.open = true;
    }
  }

  /** @param {Event} event */
  note(event) {
    const fold = event.target;
    if (!(fold instanceof HTMLDetailsElement) || !fold.matches(FOLDS)) return;
    if (fold.open) this.opened.add(fold.dataset.fold ?? "");
    else this.opened.delete(fold.dataset.fold ?? "");
  }
}
