// @ts-check
/** Keeps caret, selection, focus and scroll where they are while answers replace parts of the page. */
import { find } from "../lib/dom.js";
import { isTyping } from "../lib/keys.js";
import { firstBelow } from "../text/near.js";
import { blocksOf, offsetAt, placeOf } from "../text/selection.js";

/** @typedef {{id: string, element: Element}} Waiting a block that came while somebody was selecting in it */

export class PlaceKeeper {
  /** @param {HTMLElement} reader @param {HTMLElement} body */
  constructor(reader, body) {
    this.reader = reader;
    this.body = body;
    this.isDragging = false;
    /** @type {Waiting[]} */
    this.waiting = [];
    /** @type {(() => void) | null} */
    this.restore = null;
  }

  /** Remember the place before an answer is put in. */
  keep() {
    if (this.restore) return;
    const selected = this.selection();
    const focusId = document.activeElement?.id ?? "";
    const line = this.line();
    const top = line?.getBoundingClientRect().top ?? 0;
    const lineId = line?.id ?? "";
    this.restore = () => {
      this.restoreSelection(selected);
      restoreFocus(focusId);
      const now = lineId ? document.getElementById(lineId)?.getBoundingClientRect().top : undefined;
      if (now !== undefined && Math.abs(now - top) > 0) window.scrollBy(0, now - top);
    };
  }

  /** Go back to the place after it. */
  giveBack() {
    this.restore?.();
    this.restore = null;
  }

  /** The same for answers that htmx puts in. @param {CustomEvent} event */
  guard(event) {
    const { target, fragment } = event.detail;
    const part = fragment.firstElementChild;
    if (target instanceof HTMLElement && part && this.keeps(target, part)) event.detail.shouldSwap = false;
  }

  /** Decide about one part of an answer: blocks wait while somebody selects, cards with words typed in stay. @param {HTMLElement} there @param {Element} part */
  keeps(there, part) {
    const isWaiting = there.dataset.s !== undefined && this.isDragging;
    if (isWaiting) this.waiting.push({ id: there.id, element: part });
    return isWaiting || (there.id === "annotation-panel" && isTypedIn(there) && isSameTag(there, part));
  }

  drag() {
    this.isDragging = true;
  }

  /** The mouse was released: put in what has waited. */
  drop() {
    this.isDragging = false;
    if (this.waiting.length === 0) return;
    this.keep();
    for (const { id, element } of this.waiting.splice(0)) document.getElementById(id)?.replaceWith(element);
    this.giveBack();
  }

  /** @returns {[number, number] | null} */
  selection() {
    const selection = document.getSelection();
    if (!selection?.anchorNode || !selection.focusNode) return null;
    const anchor = offsetAt(this.body, selection.anchorNode, selection.anchorOffset);
    const focus = offsetAt(this.body, selection.focusNode, selection.focusOffset);
    return anchor === null || focus === null ? null : [anchor, focus];
  }

  /**
   * Select again what an answer took out of the text and put in anew.
   * @param {[number, number] | null} selected @param {(offset: number) => void} [putCaret] takes what is only a caret
   */
  restoreSelection(selected, putCaret) {
    // A field that has the focus would not take letters any more.
    if (!selected || isTyping(document.activeElement) || String(this.selection()) === String(selected)) return;
    if (putCaret && selected[0] === selected[1]) return putCaret(selected[1]);
    const anchor = placeOf(this.body, selected[0]);
    const focus = placeOf(this.body, selected[1]);
    if (anchor && focus) document.getSelection()?.setBaseAndExtent(...anchor, ...focus);
  }

  /** The block by which a shift is measured: that of the tag in focus, else the first in sight. */
  line() {
    const focused = find(this.body, "mark.is-focused", HTMLElement)?.closest("[data-s]");
    return focused && isInSight(focused) ? focused : blockInSight(this.body);
  }
}

/** @param {Element} element */
function isInSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

/** The first block that reaches into the window. @param {HTMLElement} body @returns {Element | null} */
function blockInSight(body) {
  const blocks = blocksOf(body);
  const first = blocks[firstBelow(blocks, (block) => block.getBoundingClientRect().bottom > 0)];
  return first && isInSight(first) ? first : null;
}

/** Typing in the panel is not thrown away. @param {HTMLElement} panel */
function isTypedIn(panel) {
  const field = document.activeElement;
  const isField = field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement;
  return isField && panel.contains(field) && field.type !== "search" && field.value !== field.defaultValue;
}

/** @param {HTMLElement} panel @param {Element} part */
function isSameTag(panel, part) {
  const hasBothSides = part.querySelector(".annotation-conflict") !== null;
  return part.getAttribute("data-a") === panel.dataset.a && !hasBothSides;
}

/** Only a focus that the answer has taken away comes back. @param {string} id */
function restoreFocus(id) {
  if (!id || (document.activeElement !== null && document.activeElement !== document.body)) return;
  document.getElementById(id)?.focus({ preventScroll: true });
}
