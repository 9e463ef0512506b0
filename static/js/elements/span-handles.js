// @ts-check
// Two handles at the edges of the focused tag, to make it longer or shorter with mouse or finger.

import { find } from "../lib/dom.js";
import { SPAN_DRAGGED, send } from "../lib/events.js";
import { offsetAt } from "../text/selection.js";
import { marksOf } from "../text/tags.js";

/** Between the lines, so that the letters beside the tag can still be selected. */
const AWAY_PX = 6;

/** Attributes: `data-text`, `data-focus`, `data-revision`. Sends `span:dragged` up while an edge is moved. */
export class SpanHandles extends HTMLElement {
  static observedAttributes = ["data-focus", "data-revision"];

  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.addEventListener("pointerdown", (event) => this.grip(event), { signal });
    this.addEventListener("pointermove", (event) => this.drag(event, false), { signal });
    this.addEventListener("pointerup", (event) => this.drag(event, true), { signal });
    window.addEventListener("resize", () => this.ask(), { signal, passive: true });
    this.edge = "";
    this.ask();
  }

  disconnectedCallback() {
    this.stop?.abort();
    cancelAnimationFrame(this.frame ?? 0);
  }

  attributeChangedCallback() {
    if (this.isConnected && this.stop) this.ask();
  }

  ask() {
    cancelAnimationFrame(this.frame ?? 0);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    const text = document.getElementById(this.dataset.text ?? "");
    const marks = text ? marksOf(text, this.dataset.focus ?? "") : [];
    const isShown = marks.length > 0 && this.dataset.may !== "false";
    this.hidden = !isShown;
    if (!isShown) return;
    const isRtl = getComputedStyle(marks[0]).direction === "rtl";
    const first = marks[0].getClientRects()[0];
    const last = [...marks[marks.length - 1].getClientRects()].at(-1);
    if (first) this.put("start", isRtl ? first.right : first.left, first);
    if (last) this.put("end", isRtl ? last.left : last.right, last);
  }

  /** @param {string} edge @param {number} x @param {DOMRect} rect */
  put(edge, x, rect) {
    const handle = find(this, `[data-edge="${edge}"]`, HTMLElement);
    const around = this.offsetParent?.getBoundingClientRect();
    if (!handle || !around) return;
    handle.style.setProperty("--x", `${x - around.left}px`);
    handle.style.setProperty(
      "--y",
      `${(edge === "start" ? rect.top - AWAY_PX : rect.bottom + AWAY_PX) - around.top}px`,
    );
  }

  /** @param {PointerEvent} event */
  grip(event) {
    const handle = event.target instanceof Element ? event.target.closest("[data-edge]") : null;
    if (!(handle instanceof HTMLElement)) return;
    event.preventDefault();
    this.edge = handle.dataset.edge ?? "";
    handle.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event @param {boolean} isDone */
  drag(event, isDone) {
    if (!this.edge) return;
    const offset = this.offsetUnder(event.clientX, event.clientY);
    const edge = this.edge;
    if (isDone) this.edge = "";
    if (offset !== null) send(this, SPAN_DRAGGED, { edge, offset, isDone });
  }

  /** The handles themselves are looked through. @param {number} x @param {number} y @returns {number | null} */
  offsetUnder(x, y) {
    const text = document.getElementById(this.dataset.text ?? "");
    this.classList.add("is-seen-through");
    const place = document.caretPositionFromPoint?.(x, y);
    this.classList.remove("is-seen-through");
    return place && text ? offsetAt(text, place.offsetNode, place.offset) : null;
  }
}
