// @ts-check
/** The caret of the text: the real selection, moved and extended by keys. Offsets are code points. */
import {
  extendBy,
  extendToComma,
  extendToQuotationMark,
  extendToSentenceEnd,
  fromFirstWord,
  partAt,
  sentencesOf,
  startAfter,
  startBefore,
  wordsOf,
} from "../text/moves.js";
import { blockAt, blocksOf, offsetAt, placeOf, startOf, windowAround } from "../text/selection.js";

/** @import { Segment, TextWindow } from "../types.js" */
/** @import { Stretch } from "../text/moves.js" */

const MARGIN_PX = 110;
const PAGE = 0.8;
/** @type {Record<string, ["forward" | "backward", string]>} */
const BY_BROWSER = {
  "line-down": ["forward", "line"],
  "line-up": ["backward", "line"],
  "line-start": ["backward", "lineboundary"],
  "line-end": ["forward", "lineboundary"],
};
/** @type {Record<string, 1 | -1>} */
const BY_WORD = { "word-next": 1, "word-previous": -1, "word-right": 1, "word-left": -1 };
/** @type {Record<string, 1 | -1>} */
const BY_SENTENCE = { "sentence-next": 1, "sentence-previous": -1 };

export class Caret {
  /** @param {HTMLElement} body */
  constructor(body) {
    this.body = body;
    /** @type {number | undefined} */
    this.lastKnown = undefined;
    /** @type {number | undefined} */
    this.frame = undefined;
  }

  /** Do what a key of the caret asks for; false when it is none. @param {string} command @returns {boolean} */
  obey(command) {
    const isExtending = command.startsWith("extend-") || this.stretch() !== null;
    const name = command.replace("extend-", "");
    if (name === "select") this.select();
    else if (name in BY_BROWSER) this.modify(name, command.startsWith("extend-") || isExtending);
    else if (name === "page-down" || name === "page-up") this.turnPage(name === "page-down" ? 1 : -1);
    else if (name.startsWith("to-")) this.extendTo(name);
    else if (name in BY_WORD) this.moveBy(this.turned(name), "word", isExtending);
    else if (name in BY_SENTENCE) this.moveBy(BY_SENTENCE[name], "sentence", isExtending);
    else return false;
    this.show();
    return true;
  }

  /** Remember where the caret is: fields of the page take the selection away. */
  note() {
    const selection = document.getSelection();
    this.lastKnown = offsetAt(this.body, selection?.focusNode ?? null, selection?.focusOffset ?? 0) ?? this.lastKnown;
  }

  /** Come back into the text: the caret is where it was. */
  enter() {
    const selection = document.getSelection();
    const isHere = offsetAt(this.body, selection?.focusNode ?? null, selection?.focusOffset ?? 0) !== null;
    if (!isHere && this.lastKnown !== undefined) this.put(this.lastKnown);
  }

  /** Where the caret is: the end that moves; the first word when it is nowhere yet. */
  offset() {
    const selection = document.getSelection();
    return (
      offsetAt(this.body, selection?.focusNode ?? null, selection?.focusOffset ?? 0) ??
      this.lastKnown ??
      this.firstVisible()
    );
  }

  /** The selection with its moving end; null when nothing is selected. @returns {Stretch | null} */
  stretch() {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) return null;
    const anchor = offsetAt(this.body, selection.anchorNode, selection.anchorOffset);
    const focus = offsetAt(this.body, selection.focusNode, selection.focusOffset);
    if (anchor === null || focus === null || anchor === focus) return null;
    return anchor < focus
      ? { start: anchor, end: focus, moving: "end" }
      : { start: focus, end: anchor, moving: "start" };
  }

  /** Put the caret somewhere. @param {number} offset */
  put(offset) {
    const place = placeOf(this.body, offset);
    if (place) document.getSelection()?.collapse(...place);
  }

  /**
   * Put the caret somewhere with the next frame. In the turn of a key the browser would read all of the text up to it,
   * to tell the keyboards of touch screens what stands there. @param {number} offset
   */
  putSoon(offset) {
    this.lastKnown = offset;
    document.getSelection()?.removeAllRanges();
    cancelAnimationFrame(this.frame ?? 0);
    this.frame = requestAnimationFrame(() => this.settle());
  }

  /** Put it there now, unless something was selected since. */
  settle() {
    if (this.frame === undefined) return;
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    if (document.getSelection()?.rangeCount === 0 && this.lastKnown !== undefined) this.put(this.lastKnown);
  }

  /** Select a stretch. @param {Stretch} stretch */
  hold({ start, end, moving }) {
    const from = placeOf(this.body, moving === "end" ? start : end);
    const to = placeOf(this.body, moving === "end" ? end : start);
    if (from && to) document.getSelection()?.setBaseAndExtent(...from, ...to);
  }

  /** Select the word at the caret; what is selected moves by its other end from now on. */
  select() {
    const held = this.stretch();
    if (held) return this.hold({ ...held, moving: held.moving === "end" ? "start" : "end" });
    const at = this.offset();
    const text = windowAround(this.body, at);
    const word = text && partAt(wordsOf(text, this.language(at)), at);
    if (word) this.hold({ ...word, moving: "end" });
  }

  /** Select the sentence or the block at a place. @param {"sentence" | "block"} part @param {number} at */
  selectPart(part, at) {
    const block = blockAt(this.body, at);
    if (!block) return;
    const start = startOf(block);
    if (part === "block") return this.hold({ start, end: start + [...block.textContent].length, moving: "end" });
    const text = /** @type {TextWindow} */ (windowAround(this.body, at));
    const sentence = partAt(sentencesOf(text, this.language(at)), at);
    if (sentence) this.hold({ ...sentence, moving: "end" });
  }

  /** @param {1 | -1} by @param {"word" | "sentence"} unit @param {boolean} isExtending */
  moveBy(by, unit, isExtending) {
    const at = this.offset();
    const text = windowAround(this.body, at);
    if (!text) return;
    const words = wordsOf(text, this.language(at));
    const parts = unit === "word" ? words : sentencesOf(text, this.language(at));
    if (isExtending && !this.stretch() && unit === "word") return this.selectBeside(words, at, by);
    if (isExtending) return this.extend((held) => extendBy(text, parts, held, by));
    const starts = unit === "word" ? words : fromFirstWord(parts, words);
    const found = by > 0 ? startAfter(starts, at) : startBefore(starts, at);
    this.put(found ?? (by > 0 ? parts.at(-1)?.end : parts[0]?.start) ?? at);
  }

  /** Begin a selection with the word at the caret, or with the one before it. @param {Segment[]} words @param {number} at @param {1 | -1} by */
  selectBeside(words, at, by) {
    const word = by > 0 ? partAt(words, at) : words.findLast(({ start }) => start < at);
    if (word) this.hold({ ...word, moving: by > 0 ? "end" : "start" });
  }

  /** @param {string} command */
  extendTo(command) {
    this.extend((held, text) => {
      if (command === "to-comma") return extendToComma(text, held);
      if (command === "to-quotation-mark") return extendToQuotationMark(text, held);
      return extendToSentenceEnd(text, sentencesOf(text, this.language(held.end)), held);
    });
  }

  /** Change the selection; without one the word at the caret is selected first. @param {(held: Stretch, text: TextWindow) => Stretch} change */
  extend(change) {
    if (!this.stretch()) this.select();
    const held = this.stretch();
    const text = held && windowAround(this.body, held.moving === "end" ? held.end : held.start);
    if (held && text) this.hold(change(held, text));
  }

  /** @param {string} name @param {boolean} isExtending */
  modify(name, isExtending) {
    const [direction, unit] = BY_BROWSER[name];
    const selection = document.getSelection();
    if (!selection) return;
    if (offsetAt(this.body, selection.focusNode, selection.focusOffset) === null) this.put(this.firstVisible());
    selection.modify(isExtending ? "extend" : "move", direction, unit);
    if (offsetAt(this.body, selection.focusNode, selection.focusOffset) === null) this.put(this.lastKnown ?? 0);
  }

  /** A page on or back; where the page does not scroll so far, the caret goes the rest of the way. @param {1 | -1} by */
  turnPage(by) {
    const rect = this.rect();
    const way = by * PAGE * window.innerHeight;
    const before = window.scrollY;
    window.scrollBy(0, way);
    const wanted = (rect?.top ?? 0) + way - (window.scrollY - before);
    const { top, bottom, left } = this.body.getBoundingClientRect();
    if (wanted < top || wanted > bottom) return this.put(by > 0 ? this.end() : 0);
    const y = Math.min(Math.max(wanted, MARGIN_PX), window.innerHeight - MARGIN_PX);
    const place = document.caretPositionFromPoint?.(rect?.left ?? left + 4, y);
    const at = place ? offsetAt(this.body, place.offsetNode, place.offset) : null;
    if (at !== null) this.put(at);
  }

  /** Where the text ends. */
  end() {
    const last = blocksOf(this.body).at(-1);
    return last ? startOf(last) + [...(last.textContent ?? "")].length : 0;
  }

  /** Visual order: in a block from right to left, the word to the right is the one before. @param {string} name */
  turned(name) {
    const isVisual = name === "word-right" || name === "word-left";
    const block = isVisual ? blockAt(this.body, this.offset()) : null;
    const isRtl = block !== null && getComputedStyle(block).direction === "rtl";
    return /** @type {1 | -1} */ (isRtl ? -BY_WORD[name] : BY_WORD[name]);
  }

  /** Bring the caret back into the window when it left it. */
  show() {
    this.lastKnown = this.offset();
    const rect = this.rect();
    if (rect && (rect.top < MARGIN_PX || rect.bottom > window.innerHeight - MARGIN_PX)) {
      window.scrollBy(0, rect.top - window.innerHeight / 2);
    }
  }

  /** Where the caret stands in the window. @returns {DOMRect | null} */
  rect() {
    const place = placeOf(this.body, this.offset());
    if (!place) return null;
    const range = document.createRange();
    range.setStart(...place);
    const rect = range.getBoundingClientRect();
    return rect.height > 0 ? rect : (blockAt(this.body, this.offset())?.getBoundingClientRect() ?? null);
  }

  firstVisible() {
    for (const block of this.body.querySelectorAll("[data-s]")) {
      if (block instanceof HTMLElement && block.getBoundingClientRect().bottom > MARGIN_PX) return startOf(block);
    }
    return 0;
  }

  /** @param {number} offset */
  language(offset) {
    return blockAt(this.body, offset)?.lang || undefined;
  }
}
