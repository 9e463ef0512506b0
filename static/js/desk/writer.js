// @ts-check
/** The writing side of the workbench: fills the outbox from commands and forms, and shows how it stands. */
import { find } from "../lib/dom.js";
import { SAVE_CHANGED, send } from "../lib/events.js";
import { nextOf, PATIENCE_MS } from "../lib/queue.js";
import { keepWrite } from "../lib/store.js";
import { Outbox } from "../outbox.js";
import { firstMarkOf } from "../text/tags.js";
import { firstPart, putAnswer } from "./answer.js";
import { renew } from "./focus.js";
import { askForToken, fieldsOf, openLinksElsewhere, pageToken, post, reasonOf } from "./sender.js";
import { drawUnsent, listUnsent } from "./unsent.js";

/** @import { Fields, Saving, Segment, Unsent } from "../types.js" */
/** @import { Desk } from "./desk.js" */

const LOOK_AGAIN_MS = 2;

export class Writer {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.sentInTurn = 0;
    this.isCatchingUp = false;
    /** How much of the answer that is coming is in the page. */
    this.taken = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.sender = find(desk.root, ".outbox", HTMLElement);
    const asker = find(desk.root, ".token-asker", HTMLElement);
    this.outbox = new Outbox({
      article: desk.root.dataset.article ?? "",
      user: desk.root.dataset.user ?? "",
      post: (write) => this.post(write),
      refresh: () => asker && askForToken(asker),
      tell: (saving) => this.showSaving(saving),
      answered: (write, isDone) => this.catchUp(write.key, isDone),
    });
  }

  /**
   * Hand a write to the outbox; what it marks is drawn at once.
   * @param {string} name @param {Fields} fields @param {{pending?: Segment[], kind?: string, words?: string}} [shown]
   */
  write(name, fields, shown = {}) {
    const url = this.sender?.getAttribute(`data-${name}`);
    if (url) this.outbox.add({ url, fields, ...shown }, this.isCatchingUp);
  }

  /** What was asked for right after a write goes out before those that were made later. @param {string} key @param {boolean} isDone */
  catchUp(key, isDone) {
    this.isCatchingUp = true;
    this.desk.actAfter(key, isDone);
    this.isCatchingUp = false;
  }

  /** Forms of the page go the same way. @param {SubmitEvent} event */
  takeForm(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const url = form.getAttribute("hx-post");
    if (!url) return;
    event.preventDefault();
    event.stopPropagation();
    const isChosen = form.closest(".link-picker") !== null;
    const key = this.outbox.add({ url, fields: fieldsOf(form, event.submitter) }, this.isCatchingUp || isChosen);
    if (!isChosen) return;
    for (const command of this.desk.postponed) command.after ??= key;
    this.outbox.goOn();
  }

  /** @param {Event} event */
  takeChange(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.classList.contains("shows-cues")) return this.desk.showCues(field.checked);
    if (field.classList.contains("speaks-parties")) {
      this.desk.root.classList.toggle("speaks-party-names", field.checked);
      return;
    }
    const form = field.closest("form.attribute-form");
    if (!(form instanceof HTMLFormElement)) return;
    event.stopPropagation();
    form.requestSubmit();
  }

  /** Send a write; a change names the version that the page shows now, and the same one whenever it is repeated. @param {Unsent} write */
  post(write) {
    const id = write.fields.annotation;
    if (typeof id === "string" && !write.isSent) {
      const version = firstMarkOf(this.desk.body, id)?.dataset.v;
      if (version) write.fields.version = version;
      write.isSent = true;
      keepWrite(write);
    }
    this.sentInTurn = this.desk.turn;
    if (this.sender) post(this.sender, write);
  }

  /** Listen to an answer while it comes. @param {{elt: Element, xhr: XMLHttpRequest}} sent */
  listen({ elt, xhr }) {
    if (elt !== this.sender) return;
    this.taken = 0;
    xhr.addEventListener("readystatechange", () => this.putTextIn(xhr));
  }

  /**
   * The text tells first that the tag is stored, while what stands beside it is still being made.
   * @param {XMLHttpRequest} xhr of which as much has come as there is
   */
  putTextIn(xhr) {
    const write = nextOf(this.outbox.writes);
    if (xhr.readyState !== XMLHttpRequest.LOADING || xhr.status !== 200 || this.taken > 0 || !write) return;
    const text = firstPart(xhr.responseText);
    if (text === "") {
      // The browser tells of the first piece at once, of those after it only every 50 ms.
      setTimeout(() => this.putTextIn(xhr), LOOK_AGAIN_MS);
      return;
    }
    this.taken = text.length;
    // The words are the same as before, so that no line moves: only the caret may have lost its place.
    const selected = this.desk.place.selection();
    this.put(text);
    write.isInText = true;
    drawUnsent(this.desk.body, this.outbox.writes);
    this.desk.place.restoreSelection(selected, (offset) => this.desk.caret.putSoon(offset));
  }

  /** Put in the parts of a write's answer ourselves; what was refused or goes elsewhere htmx puts in. @param {{elt: Element, target: Element, isError: boolean, shouldSwap: boolean, serverResponse: string}} got */
  putIn(got) {
    if (got.elt !== this.sender || got.target !== this.sender || got.isError) return;
    got.shouldSwap = false;
    this.put(got.serverResponse.slice(this.taken));
  }

  /** @param {string} html */
  put(html) {
    putAnswer(html, (there, part) => this.desk.place.keeps(there, part));
  }

  /** Take what htmx got; false when it is no answer to a write. @param {{elt: Element, successful: boolean, xhr: XMLHttpRequest | null}} got */
  takeAnswer({ elt, successful, xhr }) {
    if (elt.classList.contains("token-asker")) {
      this.outbox.send();
      return true;
    }
    if (elt !== this.sender) return false;
    const status = xhr?.status ?? 0;
    if (successful) this.desk.adoptPanel();
    if (status === 401) openLinksElsewhere(/** @type {Element} */ (document.getElementById("alerts")));
    this.outbox.settle(status, xhr?.responseText ?? "", successful ? "" : reasonOf(xhr));
    return true;
  }

  /** The last write that waits for its answer. */
  lastKey() {
    return this.outbox.writes.findLast(({ reason }) => reason === undefined)?.key;
  }

  /** Show how saving stands, in words and on the unsent cards. @param {Saving} saving */
  showSaving(saving) {
    send(this.desk.root, SAVE_CHANGED, saving);
    const isSaving = saving.state === "saving";
    drawUnsent(this.desk.body, this.outbox.writes);
    this.list(isSaving);
    // The text shows it at once; a card that came and went with every tag would only move the others.
    if (isSaving) this.timer ??= setTimeout(() => this.runOutOfPatience(), PATIENCE_MS);
  }

  runOutOfPatience() {
    this.timer = undefined;
    this.list(false);
  }

  /** @param {boolean} isPatient whether what is just being sent gets no card yet */
  list(isPatient) {
    const list = find(this.desk.root, ".unsent-cards", HTMLElement);
    const { writes, isAway } = this.outbox;
    if (list && listUnsent(list, writes, isAway, isPatient)) renew(this.desk.root, ["card-column"]);
  }

  close() {
    clearTimeout(this.timer);
    this.outbox.close();
  }

  /** Do what the buttons of an unsent card ask for. @param {{key: string, act: string}} wish */
  treatUnsent({ key, act }) {
    if (act === "again") return this.outbox.sendAgain(key);
    const dropped = this.outbox.discard(key);
    const segment = dropped?.pending[0];
    if (act === "edit" && segment) this.desk.caret.hold({ ...segment, moving: "end" });
    this.desk.body.focus({ preventScroll: true });
  }

  /** A token from before a new sign-in is replaced by the page's newest. @param {CustomEvent} event */
  addToken(event) {
    const token = pageToken();
    if (token) event.detail.headers["X-CSRFToken"] = token;
  }
}
