// @ts-check
// Lines in the gutter from the focused tag's card to what it is linked to, and one line of text for an end out of sight.

import { find } from "../lib/dom.js";
import { firstMarkOf } from "../text/tags.js";
import { wirePath } from "../text/wires.js";

/** @typedef {{mark: HTMLElement, rect: DOMRect}} End */

const SVG = "http://www.w3.org/2000/svg";
const LANE_PX = 6;
const BAR_PX = 52;
const FOOT_PX = 60;
const PAD_PX = 14;
const BEFORE = 24;

/** Attributes: `data-text` and `data-panel` are ids, `data-focus` and `data-revision` change when the focus does. */
export class GutterWires extends HTMLElement {
  static observedAttributes = ["data-focus", "data-revision"];

  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    window.addEventListener("scroll", () => this.askForPeek(), { signal, passive: true });
    window.addEventListener("resize", () => this.ask(), { signal, passive: true });
    this.ask();
  }

  disconnectedCallback() {
    this.stop?.abort();
    cancelAnimationFrame(this.frame ?? 0);
    cancelAnimationFrame(this.peekFrame ?? 0);
  }

  attributeChangedCallback() {
    if (this.isConnected && this.stop) this.ask();
  }

  /** Draw after the cards have found their places: a frame after them. */
  ask() {
    cancelAnimationFrame(this.frame ?? 0);
    this.frame = requestAnimationFrame(() => {
      this.frame = requestAnimationFrame(() => this.draw());
    });
  }

  /** The wires move with the page; only what is out of sight changes. */
  askForPeek() {
    cancelAnimationFrame(this.peekFrame ?? 0);
    if (this.hasEnds) this.peekFrame = requestAnimationFrame(() => this.drawPeek(this.ends()));
  }

  draw() {
    const ends = this.ends();
    this.hasEnds = ends.length > 0;
    this.drawWires(document.getElementById(this.dataset.panel ?? ""), ends);
    this.drawPeek(ends);
  }

  /** @param {HTMLElement | null} panel @param {End[]} ends */
  drawWires(panel, ends) {
    const svg = find(this, "svg", SVGElement);
    const text = this.text();
    if (!svg || !text || (ends.length === 0 && !svg.hasChildNodes())) return;
    const isBeside = panel !== null && getComputedStyle(panel).position === "absolute";
    const around = this.getBoundingClientRect();
    const card = panel?.getBoundingClientRect();
    const column = text.getBoundingClientRect();
    const wires = isBeside && card ? ends.map((end, index) => this.wire(end, index, card, column, around)) : [];
    svg.replaceChildren(...wires);
  }

  /** @param {End} end @param {number} index @param {DOMRect} card @param {DOMRect} column @param {DOMRect} around */
  wire({ mark, rect }, index, card, column, around) {
    const isRtl = card.left < column.left;
    const [cardEdge, textEdge] = isRtl ? [card.right, column.left - 2] : [card.left, column.right + 2];
    const path = document.createElementNS(SVG, "path");
    const chip = this.chipOf(mark.dataset.a ?? "")?.getBoundingClientRect() ?? card;
    const lane = isRtl ? textEdge - LANE_PX * (index + 1) : textEdge + LANE_PX * (index + 1);
    path.setAttribute("class", `wire ${mark.classList[0]}`);
    path.setAttribute(
      "d",
      wirePath({
        fromX: cardEdge - around.left,
        fromY: Math.min(chip.top + chip.height / 2, card.bottom - 8) - around.top,
        lane: lane - around.left,
        toX: textEdge - around.left,
        toY: rect.top + rect.height / 2 - around.top,
      }),
    );
    return path;
  }

  /** The first end that is out of sight stands as one line at the edge of the window. @param {End[]} ends */
  drawPeek(ends) {
    const peek = find(this, ".peek", HTMLButtonElement);
    if (!peek) return;
    const away = ends.find(({ rect }) => rect.bottom < BAR_PX || rect.top > window.innerHeight - FOOT_PX);
    peek.hidden = away === undefined;
    if (!away) return;
    const isAbove = away.rect.bottom < BAR_PX;
    const column = this.text()?.getBoundingClientRect();
    peek.style.setProperty("--left", `${(column?.left ?? 0) - PAD_PX}px`);
    peek.style.setProperty("--wide", `${(column?.width ?? 0) + 2 * PAD_PX}px`);
    const block = away.mark.closest("[data-s]");
    peek.classList.toggle("is-below", !isAbove);
    setText(peek, ".where", `${isAbove ? "↑" : "↓"} ¶${block?.getAttribute("data-n") ?? ""}`);
    setText(peek, ".before", textBefore(block, away.mark));
    setText(peek, ".words", away.mark.textContent ?? "");
    const chip = this.chipOf(away.mark.dataset.a ?? "");
    setText(peek, ".why", chip?.closest("dd")?.previousElementSibling?.textContent ?? "");
    const words = find(peek, ".words", HTMLElement);
    if (words) words.className = `words ${away.mark.classList[0]}`;
  }

  /** The other ends of the focused tag's links. @returns {End[]} */
  ends() {
    const panel = document.getElementById(this.dataset.panel ?? "");
    const text = this.text();
    if (!text || !panel || panel.hidden || panel.dataset.a !== this.dataset.focus) return [];
    return (panel.dataset.linked ?? "").split(" ").flatMap((id) => {
      const mark = firstMarkOf(text, id);
      const rect = mark?.getClientRects()[0];
      return mark && rect ? [{ mark, rect }] : [];
    });
  }

  /** Where the card names this end. @param {string} id */
  chipOf(id) {
    const panel = document.getElementById(this.dataset.panel ?? "");
    return panel?.querySelector(`.link-chip a[data-a="${CSS.escape(id)}"]`);
  }

  text() {
    return document.getElementById(this.dataset.text ?? "");
  }
}

/** A few words of the line before a mark. @param {Element | null} block @param {Element} mark */
function textBefore(block, mark) {
  if (!block) return "";
  const range = document.createRange();
  range.setStart(block, 0);
  range.setEndBefore(mark);
  const text = range.toString();
  return text.length > BEFORE ? `… ${text.slice(-BEFORE).replace(/^\S*\s/, "")}` : text;
}

/** @param {HTMLElement} root @param {string} selector @param {string} text */
function setText(root, selector, text) {
  const element = find(root, selector, HTMLElement);
  if (element) element.textContent = text;
}
