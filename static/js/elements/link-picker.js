// @ts-check
// Choosing the other end of a link: a digit, or a few letters and Enter. Works on the form the server sent.

import { find, findAll } from "../lib/dom.js";
import { PICKER_CLOSED, PICKER_OPENED, send } from "../lib/events.js";

/** Sends `picker:opened` with the ids that carry a digit, and `picker:closed`. */
export class LinkPicker extends HTMLElement {
  connectedCallback() {
    this.press = this.press.bind(this);
    this.load = this.load.bind(this);
    this.addEventListener("keydown", this.press);
    document.addEventListener("htmx:load", this.load);
    /** @type {HTMLButtonElement | null} */
    this.wanted = null;
    this.isReady = false;
    if (this.hidden) return;
    const input = this.input();
    input?.focus({ preventScroll: true });
    // The cards find their places in the next frame.
    requestAnimationFrame(() => requestAnimationFrame(() => this.scrollIntoView({ block: "nearest" })));
    send(
      this,
      PICKER_OPENED,
      this.choices().map((choice) => choice.value),
    );
  }

  disconnectedCallback() {
    this.removeEventListener("keydown", this.press);
    document.removeEventListener("htmx:load", this.load);
  }

  /** Now htmx knows the forms; a choice made before goes out. @param {Event} event */
  load(event) {
    if (!(event.target instanceof Node) || !event.target.contains(this)) return;
    this.isReady = true;
    this.choose(this.wanted ?? null);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.isComposing || this.hidden) return;
    if (this.act(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** Do what the key stands for here; false when it is typing. @param {KeyboardEvent} event @returns {boolean} */
  act(event) {
    if (event.key === "Escape") return this.close();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return this.move(event.key === "ArrowDown" ? 1 : -1);
    if (event.key === "Enter") return this.choose(this.current());
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1] ?? /^[1-9]$/.exec(event.key)?.[0];
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    return digit !== undefined && isPlain && this.input()?.value === "" && this.chooseDigit(digit);
  }

  /** Choose by the digit shown. @param {string} digit */
  chooseDigit(digit) {
    this.choose(this.choices().find((choice) => choice.dataset.digit === digit) ?? null);
    return true;
  }

  close() {
    this.replaceChildren();
    this.hidden = true;
    send(this, PICKER_CLOSED);
    return true;
  }

  /** @param {1 | -1} by */
  move(by) {
    const choices = this.choices();
    const at = choices.findIndex((choice) => choice.ariaSelected === "true");
    const next = choices[Math.min(Math.max(at + by, 0), choices.length - 1)];
    for (const choice of choices) choice.ariaSelected = String(choice === next);
    next?.scrollIntoView({ block: "nearest" });
    if (next) this.input()?.setAttribute("aria-activedescendant", next.id);
    return true;
  }

  /** @param {HTMLButtonElement | null} choice */
  choose(choice) {
    if (this.isReady) choice?.click();
    else this.wanted = choice;
    return true;
  }

  current() {
    return this.choices().find((choice) => choice.ariaSelected === "true") ?? null;
  }

  choices() {
    return findAll(this, "button[name='target']", HTMLButtonElement);
  }

  input() {
    return find(this, "input[type='search']", HTMLInputElement);
  }
}
