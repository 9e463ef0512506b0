// @ts-check
// Keyboard run through the inbox: J and K go from record to record; A, S, E, D press what the record in focus offers.

import { find, findAll } from "../lib/dom.js";
import { isSingleKey, keyName } from "../lib/keys.js";

/** Wires single keys to the forms of the record in focus. */
export class ReviewInbox extends HTMLElement {
  connectedCallback() {
    this.press = this.press.bind(this);
    document.addEventListener("keydown", this.press);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.press);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const isSending = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && !event.repeat;
    if (isSending) {
      const form = event.target instanceof Element ? event.target.closest("details form") : null;
      if (form instanceof HTMLFormElement && this.contains(form)) form.requestSubmit();
      return;
    }
    if (!isSingleKey(event) || event.repeat || event.shiftKey) return;
    const key = keyName(event);
    const isDone = key === "j" || key === "k" ? this.step(key === "j" ? 1 : -1) : this.act(key);
    if (isDone) event.preventDefault();
  }

  /** @returns {HTMLLIElement | null} the record in focus, else the first */
  get current() {
    const items = findAll(this, ".inbox-item", HTMLLIElement);
    return items.find((item) => item.contains(document.activeElement)) ?? items[0] ?? null;
  }

  /**
   * Go to the next or previous record.
   * @param {1 | -1} by
   * @returns {boolean}
   */
  step(by) {
    const items = findAll(this, ".inbox-item", HTMLLIElement);
    const now = items.findIndex((item) => item.contains(document.activeElement));
    const next = items[now + by] ?? items[Math.max(now, 0)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return next !== undefined;
  }

  /**
   * Press what names this key in the record in focus.
   * @param {string} key
   * @returns {boolean}
   */
  act(key) {
    const item = this.current;
    const named = item && find(item, `[aria-keyshortcuts="${CSS.escape(key.toUpperCase())}"]`, HTMLElement);
    named?.click();
    if (item && named?.localName === "summary") find(item, "details textarea", HTMLTextAreaElement)?.focus();
    return named !== null;
  }
}
