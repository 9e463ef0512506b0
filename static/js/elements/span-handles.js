// @ts-check
// Handles of the focused tag: two at its edges, to make it longer or shorter, and one to draw a link from.

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
    const link = find(this, "[data-link]", HTMLElement);
    if (link) link.hidden = ["party", "cue"].includes(marks[0].classList[0]);
    const first = marks[0].getClientRects()[0];
    const last = [...marks[marks.length - 1].getClientRects()].at(-1);
    if (!first) return;
    const [from, to] = isRtl ? [first.right, last?.left] : [first.left, last?.right];
    this.put("[data-edge='start']", from, first.top - AWAY_PX);
    this.put("[data-link]", from, first.bottom + AWAY_PX);
    if (last && to !== undefined) this.put("[data-edge='end']", to, last.bottom + AWAY_PX);
  }

  /** @param {string} name @param {number} x @param {number} y */
  put(name, x, y) {
    const handle = find(this, name, HTMLElement);
    const around = this.offsetParent?.getBoundingClientRect();
    if (!handle || !around) return;
    handle.style.setProperty("--x", `${x - around.left}px`);
    handle.style.setProperty("--y", `${y - around.top}px`);
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
