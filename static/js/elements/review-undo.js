// @ts-check
// What is decided waits a few seconds in the page, in which it can be taken back; then it is sent by itself.

import { announce, find, findAll } from "../lib/dom.js";
import { isSingleKey, keyName } from "../lib/keys.js";
import { Decisions } from "../review/decisions.js";
import { isAgainst, recordsOf, secondsLeft } from "../review/held.js";
import { fill, showFrame, showStart } from "../review/showing.js";
import { ReviewDeck } from "./review-deck.js";

/** @import { Unsent } from "../types.js" */

const TICK_MS = 250;

/** Stands around the deck. Attributes: `data-seconds` to wait, `data-project` and `data-user` whose outbox it is. */
export class ReviewUndo extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const on = /** @param {string} name @param {(event: any) => void} act @param {boolean} [isFirst] */ (
      name,
      act,
      isFirst,
    ) => this.addEventListener(name, act, { signal, capture: isFirst });
    this.decisions = new Decisions(this, {
      changed: () => this.showHeld(),
      done: (write) => this.follow(write),
      refused: (write) => this.tellRefused(write),
    });
    // In the capturing phase, so before htmx listens on the form itself.
    on("submit", (event) => this.hold(event), true);
    on("click", (event) => this.takeClick(event));
    on("htmx:configRequest", (event) => this.decisions?.addToken(event));
    on("htmx:afterRequest", (event) => this.decisions?.takeAnswer(event.detail));
    on("htmx:afterSwap", (event) => this.adopt(event));
    on("htmx:sendError", (event) => this.tellAway(event));
    document.addEventListener("keydown", (event) => this.press(event), { signal, capture: true });
    window.addEventListener("online", () => this.decisions?.outbox.resume(), { signal });
    window.addEventListener("pagehide", () => this.decisions?.leave(), { signal });
    this.timer = setInterval(() => this.tell(), TICK_MS);
    this.decisions.outbox.recover();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.stop?.abort();
    this.decisions?.outbox.close();
  }

  get deck() {
    return find(this, "review-deck", ReviewDeck);
  }

  get preview() {
    return find(this, "#review-preview", HTMLElement);
  }

  /** Keep what is to be sent until its time has come. A verdict without its reason goes at once, to be told so. */
  hold(/** @type {SubmitEvent} */ event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.hasAttribute("data-held") || lacksReason(form, event.submitter)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.decisions?.hold(form, event.submitter);
    if (this.preview?.contains(form)) {
      find(this, ".selection-bar", HTMLFormElement)?.reset();
      this.closePreview();
    }
    this.goOn();
  }

  /** Leave a record that is decided. */
  goOn() {
    const deck = this.deck;
    if (deck && this.decisions?.records.has(deck.record)) deck.goOn();
  }

  /** Hide the rows of what is on its way, and show those again that were taken back or refused. */
  showHeld() {
    const records = this.decisions?.records ?? new Set();
    for (const row of findAll(this, ".review-row", HTMLLIElement)) {
      row.hidden = records.has(row.id.replace("review-row-", ""));
    }
    this.tell();
  }

  /** Say what can be taken back, and for how long. */
  tell() {
    const toast = find(this, ".undo-toast", HTMLElement);
    const held = this.decisions?.held ?? [];
    const last = held.at(-1);
    if (!toast) return;
    toast.hidden = !last;
    if (!last) return;
    setText(toast, "[data-words]", last.words);
    setText(toast, "[data-more]", held.length > 1 ? this.dataset.more?.replace("%n", String(held.length - 1)) : "");
    setText(toast, "[data-left]", String(secondsLeft(held, Date.now())));
  }

  /** Take back what was decided last and show it again, as it was filled in. */
  async undo() {
    const taken = this.decisions?.takeBack();
    if (!taken) return;
    announce(this.dataset.cancelled ?? "");
    await this.show(taken);
  }

  /** @param {Unsent} write */
  async show({ frame, fields }) {
    if (!frame) return find(this, "#review-record", HTMLElement)?.focus();
    await showFrame(this, frame);
    fill(this, fields);
  }

  /** What was sent may change what is on the screen. @param {Unsent} write */
  follow({ fields }) {
    const deck = this.deck;
    const isConcerned = isAgainst(fields) && recordsOf(fields).some((record) => deck?.bundle.includes(record));
    const frame = find(this, "form[data-frame]", HTMLFormElement)?.dataset.frame;
    if (isConcerned && frame) showFrame(this, frame);
    if (deck?.isDone && !this.decisions?.outbox.isBusy) showStart(deck);
  }

  /** A refusal says what it is about, and leads back to it. @param {Unsent} write */
  tellRefused(write) {
    const template = find(this, "template.refused", HTMLTemplateElement);
    const words = document.querySelector("#alerts .words");
    const line = template?.content.cloneNode(true);
    if (!words || !(line instanceof DocumentFragment)) return;
    setText(line, "[data-about]", [write.words, write.about && `“${write.about}”`].filter(Boolean).join(" · "));
    line.querySelector("button")?.addEventListener("click", () => this.show(write), { once: true });
    words.append(line);
  }

  /** Nobody answers: what is decided is kept. @param {CustomEvent} event */
  tellAway(event) {
    if (event.detail.elt.matches(".outbox")) return;
    const template = find(this, "template.away", HTMLTemplateElement);
    const line = template?.content.cloneNode(true);
    if (line) document.getElementById("alerts")?.replaceChildren(line);
  }

  /** A new part of the page: its rows may be decided already, and what it needs may have been sent back. @param {CustomEvent} event */
  adopt(event) {
    const part = event.detail.target?.id;
    if (part === "review-preview") return find(this, "#preview-title", HTMLElement)?.focus();
    if (part !== "review-deck" && part !== "review-frame") return;
    this.showHeld();
    this.goOn();
    const isUpset = this.decisions?.outbox.writes.some(
      ({ fields }) => isAgainst(fields) && recordsOf(fields).some((record) => this.deck?.bundle.includes(record)),
    );
    if (isUpset) this.decisions?.outbox.release();
  }

  /** @param {MouseEvent} event */
  takeClick(event) {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-undo]")) this.undo();
    if (event.target.closest("[data-cancel]")) {
      event.preventDefault();
      this.closePreview();
    }
  }

  /** Put the preview away; the focus goes back to the record. */
  closePreview() {
    this.preview?.setAttribute("hidden", "");
    find(this, "#review-record", HTMLElement)?.focus();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (!isSingleKey(event) || event.repeat || !this.obey(keyName(event), event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * Do what a key stands for here; false when it stands for nothing now.
   * @param {string} key
   * @param {boolean} isShifted
   */
  obey(key, isShifted) {
    const isOpen = this.preview !== null && !this.preview.hidden;
    const button = isOpen && find(this, "#review-preview button[type='submit']", HTMLButtonElement);
    if (isOpen && key === "Escape") this.closePreview();
    else if (button && key === "a" && isShifted) button.click();
    else if (isTakingBack(key, isShifted) && !this.deck?.armed && this.decisions?.held.length) this.undo();
    else return false;
    return true;
  }
}

/** @param {string} key @param {boolean} isShifted */
function isTakingBack(key, isShifted) {
  return key === "Escape" || (key === "z" && !isShifted);
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
function lacksReason(form, submitter) {
  if (submitter?.dataset.needs !== "reason") return false;
  const reason = find(form, 'input[name="reason"]:checked', HTMLInputElement);
  const comment = find(form, "#comment", HTMLTextAreaElement);
  return !reason || (reason.value === "other" && !comment?.value.trim());
}

/** @param {ParentNode} root @param {string} selector @param {string | undefined} text */
function setText(root, selector, text) {
  const element = find(root, selector, HTMLElement);
  if (element && element.textContent !== (text ?? "")) element.textContent = text ?? "";
}
