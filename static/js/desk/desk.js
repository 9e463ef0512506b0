// @ts-check
/** The workbench of one article: obeys commands, keeps the tag in focus, hands every write to the writer. */

import { announce, find, findAll } from "../lib/dom.js";
import { COMMAND, PICKER_CLOSED, PICKER_OPENED, SPAN_DRAGGED, UNSENT } from "../lib/events.js";
import { fitSelection } from "../text/boundaries.js";
import { drawHighlight } from "../text/highlights.js";
import { rangesOf, readRange, textOf } from "../text/selection.js";
import { firstMarkOf, segmentsOf } from "../text/tags.js";
import { Caret } from "./caret.js";
import { neighbourOf, otherEnd, showFocus, showInMiddle, uncover } from "./focus.js";
import { Folds } from "./folds.js";
import { LinkDrag } from "./link-drag.js";
import { Marking } from "./marking.js";
import { choosePartyByKey } from "./party-query.js";
import { Picking } from "./picking.js";
import { isEdge, NEEDS_FOCUS, PICKS } from "./picks.js";
import { PlaceKeeper } from "./place.js";
import { Pointer } from "./pointer.js";
import { SpanEditor } from "./span-editor.js";
import { drawUnsent } from "./unsent.js";
import { Writer } from "./writer.js";

/** @import { Command } from "../lib/commands.js" */
/** @import { Fields, Kind, Selected } from "../types.js" */

const PREVIEW_DELAY_MS = 30;
const TOOLS_REST_MS = 100;
const TOAST_MS = 8000;

export class Desk {
  /** @param {HTMLElement} root the element around text, cards and tools */
  constructor(root) {
    this.root = root;
    /** @type {Command[]} */
    this.postponed = [];
    /** @type {string[]} */
    this.trail = [];
    this.sticky = "";
    this.isExact = false;
    this.panelsAsked = 0;
    this.turn = 0;
    this.body = /** @type {HTMLElement} */ (root.querySelector(".article-body"));
    this.caret = new Caret(this.body);
    this.span = new SpanEditor(this);
    this.marking = new Marking(this);
    this.picking = new Picking(this);
    this.folds = new Folds(root);
    this.place = new PlaceKeeper(root, this.body);
    this.writer = new Writer(this);
    this.stop = new AbortController();
    this.pointer = new Pointer(this);
    this.pointer.listen(this.stop.signal);
    this.folds.listen(this.stop.signal);
    new LinkDrag(this).listen(this.stop.signal);
    this.listen(this.stop.signal);
    this.refresh();
    this.writer.outbox.recover();
  }

  /** Let go of everything that is not inside the element. */
  close() {
    this.stop.abort();
    cancelAnimationFrame(this.frame ?? 0);
    clearTimeout(this.toolTimer);
    this.caret.settle();
    this.writer.close();
    for (const name of ["snap", "pending", "failed"]) drawHighlight(name, []);
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const on = /** @param {string} name @param {(event: any) => void} act @param {boolean} [capture] */ (
      name,
      act,
      capture = false,
    ) => this.root.addEventListener(name, act, { signal, capture });
    on(COMMAND, (event) => this.run(event.detail));
    on("keydown", (event) => this.takeKey(event), true);
    on("submit", (event) => this.writer.takeForm(event), true);
    on("change", (event) => this.writer.takeChange(event), true);
    on("htmx:configRequest", (event) => this.writer.addToken(event));
    on("htmx:beforeSend", (event) => this.writer.listen(event.detail));
    on("htmx:beforeSwap", (event) => {
      this.place.keep();
      this.writer.putIn(event.detail);
    });
    on("htmx:oobBeforeSwap", (event) => this.place.guard(event));
    on("htmx:afterRequest", (event) => this.settle(event));
    on(SPAN_DRAGGED, (event) => this.span.drag(event.detail));
    on(PICKER_OPENED, (event) => this.picking.open(event));
    on(PICKER_CLOSED, () => this.picking.leave());
    on(UNSENT, (event) => this.writer.treatUnsent(event.detail));
    this.body.addEventListener("focus", () => this.caret.enter(), { signal });
    document.addEventListener("selectionchange", () => this.preview(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.writer.outbox.resume(), { signal });
    window.addEventListener("online", () => this.writer.outbox.resume(), { signal });
    window.addEventListener("focus", () => this.writer.outbox.resume(), { signal });
    window.addEventListener("beforeunload", (event) => this.writer.outbox.writes.length > 0 && event.preventDefault(), {
      signal,
    });
  }

  /** Do what a key or a button asks for; what needs the tag in focus waits until that is settled. @param {Command} asked */
  run(asked) {
    const command = { ...asked };
    this.caret.settle();
    if (command.command in PICKS) this.picking.begin(command);
    if (this.isUnsettled() && NEEDS_FOCUS.has(command.command)) this.postpone(command);
    else this.act(command);
  }

  /** It waits for the write before it, not for those that come after; without a name that is one still to be chosen. @param {Command} command */
  postpone(command) {
    command.after = this.writer.lastKey();
    this.postponed.push(command);
  }

  /** @param {Command} asked */
  act(asked) {
    const { command, kind } = asked;
    if (command in PICKS) return this.picking.ask(asked);
    if (isEdge(command)) return this.span.moveEdge(command);
    const acts = /** @type {Record<string, () => void>} */ ({
      tag: () => this.marking.tag(/** @type {Kind} */ (kind)),
      sticky: () => this.keepKind(kind ?? ""),
      "add-segment": () => this.marking.gather(),
      next: () => this.go(neighbourOf(this.root, 1)?.dataset.a),
      previous: () => this.go(neighbourOf(this.root, -1)?.dataset.a),
      go: () => this.go(otherEnd(this.root, this.trail)),
      "edit-span": () => this.span.open(),
      note: () => this.openNote(),
      withdraw: () => this.change("withdraw", {}),
      mentions: () => this.change("mentions", {}),
      undo: () => this.submitForm("#annotation-undo [data-command='undo']"),
      redo: () => this.submitForm("#annotation-undo [data-command='redo']"),
      submit: () => find(this.root, "#submit-form", HTMLFormElement)?.requestSubmit(),
      open: () => this.open(),
      cancel: () => this.cancel(),
      palette: () => this.show("command-palette"),
      help: () => this.show("shortcut-sheet"),
      find: () => this.show("find-bar"),
    });
    if (acts[command]) return acts[command]();
    if (document.activeElement !== this.body) this.body.focus({ preventScroll: true });
    this.caret.obey(command);
  }

  /** Every new selection gets this kind at once, until it is asked for again. @param {string} kind */
  keepKind(kind) {
    this.sticky = this.sticky === kind ? "" : kind;
    const toolbar = find(this.root, "tag-toolbar", HTMLElement);
    if (toolbar) toolbar.dataset.sticky = this.sticky;
    this.say(this.sticky ? this.root.dataset.sticks : this.root.dataset.sticksNot);
  }

  /** @param {Kind} kind */
  changeKind(kind) {
    const mark = this.focused();
    if (!mark) return this.say(this.root.dataset.nothing);
    if (!mark.classList.contains(kind)) this.change("kind", { kind });
  }

  /** Change the tag in focus. @param {string} name @param {Fields} fields */
  change(name, fields) {
    const mark = this.focused();
    if (!mark) return this.say(this.root.dataset.unfit);
    this.writer.write(name, { ...fields, annotation: mark.dataset.a ?? "", version: mark.dataset.v ?? "" });
  }

  /** @param {string} selector */
  submitForm(selector) {
    const button = find(this.root, selector, HTMLButtonElement);
    if (button && !button.disabled) button.form?.requestSubmit(button);
  }

  /** Go to a tag and show it. @param {string | null | undefined} id */
  go(id) {
    if (!id) return;
    this.focusTag(id);
    const mark = this.focused();
    showInMiddle(mark);
    const start = segmentsOf(this.body, id)[0]?.start;
    if (start !== undefined && this.root.contains(document.activeElement)) this.caret.put(start);
  }

  /** Enter: store an edited span, take the first party for a mention that has none, else open the card. */
  open() {
    if (this.span.editing) return this.span.store();
    const panel = find(this.root, ".annotation-panel", HTMLElement);
    const isOpen = panel !== null && !panel.querySelector("input[name='keep']");
    const first = isOpen ? find(panel, "#annotation-party-choices [role='option']", HTMLButtonElement) : null;
    if (first) first.form?.requestSubmit(first);
    else panel?.focus();
  }

  openNote() {
    const field = find(this.root, "#annotation-note", HTMLTextAreaElement);
    field?.closest("details")?.setAttribute("open", "");
    field?.focus();
  }

  cancel() {
    const hadSelection = this.caret.stretch() !== null || this.marking.gathered.length > 0 || this.span.editing !== "";
    const isInText = document.activeElement === this.body || document.activeElement === document.body;
    this.marking.gathered = [];
    this.picking.newest = null;
    this.span.leave();
    if (hadSelection) this.caret.put(this.caret.offset());
    else if (isInText) this.focusTag("");
    this.draw();
    this.body.focus({ preventScroll: true });
  }

  /** @param {string} name */
  show(name) {
    this.root.querySelector(name)?.setAttribute("data-open", "");
  }

  /** Put a tag into focus and ask for its panel; an empty id closes it. @param {string} id */
  focusTag(id) {
    this.turn += 1;
    this.root.dataset.focus = id;
    this.refresh();
    this.panelsAsked += 1;
    this.ask("panel", { focus: id });
  }

  /** @param {string} name @param {Record<string, string>} values */
  ask(name, values) {
    const form = find(this.root, `form[data-ask="${name}"]`, HTMLFormElement);
    if (!form) return;
    for (const [field, value] of Object.entries(values)) {
      const input = form.elements.namedItem(field);
      if (input instanceof HTMLInputElement) input.value = value;
    }
    form.requestSubmit();
  }

  /** Keys that are meant for a list of choices. @param {KeyboardEvent} event */
  takeKey(event) {
    if (!choosePartyByKey(this.root, event)) return this.picking.keepDigit(event);
    event.preventDefault();
    event.stopPropagation();
    this.body.focus({ preventScroll: true });
  }

  /** Read the selection as it would be stored. @param {Kind} [kind] @returns {Selected | null} */
  selected(kind) {
    const selection = document.getSelection();
    if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
    const read = readRange(this.body, selection.getRangeAt(0));
    if (!read) return null;
    const language = this.caret.language(read.segment.start);
    const fitted = fitSelection(read.window, read.segment, { kind, language, isExact: this.isExact });
    return fitted && { ...fitted, exact: textOf(read.window, fitted) };
  }

  /** Draw what the selection will become, a moment after it rests. */
  preview() {
    this.caret.note();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), PREVIEW_DELAY_MS);
  }

  /** Draw everything that is not saved, with the next frame. */
  draw() {
    cancelAnimationFrame(this.frame ?? 0);
    this.frame = requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    const selected = this.selected();
    const shown = [...this.marking.gathered, ...(selected ? [selected] : [])];
    drawHighlight(
      "snap",
      shown.flatMap((part) => rangesOf(this.body, part)),
    );
    drawUnsent(this.body, this.writer.outbox.writes);
    if (selected === null) this.pointer.hideBar();
    // The tools around the text take longer to draw than the text: what no longer fits a selection may wait.
    clearTimeout(this.toolTimer);
    const offer = () => this.root.classList.toggle("has-selection", selected !== null);
    if (selected) offer();
    else this.toolTimer = setTimeout(offer, TOOLS_REST_MS);
  }

  /** Take an answer: to a write, or to a question for a fragment. @param {CustomEvent} event */
  settle(event) {
    const { elt, successful } = event.detail;
    if (this.writer.takeAnswer(event.detail)) this.countTags();
    else {
      if (elt.dataset?.ask === "panel") this.panelsAsked -= 1;
      else if (elt.dataset?.ask === "picker" && !successful) this.picking.giveUp();
    }
    this.folds.restore();
    this.refresh();
    this.place.giveBack();
    uncover(this.root, this.focused());
    this.dismissToast();
    if (!this.isUnsettled()) this.actInTurn(this.postponed.splice(0));
  }

  /** The palette counts the tags that stand in the text. */
  countTags() {
    for (const tool of findAll(this.root, ".tool[data-kind]", HTMLElement)) {
      const count = find(tool, ".count", HTMLElement);
      const tags = String(this.body.getElementsByClassName(`is-first ${tool.dataset.kind}`).length);
      if (count && count.textContent !== tags) count.textContent = tags;
    }
  }

  /** One after the other; what comes after a choice from a list waits for the link that it makes. @param {Command[]} commands */
  actInTurn(commands) {
    for (let command = commands.shift(); command; command = commands.shift()) {
      this.act(command);
      if (this.picking.isAwaited) break;
    }
    for (const command of commands) command.after = undefined;
    this.postponed.unshift(...commands);
  }

  /**
   * Do what was asked for right after a write, on the tag that it made; after a refusal there is none.
   * @param {string} key @param {boolean} isDone
   */
  actAfter(key, isDone) {
    const due = this.postponed.filter(({ after }) => after === key);
    this.postponed = this.postponed.filter((command) => !due.includes(command));
    if (!isDone) for (const command of due) this.picking.forget(command);
    if (!isDone || due.length === 0) return;
    const { focus = "" } = this.root.dataset;
    const made = find(this.root, ".annotation-panel", HTMLElement)?.dataset.a ?? "";
    this.root.dataset.focus = made;
    this.actInTurn(due);
    if (this.root.dataset.focus === made) this.root.dataset.focus = focus;
  }

  /** A message about what was done goes by itself; its buttons are never the only way. */
  dismissToast() {
    clearTimeout(this.toastTimer);
    const toast = find(this.root, "#annotation-toast", HTMLElement);
    if (!toast || toast.hidden) return;
    this.toastTimer = setTimeout(() => toast.contains(document.activeElement) || toast.replaceChildren(), TOAST_MS);
  }

  /** What the server shows as its panel after a write is in focus, unless somebody has gone on since. */
  adoptPanel() {
    document.getElementById("alerts")?.replaceChildren();
    this.picking.goOn(this.postponed);
    if (this.writer.sentInTurn !== this.turn) return this.focusTag(this.root.dataset.focus ?? "");
    this.root.dataset.focus = find(this.root, ".annotation-panel", HTMLElement)?.dataset.a ?? "";
    const isNowhere = document.activeElement === document.body || document.activeElement === null;
    if (isNowhere) this.body.focus({ preventScroll: true });
  }

  /** Show on the page what is in focus. */
  refresh() {
    showFocus(this.root, this.picking.isOn);
  }

  /** Cue words are hidden until somebody wants them. @param {boolean} wanted */
  showCues(wanted) {
    const box = find(this.root, "input.shows-cues", HTMLInputElement);
    if (box) box.checked = wanted;
    this.root.classList.toggle("has-cues", wanted);
  }

  /** Whether an answer is on its way that may change what is in focus. */
  isUnsettled() {
    return this.writer.outbox.isBusy || this.panelsAsked > 0 || this.picking.isAwaited;
  }

  /** @param {string | undefined} sentence */
  say(sentence) {
    announce(sentence ?? "");
    const shown = find(this.root, ".key-bar .said", HTMLElement);
    if (shown) shown.textContent = sentence ?? "";
  }

  /** The first piece of the tag in focus. */
  focused() {
    return firstMarkOf(this.body, this.root.dataset.focus ?? "");
  }
}
