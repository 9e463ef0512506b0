// @ts-check
// Keyboard run through the review queue: A, C, R, 1 to 7, J, K, X, Shift+A. Each is a button or link of the page.

import { find, findAll } from "../lib/dom.js";
import { isSingleKey, keyName } from "../lib/keys.js";

/** Wires single keys to the buttons of the decision form, to the rows of the queue and to its selection. */
export class ReviewDeck extends HTMLElement {
  connectedCallback() {
    this.press = this.press.bind(this);
    this.countSelected = this.countSelected.bind(this);
    this.ask = this.ask.bind(this);
    this.answer = this.answer.bind(this);
    this.markCurrentRow = this.markCurrentRow.bind(this);
    /** The verdict that waits for its reason. */
    this.armed = "";
    /** The row that was asked for and is not shown yet; empty when the record that is shown is the current one. */
    this.wanted = "";
    document.addEventListener("keydown", this.press);
    this.addEventListener("change", this.countSelected);
    this.addEventListener("reset", this.countSelected);
    this.addEventListener("click", this.ask);
    this.addEventListener("htmx:afterSwap", this.markCurrentRow);
    this.addEventListener("htmx:afterRequest", this.answer);
    this.showCurrentRow();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.press);
    this.removeEventListener("change", this.countSelected);
    this.removeEventListener("reset", this.countSelected);
    this.removeEventListener("click", this.ask);
    this.removeEventListener("htmx:afterSwap", this.markCurrentRow);
    this.removeEventListener("htmx:afterRequest", this.answer);
  }

  /** The id of the record that is shown; empty when there is none. */
  get record() {
    return find(this, "#review-frame", HTMLElement)?.dataset.record ?? "";
  }

  /** The ids of what goes with it. */
  get bundle() {
    return findAll(this, '.bundle input[name="with"]', HTMLInputElement).map(({ value }) => value.split(":")[1]);
  }

  /** Whether nothing is left here to decide. */
  get isDone() {
    return find(this, "#review-frame:not([data-record])", HTMLElement) !== null;
  }

  /** Somebody asks for a row: it is the current one at once, so that pressing again goes on from there. @param {MouseEvent} event */
  ask(event) {
    const row = event.target instanceof Element && event.target.closest(".review-row a")?.closest(".review-row");
    // A click that opens another tab is left to the browser; htmx takes the others.
    if (!row || !event.defaultPrevented) return;
    this.wanted = row.id;
    this.markRow(row.id);
  }

  /** What was asked for is here, or will not come. @param {Event} event */
  answer(event) {
    if (!(event.target instanceof Element) || event.target.closest(".review-row")?.id !== this.wanted) return;
    this.wanted = "";
    this.markCurrentRow();
  }

  /** The record beside the queue has changed: its row is the current one, unless another one is asked for already. */
  markCurrentRow() {
    this.markRow(this.wanted || `review-row-${this.record}`);
    this.armed = "";
  }

  /**
   * Let one row be the current one.
   * @param {string} id
   */
  markRow(id) {
    for (const link of findAll(this, ".review-row a", HTMLAnchorElement)) {
      if (link.closest(".review-row")?.id === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    this.showCurrentRow();
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
    const isSending = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && !event.repeat;
    if (isSending && this.sendTyped(event.target)) return event.preventDefault();
    if (!isSingleKey(event) || event.repeat) return;
    const key = keyName(event);
    const isDone = event.shiftKey ? key === "a" && this.previewSelected() : this.act(key);
    if (isDone) event.preventDefault();
  }

  /**
   * Do what the key stands for; false when it stands for nothing now.
   * @param {string} key
   * @returns {boolean}
   */
  act(key) {
    if (key === "j" || key === "k") return this.step(key === "j" ? 1 : -1);
    if (key === "x") return this.selectCurrent();
    if (key === "Escape") return this.arm("");
    // Nobody decides on a record before it is shown.
    if (this.wanted) return false;
    if (/^[1-7]$/.test(key)) return this.chooseReason(Number(key));
    if (key === "p") return this.openProposal();
    return this.pressButton(key);
  }

  /** Open the form in which a reviewer writes the record anew. @returns {boolean} */
  openProposal() {
    const details = find(this, "details.proposal", HTMLDetailsElement);
    if (!details || details.matches("fieldset:disabled *")) return false;
    details.open = true;
    find(details, "textarea, select, input", HTMLElement)?.focus();
    return true;
  }

  /**
   * Send what was typed into the decision form: with the verdict that waits, else asking for changes.
   * @param {EventTarget | null} target
   * @returns {boolean}
   */
  sendTyped(target) {
    if (!(target instanceof Element) || !target.closest(".decision-form")) return false;
    const isProposing = target.closest(".proposal") !== null;
    const key = this.armed === "reject" ? "r" : this.armed || isProposing ? "c" : "";
    return key !== "" && this.pressButton(key);
  }

  /**
   * Open the next or previous record of the queue, or its next page.
   * @param {1 | -1} by
   * @returns {boolean}
   */
  step(by) {
    const rows = findAll(this, ".review-row a", HTMLAnchorElement);
    const current = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const ahead = by === 1 ? rows.slice(current + 1) : rows.slice(0, Math.max(current, 0)).reverse();
    const next = ahead.find(isOpen);
    const following = by === 1 ? find(this, "a[rel='next']", HTMLAnchorElement) : null;
    (next ?? following)?.click();
    return Boolean(next ?? following);
  }

  /** Leave a record that is decided: for the next one, the next page, or one that was passed over. */
  goOn() {
    if (this.step(1)) return;
    const left = findAll(this, ".review-row a", HTMLAnchorElement).find(isOpen);
    const done = find(this, "template.deck-done", HTMLTemplateElement);
    if (left) left.click();
    else if (done) find(this, "#review-frame", HTMLElement)?.replaceWith(done.content.cloneNode(true));
    if (!left) find(this, "#review-record", HTMLElement)?.focus();
  }

  /**
   * Tick or untick the current row.
   * @returns {boolean}
   */
  selectCurrent() {
    const row = find(this, ".review-row:has(a[aria-current])", HTMLLIElement);
    const box = row && find(row, "input[type='checkbox']", HTMLInputElement);
    if (!box || box.disabled) return false;
    box.click();
    return true;
  }

  /**
   * Ask for the preview of what is selected.
   * @returns {boolean}
   */
  previewSelected() {
    const form = find(this, ".selection-bar", HTMLFormElement);
    const isAny = find(this, ".review-row input:checked", HTMLInputElement) !== null;
    if (form && isAny) form.requestSubmit();
    return isAny;
  }

  countSelected() {
    const words = find(this, "[data-selection-count]", HTMLElement);
    if (!words) return;
    // A reset has not emptied the boxes yet when it is announced.
    setTimeout(() => {
      const count = findAll(this, ".review-row input:checked", HTMLInputElement).length;
      const { none = "", one = "", many = "" } = words.dataset;
      words.textContent = count === 0 ? none : count === 1 ? one : many.replace("#", String(count));
      this.toggleAttribute("data-has-selection", count > 0);
    });
  }

  /**
   * Choose a reason by its number; a verdict that waits for it goes out with it.
   * @param {number} number
   * @returns {boolean}
   */
  chooseReason(number) {
    const reason = findAll(this, 'input[name="reason"]', HTMLInputElement)[number - 1];
    if (!reason || reason.disabled || reason.matches("fieldset:disabled *")) return false;
    reason.checked = true;
    const comment = find(this, "#comment", HTMLTextAreaElement);
    if (reason.value === "other" && comment && !comment.value.trim()) {
      comment.focus();
    } else if (this.armed) {
      const armed = this.armed;
      this.arm("");
      find(this, `button[name="verdict"][value="${armed}"]`, HTMLButtonElement)?.click();
    } else {
      reason.focus();
    }
    return true;
  }

  /**
   * Press the button that names this key; a verdict without its reason waits for one of the reasons.
   * @param {string} key
   * @returns {boolean}
   */
  pressButton(key) {
    const buttons = findAll(this, ".verdicts button[aria-keyshortcuts]", HTMLButtonElement);
    const button = buttons.find((found) => found.getAttribute("aria-keyshortcuts")?.toLowerCase() === key);
    if (!button || button.matches(":disabled")) return false;
    const hasReason = find(this, 'input[name="reason"]:checked', HTMLInputElement) !== null;
    if (button.dataset.needs === "reason" && !hasReason) return this.arm(button.value);
    button.click();
    return true;
  }

  /**
   * Let a verdict wait for its reason, or (empty) let none wait.
   * @param {string} verdict
   * @returns {boolean}
   */
  arm(verdict) {
    const words = find(this, "[data-armed]", HTMLElement);
    const wasArmed = this.armed !== "";
    this.armed = verdict;
    if (words) {
      words.dataset.armed = verdict;
      words.textContent = verdict ? (words.getAttribute(`data-${verdict}`) ?? "") : "";
    }
    if (verdict) find(this, 'input[name="reason"]', HTMLInputElement)?.focus();
    return verdict !== "" || wasArmed;
  }
}

/** Whether a row is still to be decided. @param {HTMLAnchorElement} row */
function isOpen(row) {
  return row.closest(".review-row:not([hidden])") !== null;
}
