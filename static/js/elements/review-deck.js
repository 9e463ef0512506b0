// @ts-check
// Keyboard run through the review queue: A, C, R and 1 to 7, J, K. Everything it does is a button or link of the page.

import { find, findAll } from "../lib/dom.js";
import { isSingleKey, keyName } from "../lib/keys.js";

/** Wires single keys to the buttons of the decision form and to the neighbours in the queue. */
export class ReviewDeck extends HTMLElement {
  connectedCallback() {
    this.press = this.press.bind(this);
    document.addEventListener("keydown", this.press);
    this.showCurrentRow();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.press);
  }

  /** Scroll the queue, and nothing else, so far that the current row is in sight. */
  showCurrentRow() {
    const row = find(this, ".review-row a[aria-current]", HTMLAnchorElement);
    for (let box = row?.parentElement; row && box && box !== this; box = box.parentElement) {
      const [inner, outer] = [row.getBoundingClientRect(), box.getBoundingClientRect()];
      if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
      if (inner.top < outer.top) box.scrollTop -= outer.top - inner.top;
    }
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (!isSingleKey(event) || event.repeat || event.shiftKey) return;
    if (this.act(keyName(event))) event.preventDefault();
  }

  /**
   * Do what the key stands for; false when it stands for nothing now.
   * @param {string} key
   * @returns {boolean}
   */
  act(key) {
    if (key === "j" || key === "k") return this.step(key === "j" ? 1 : -1);
    if (/^[1-7]$/.test(key)) return this.chooseReason(Number(key));
    return this.pressButton(key);
  }

  /**
   * Open the next or previous record of the queue.
   * @param {1 | -1} by
   * @returns {boolean}
   */
  step(by) {
    const rows = findAll(this, ".review-row a", HTMLAnchorElement);
    const next = rows[rows.findIndex((row) => row.hasAttribute("aria-current")) + by];
    next?.click();
    return next !== undefined;
  }

  /**
   * Choose a reason by its number.
   * @param {number} number
   * @returns {boolean}
   */
  chooseReason(number) {
    const reason = findAll(this, 'input[name="reason"]', HTMLInputElement)[number - 1];
    if (!reason || reason.disabled) return false;
    reason.checked = true;
    reason.focus();
    return true;
  }

  /**
   * Press the button that names this key; a verdict without its reason goes to the reasons first.
   * @param {string} key
   * @returns {boolean}
   */
  pressButton(key) {
    const button = findAll(this, "button[aria-keyshortcuts]", HTMLButtonElement).find(
      (found) => found.getAttribute("aria-keyshortcuts")?.toLowerCase() === key,
    );
    if (!button || button.disabled) return false;
    const hasReason = find(this, 'input[name="reason"]:checked', HTMLInputElement) !== null;
    if (button.dataset.needs === "reason" && !hasReason) {
      find(this, 'input[name="reason"]', HTMLInputElement)?.focus();
    } else {
      button.click();
    }
    return true;
  }
}
