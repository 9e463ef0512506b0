// @ts-check
// Approving several records at once: a preview, then a few seconds in which nothing has left the page yet.

import { announce, find } from "../lib/dom.js";
import { isSingleKey, keyName } from "../lib/keys.js";

/** Holds the preview of a selection; its form is sent only when the undo window has passed. */
export class ReviewUndo extends HTMLElement {
  connectedCallback() {
    this.hold = this.hold.bind(this);
    this.press = this.press.bind(this);
    this.answer = this.answer.bind(this);
    this.show = this.show.bind(this);
    this.warn = this.warn.bind(this);
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    this.isDue = false;
    // In the capturing phase, so before htmx listens on the form itself.
    this.addEventListener("submit", this.hold, true);
    this.addEventListener("click", this.answer);
    document.addEventListener("keydown", this.press, true);
    document.body.addEventListener("htmx:afterSwap", this.show);
    addEventListener("beforeunload", this.warn);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener("keydown", this.press, true);
    document.body.removeEventListener("htmx:afterSwap", this.show);
    removeEventListener("beforeunload", this.warn);
  }

  get isWaiting() {
    return this.timer !== undefined;
  }

  /** @returns {HTMLFormElement | null} */
  get form() {
    return find(this, "#review-preview form", HTMLFormElement);
  }

  /** A new preview takes the focus. @param {Event} event */
  show(event) {
    const title = find(this, "#preview-title", HTMLElement);
    if (event instanceof CustomEvent && title && event.detail.target?.id === "review-preview") title.focus();
  }

  /** Keep what is to be sent until its time has come. @param {SubmitEvent} event */
  hold(event) {
    if (this.isDue) {
      this.isDue = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.isWaiting) return;
    let left = Number(this.dataset.seconds);
    this.tell(left);
    this.timer = setInterval(() => {
      left -= 1;
      if (left > 0) this.tell(left);
      else this.send();
    }, 1000);
  }

  /** @param {number} seconds */
  tell(seconds) {
    const toast = find(this, ".undo-toast", HTMLElement);
    const [words, left] = [find(this, "[data-words]", HTMLElement), find(this, "[data-left]", HTMLElement)];
    if (words && words.textContent !== this.form?.dataset.told) words.textContent = this.form?.dataset.told ?? "";
    if (left) left.textContent = String(seconds);
    if (toast?.hidden) {
      toast.hidden = false;
      find(this, "#review-preview", HTMLElement)?.setAttribute("hidden", "");
      find(this, "[data-undo]", HTMLButtonElement)?.focus();
    }
  }

  send() {
    const form = this.form;
    this.stop();
    this.isDue = true;
    form?.requestSubmit();
    this.close();
  }

  /** Forget what was to be sent. */
  undo() {
    this.stop();
    this.close();
    announce(this.dataset.cancelled ?? "");
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    find(this, ".undo-toast", HTMLElement)?.setAttribute("hidden", "");
  }

  /** Put the preview away; the focus goes back to the record. */
  close() {
    find(this, "#review-preview", HTMLElement)?.setAttribute("hidden", "");
    document.getElementById("review-record")?.focus();
  }

  /** Do what the buttons say. @param {MouseEvent} event */
  answer(event) {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-undo]")) this.undo();
    if (event.target.closest("[data-cancel]")) {
      event.preventDefault();
      this.close();
    }
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (!isSingleKey(event) || event.repeat) return;
    const preview = find(this, "#review-preview", HTMLElement);
    const isOpen = Boolean(this.form) && preview !== null && !preview.hidden;
    const key = keyName(event);
    const isOurs =
      key === "Escape" && (isOpen || this.isWaiting) ? (this.undo(), true) : this.confirm(key, event, isOpen);
    if (!isOurs) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * Shift+A once more agrees with the preview.
   * @param {string} key
   * @param {KeyboardEvent} event
   * @param {boolean} isOpen
   * @returns {boolean}
   */
  confirm(key, event, isOpen) {
    const button = this.form && find(this.form, "button[type='submit']", HTMLButtonElement);
    if (!isOpen || !event.shiftKey || key !== "a" || !button) return false;
    button.click();
    return true;
  }

  /** @param {BeforeUnloadEvent} event */
  warn(event) {
    if (this.isWaiting) event.preventDefault();
  }
}
