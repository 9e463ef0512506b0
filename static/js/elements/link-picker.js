// @ts-check
// Choosing the other end of a link: a digit, or a few letters and Enter. Works on the form the server sent.

import { find, findAll } from "../lib/dom.js";
import { PICKER_CLOSED, PICKER_OPENED, send } from "../lib/events.js";

/** Sends `picker:opened` with the ids that carry a digit, and `picker:closed`. */
export class LinkPicker extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.addEventListener("keydown", (event) => this.press(event), { signal });
    this.addEventListener("click", (event) => this.answer(event), { signal });
    document.addEventListener("htmx:load", (event) => this.load(event), { signal });
    /** @type {HTMLButtonElement | null} */
    this.wanted = null;
    this.isReady = false;
    if (this.hidden) return;
    if (this.tell()) this.show();
  }

  /** Take the keys and come into view. */
  show() {
    this.input()?.focus({ preventScroll: true });
    // The cards find their places in the next frame.
    requestAnimationFrame(() => requestAnimationFrame(() => this.scrollIntoView({ block: "nearest" })));
  }

  disconnectedCallback() {
    this.stop?.abort();
  }

  /** Say which tags carry a digit now; false when nobody waits for the list any more. */
  tell() {
    const ids = this.choices().map((choice) => choice.value);
    return send(this, PICKER_OPENED, ids);
  }

  /** Now htmx knows the forms: a choice made before goes out; new choices and a preview are shown. @param {Event} event */
  load(event) {
    const loaded = event.target;
    if (!(loaded instanceof Element)) return;
    if (loaded.id === "link-preview" && this.contains(loaded)) {
      loaded.scrollIntoView({ block: "nearest" });
      return find(loaded, "button", HTMLButtonElement)?.focus({ preventScroll: true });
    }
    if (loaded.id === "link-choices" && this.contains(loaded)) return this.tell();
    if (!loaded.contains(this)) return;
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
    if (event.target !== this.input()) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return this.move(event.key === "ArrowDown" ? 1 : -1);
    if (event.key === "Enter") return this.choose(this.current());
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isPlain || this.input()?.value !== "") return false;
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1] ?? /^[1-9]$/.exec(event.key)?.[0];
    if (event.key === "/") return this.lookElsewhere();
    if (digit === undefined || event.shiftKey) return false;
    this.chooseDigit(digit);
    return true;
  }

  /** Choose by the digit shown; false when that does not link yet. @param {string} digit @returns {boolean} */
  chooseDigit(digit) {
    const choice = this.choices().find((one) => one.dataset.digit === digit) ?? null;
    this.choose(choice);
    return choice !== null && !choice.dataset.preview;
  }

  /** The choice that is one of some tags, the first of them first. @param {string[]} ids @returns {HTMLButtonElement | null} */
  choiceAmong(ids) {
    const choices = this.choices();
    const id = ids.find((one) => choices.some((choice) => choice.value === one));
    return choices.find((choice) => choice.value === id) ?? null;
  }

  /** Show what other articles hold, where such links may leave the article. */
  lookElsewhere() {
    find(this, "[name='everywhere']", HTMLInputElement)?.click();
    return true;
  }

  /** A click leaves, or shows the passage of another article first. @param {Event} event */
  answer(event) {
    const target = event.target instanceof Element ? event.target : null;
    const choice = target?.closest("[data-preview]");
    if (target?.closest("[value='leave']")) this.close();
    if (!(choice instanceof HTMLButtonElement)) return;
    event.preventDefault();
    this.choose(choice);
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

  /** Link to it; a passage of another article is shown first. @param {HTMLButtonElement | null} choice */
  choose(choice) {
    if (!this.isReady) this.wanted = choice;
    else if (choice?.dataset.preview) this.previewOf(choice)?.click();
    else choice?.click();
    return true;
  }

  /** @param {HTMLButtonElement} choice */
  previewOf(choice) {
    const links = findAll(this, "#link-previews a", HTMLAnchorElement);
    return links.find((link) => link.getAttribute("href") === choice.dataset.preview);
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
