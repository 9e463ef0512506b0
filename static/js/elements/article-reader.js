// @ts-check
// The workbench: turns selections into tags, keeps the tag in focus, hands commands to forms. htmx sends the forms.

import { announce, find, findAll } from "../lib/dom.js";
import { COMMAND, PICKER_CLOSED, PICKER_OPENED, SAVE_CHANGED, send } from "../lib/events.js";
import { newKey, WriteQueue } from "../lib/writes.js";
import { fitSelection } from "../text/boundaries.js";
import { drawHighlight } from "../text/highlights.js";
import { rangesOf, readRange, textOf } from "../text/selection.js";

import { LinkPicker } from "./link-picker.js";

/** @import { Command } from "../lib/commands.js" */
/** @import { Kind, Selected } from "../types.js" */

const PREVIEW_DELAY_MS = 30;
const PICKS = new Set(["who", "disputed"]);
const NEEDS_FOCUS = new Set(["who", "disputed", "withdraw", "open"]);

/** Attributes: `data-focus` is the tag in focus. Children send `workbench:command` and `picker:*` up to it. */
export class ArticleReader extends HTMLElement {
  connectedCallback() {
    /** @type {Selected[]} */
    this.gathered = [];
    /** @type {Command[]} */
    this.postponed = [];
    this.isExact = false;
    this.digit = "";
    this.isPicking = false;
    this.queue = new WriteQueue((state) => send(this, SAVE_CHANGED, state));
    this.stop = new AbortController();
    this.listen();
    this.refresh();
  }

  disconnectedCallback() {
    this.stop?.abort();
    for (const name of ["snap", "pending", "failed"]) drawHighlight(name, []);
  }

  listen() {
    const { signal } = /** @type {AbortController} */ (this.stop);
    this.addEventListener(COMMAND, (event) => this.run(/** @type {CustomEvent} */ (event).detail), { signal });
    this.addEventListener("click", (event) => this.press(event), { signal });
    this.addEventListener("mousedown", (event) => this.keepSelection(event), { signal });
    this.addEventListener("pointerup", (event) => this.noteAlt(event), { signal });
    this.addEventListener("keydown", (event) => this.keepDigit(event), { signal, capture: true });
    this.addEventListener("change", () => this.showCues(), { signal });
    this.addEventListener("htmx:afterRequest", (event) => this.settle(/** @type {CustomEvent} */ (event)), { signal });
    this.addEventListener("htmx:beforeRequest", (event) => this.startWriting(/** @type {CustomEvent} */ (event)), {
      signal,
    });
    this.addEventListener(PICKER_OPENED, (event) => this.showDigits(/** @type {CustomEvent} */ (event).detail), {
      signal,
    });
    this.addEventListener(PICKER_CLOSED, () => this.leavePicker(), { signal });
    document.addEventListener("selectionchange", () => this.preview(), { signal });
    window.addEventListener("online", () => this.queue?.resume(), { signal });
    window.addEventListener("beforeunload", (event) => this.queue?.isBusy && event.preventDefault(), { signal });
  }

  /** Do what a key or a button asks for; what needs the tag in focus waits until that is settled. @param {Command} command */
  run(command) {
    if (PICKS.has(command.command)) {
      this.isPicking = true;
      this.digit = "";
    }
    if (this.isUnsettled() && NEEDS_FOCUS.has(command.command)) {
      this.postponed?.push(command);
      return;
    }
    this.act(command);
  }

  /** @param {Command} command */
  act(command) {
    const acts = /** @type {Record<string, () => void>} */ ({
      tag: () => this.tag(/** @type {Kind} */ (command.kind)),
      "add-segment": () => this.gather(),
      next: () => this.step(1),
      previous: () => this.step(-1),
      who: () => this.pick("who"),
      disputed: () => this.pick("disputed"),
      withdraw: () => this.withdraw(),
      open: () => find(this, ".annotation-panel", HTMLElement)?.focus(),
      cancel: () => this.cancel(),
      submit: () => find(this, ".submit-form", HTMLFormElement)?.requestSubmit(),
    });
    acts[command.command]?.();
  }

  /** Tag the selection, with the segments gathered before; without one, change the focused tag's kind. @param {Kind} kind */
  tag(kind) {
    const selected = this.selected(kind);
    const segments = [...(this.gathered ?? []), ...(selected ? [selected] : [])];
    if (segments.length === 0) return this.changeKind(kind);
    segments.sort((one, other) => one.start - other.start);
    this.write("tag", segments, {
      kind,
      segments: JSON.stringify(segments.map(({ start, end }) => [start, end])),
      exact: JSON.stringify(segments.map(({ exact }) => exact)),
    });
    this.gathered = [];
    document.getSelection()?.removeAllRanges();
    this.say("");
    this.draw();
    if (kind === "cue") this.showCues(true);
  }

  /** Keep the selection as one segment of a tag to come. */
  gather() {
    const selected = this.selected("quote");
    if (!selected) return this.say(this.dataset.nothing);
    this.gathered?.push(selected);
    document.getSelection()?.removeAllRanges();
    this.draw();
    this.say(this.dataset.gathered);
  }

  /** @param {Kind} kind */
  changeKind(kind) {
    const mark = this.focused();
    if (!mark) return this.say(this.dataset.nothing);
    if (mark.classList.contains(kind)) return;
    this.write("kind", [], { kind, annotation: mark.dataset.a ?? "", version: mark.dataset.v ?? "" });
  }

  withdraw() {
    const mark = this.focused();
    if (mark) this.write("withdraw", [], { annotation: mark.dataset.a ?? "", version: mark.dataset.v ?? "" });
  }

  /**
   * Hand a write to the queue; what it marks is drawn at once.
   * @param {string} name @param {import("../types.js").Segment[]} pending @param {Record<string, string>} values
   */
  write(name, pending, values) {
    const form = find(this, `form[data-write="${name}"]`, HTMLFormElement);
    if (form) this.queue?.add({ form, pending, values: { key: newKey(), ...values } });
    this.draw();
  }

  /** Open the list to link from. @param {"who" | "disputed"} pick */
  pick(pick) {
    const focus = this.dataset.focus;
    if (!focus) {
      this.isPicking = false;
      return this.say(this.dataset.unfit);
    }
    this.ask("picker", { annotation: focus, pick });
  }

  /** Focus the next or previous tag of the text; hidden cue words are left out. @param {1 | -1} by */
  step(by) {
    const marks = findAll(this, "mark.is-first", HTMLElement).filter((mark) => this.isShown(mark));
    if (marks.length === 0) return;
    const at = marks.findIndex((mark) => mark.dataset.a === this.dataset.focus);
    const next = marks[at < 0 ? (by > 0 ? 0 : marks.length - 1) : (at + by + marks.length) % marks.length];
    this.focusTag(next.dataset.a ?? "");
    showInMiddle(next);
  }

  cancel() {
    const hadSelection = !document.getSelection()?.isCollapsed || Boolean(this.gathered?.length);
    this.gathered = [];
    document.getSelection()?.removeAllRanges();
    if (!this.queue?.discardFailed() && !hadSelection) this.focusTag("");
    this.draw();
    find(this, ".article-body", HTMLElement)?.focus({ preventScroll: true });
  }

  /** Put a tag into focus and ask for its panel; an empty id closes it. @param {string} id */
  focusTag(id) {
    this.dataset.focus = id;
    this.refresh();
    this.panelsAsked = (this.panelsAsked ?? 0) + 1;
    this.ask("panel", { focus: id });
  }

  /** @param {string} name @param {Record<string, string>} values */
  ask(name, values) {
    const form = find(this, `form[data-ask="${name}"]`, HTMLFormElement);
    if (!form) return;
    for (const [field, value] of Object.entries(values)) {
      const input = form.elements.namedItem(field);
      if (input instanceof HTMLInputElement) input.value = value;
    }
    form.requestSubmit();
  }

  /** Tags are picked by a click, the innermost first, the same click again goes outward. @param {Event} event */
  press(event) {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest("[data-command]");
    if (button instanceof HTMLElement) {
      event.preventDefault();
      return this.run({ command: button.dataset.command ?? "", kind: button.dataset.kind });
    }
    const named = target?.closest("a[data-a], .annotation-card");
    if (named instanceof HTMLElement) {
      event.preventDefault();
      this.focusTag(named.dataset.a ?? "");
      const mark = this.focused();
      if (mark) showInMiddle(mark);
    } else if (target?.closest("[data-s]") && document.getSelection()?.isCollapsed) {
      this.pressText(target);
    }
  }

  /** @param {Element} target */
  pressText(target) {
    const marks = [];
    for (let mark = target.closest("mark"); mark; mark = mark.parentElement?.closest("mark") ?? null) {
      if (this.isShown(mark)) marks.push(mark);
    }
    const at = marks.findIndex((mark) => mark.dataset.a === this.dataset.focus);
    this.focusTag(marks[at + 1]?.dataset.a ?? marks[0]?.dataset.a ?? "");
  }

  /** Pressing a button must not take the selection away. @param {MouseEvent} event */
  keepSelection(event) {
    if (event.target instanceof Element && event.target.closest("button[data-command]")) event.preventDefault();
  }

  /** With Alt the selection is taken exactly as it is. @param {PointerEvent} event */
  noteAlt(event) {
    if (event.target instanceof Element && event.target.closest("[data-s]")) this.isExact = event.altKey;
  }

  /** A digit may be faster than the list it chooses from. @param {KeyboardEvent} event */
  keepDigit(event) {
    if (!this.isPicking || find(this, ".link-picker:not([hidden])", HTMLElement)) return;
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    if (!digit) return;
    this.digit = digit;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Read the selection as it would be stored. @param {Kind} [kind] @returns {Selected | null} */
  selected(kind) {
    const selection = document.getSelection();
    const body = find(this, ".article-body", HTMLElement);
    if (!body || !selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
    const read = readRange(body, selection.getRangeAt(0));
    if (!read) return null;
    const language = body.querySelector("[data-s]")?.getAttribute("lang") ?? undefined;
    const fitted = fitSelection(read.window, read.segment, { kind, language, isExact: this.isExact });
    return fitted && { ...fitted, exact: textOf(read.window, fitted) };
  }

  /** Draw what the selection will become, a moment after it rests. */
  preview() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), PREVIEW_DELAY_MS);
  }

  /** Draw everything that is not saved. */
  draw() {
    const body = find(this, ".article-body", HTMLElement);
    if (!body || !this.queue) return;
    const selected = this.selected();
    this.classList.toggle("has-selection", selected !== null);
    /** @type {Selected[]} */
    const gathered = this.gathered ?? [];
    drawHighlight(
      "snap",
      [...gathered, ...(selected ? [selected] : [])].flatMap((part) => rangesOf(body, part)),
    );
    drawHighlight(
      "pending",
      this.queue.segments(false).flatMap((part) => rangesOf(body, part)),
    );
    drawHighlight(
      "failed",
      this.queue.segments(true).flatMap((part) => rangesOf(body, part)),
    );
  }

  /** @param {CustomEvent} event */
  startWriting(event) {
    if (isWrite(event)) send(this, SAVE_CHANGED, "saving");
  }

  /** Take an answer: of the queue, of a form of the panel, or of a fragment that was asked for. @param {CustomEvent} event */
  settle(event) {
    const { elt, successful, xhr } = event.detail;
    const isAway = !xhr || xhr.status === 0 || xhr.status === 503 || xhr.status === 429;
    const isQueued = elt instanceof HTMLFormElement && elt.dataset.write !== undefined;
    if (isQueued) this.queue?.settle(successful ? "done" : isAway ? "unsent" : "refused");
    else if (isWrite(event)) send(this, SAVE_CHANGED, successful ? (this.queue?.state() ?? "saved") : "failed");
    if (successful && isWrite(event)) this.adoptPanel();
    if (elt.dataset?.ask === "panel") this.panelsAsked = (this.panelsAsked ?? 1) - 1;
    else if (!successful) this.isPicking = false;
    this.refresh();
    if (!this.isUnsettled()) for (const command of this.postponed?.splice(0) ?? []) this.act(command);
  }

  /** What the server shows as its panel after a write is what is in focus. */
  adoptPanel() {
    document.getElementById("alerts")?.replaceChildren();
    this.dataset.focus = find(this, ".annotation-panel", HTMLElement)?.dataset.a ?? "";
    this.isPicking = this.postponed?.some(({ command }) => PICKS.has(command)) ?? false;
    if (document.activeElement === document.body || document.activeElement === null) {
      find(this, ".article-body", HTMLElement)?.focus({ preventScroll: true });
    }
  }

  /** Show on marks and cards what is in focus and what it is linked to. */
  refresh() {
    const focus = this.dataset.focus ?? "";
    const panel = find(this, ".annotation-panel", HTMLElement);
    const linked = new Set(panel?.dataset.a === focus ? panel?.dataset.linked?.split(" ") : []);
    for (const mark of findAll(this, "mark.is-focused, mark.is-linked, mark[data-hint]", HTMLElement)) {
      mark.classList.remove("is-focused", "is-linked");
      if (!this.isPicking) delete mark.dataset.hint;
    }
    this.classList.toggle("is-picking", this.isPicking);
    if (focus) for (const mark of this.marksOf(focus)) mark.classList.add("is-focused");
    for (const id of linked) if (id) for (const mark of this.marksOf(id)) mark.classList.add("is-linked");
    const column = find(this, "card-column", HTMLElement);
    if (column) {
      column.dataset.focus = focus;
      column.dataset.revision = String(Number(column.dataset.revision ?? 0) + 1);
    }
    this.draw();
  }

  /** Show digits on the candidates; choose at once if the digit came before the list. @param {string[]} ids */
  showDigits(ids) {
    this.isPicking = true;
    ids.slice(0, 9).forEach((id, index) => {
      const mark = find(this, `mark.is-first[data-a="${id}"]`, HTMLElement);
      if (mark) mark.dataset.hint = String(index + 1);
    });
    this.refresh();
    const digit = this.digit;
    this.digit = "";
    if (digit) find(this, ".link-picker:not([hidden])", LinkPicker)?.chooseDigit(digit);
  }

  leavePicker() {
    this.isPicking = false;
    this.refresh();
    find(this, ".article-body", HTMLElement)?.focus({ preventScroll: true });
  }

  /** Cue words are hidden until somebody wants them. @param {boolean} [wanted] */
  showCues(wanted) {
    const box = find(this, "input.shows-cues", HTMLInputElement);
    if (box && wanted) box.checked = true;
    this.classList.toggle("has-cues", box?.checked ?? false);
  }

  /** Whether an answer is on its way that may change what is in focus. */
  isUnsettled() {
    return (this.queue?.isBusy ?? false) || (this.panelsAsked ?? 0) > 0;
  }

  /** Cue words count only while they are shown. @param {HTMLElement} mark */
  isShown(mark) {
    return !mark.classList.contains("cue") || this.classList.contains("has-cues");
  }

  /** @param {string | undefined} sentence */
  say(sentence) {
    announce(sentence ?? "");
    const shown = find(this, ".key-bar .said", HTMLElement);
    if (shown) shown.textContent = sentence ?? "";
  }

  /** The first piece of the tag in focus. */
  focused() {
    const focus = this.dataset.focus;
    return focus ? find(this, `mark.is-first[data-a="${focus}"]`, HTMLElement) : null;
  }

  /** @param {string} id */
  marksOf(id) {
    return findAll(this, `mark[data-a="${id}"]`, HTMLElement);
  }
}

/** @param {CustomEvent} event */
function isWrite(event) {
  return event.detail.requestConfig?.verb === "post";
}

/** Scroll a tag to the middle of the window unless it stands in the middle third. @param {HTMLElement} mark */
function showInMiddle(mark) {
  const { top, bottom } = mark.getBoundingClientRect();
  const third = window.innerHeight / 3;
  if (top < third || bottom > 2 * third) mark.scrollIntoView({ block: "center", inline: "nearest" });
}
