// @ts-check
/** Linking with the mouse: from a row of the card, or from the tag's handle, onto a tag. Only what can take it lights up. */
import { PICKS } from "./picks.js";

/** @import { Desk } from "./desk.js" */

const FAR_PX = 6;
const EDGE_PX = 70;
const SCROLL_PX = 18;
const CLAIMS = ["claim", "counterclaim"];
/** From the handle the tag it is dropped on says what is meant. */
const ANY = "any";
/** @type {Record<string, string[]>} */
const TARGETS = {
  [ANY]: ["party", ...CLAIMS],
  who: ["party"],
  about: ["party"],
  relayed_by: ["party"],
  cued_by: ["cue"],
  disputed: CLAIMS,
  supports: CLAIMS,
  same_as: CLAIMS,
  expresses: CLAIMS,
};

export class LinkDrag {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.pick = "";
    this.isDragging = false;
    this.from = { x: 0, y: 0 };
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.desk.root.addEventListener("pointerdown", (event) => this.start(event), { signal });
    document.addEventListener("pointermove", (event) => this.move(event), { signal });
    document.addEventListener("pointerup", (event) => this.drop(event), { signal });
    document.addEventListener("pointercancel", () => this.end(), { signal });
    this.desk.root.addEventListener("dragstart", (event) => this.pick && event.preventDefault(), { signal });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.end(), { signal, capture: true });
    this.desk.root.addEventListener("click", (event) => this.swallow(event), { signal, capture: true });
  }

  /** @param {PointerEvent} event */
  start(event) {
    const from = event.target instanceof Element ? event.target : null;
    const row = from?.closest(".annotation-panel [data-command]");
    const pick = from?.closest("[data-link]") ? ANY : PICKS[row?.getAttribute("data-command") ?? ""];
    if (!pick || event.button !== 0) return;
    if (pick === ANY) event.preventDefault();
    this.pick = pick;
    this.from = { x: event.clientX, y: event.clientY };
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.pick) return;
    const isFar = Math.hypot(event.clientX - this.from.x, event.clientY - this.from.y) > FAR_PX;
    if (!this.isDragging && isFar) {
      this.isDragging = true;
      this.desk.root.dataset.linking = this.targets().join(" ");
    }
    if (!this.isDragging) return;
    event.preventDefault();
    document.getSelection()?.empty();
    this.scrollAt(event.clientY);
  }

  /** What the link may end at; a quote disputes nothing. */
  targets() {
    const isQuote = this.desk.focused()?.classList.contains("quote");
    return isQuote && this.pick === ANY ? ["party"] : TARGETS[this.pick];
  }

  /** At its edges the page goes on scrolling, also while the mouse rests. @param {number} y */
  scrollAt(y) {
    cancelAnimationFrame(this.frame ?? 0);
    const by = y < EDGE_PX ? -SCROLL_PX : y > window.innerHeight - EDGE_PX ? SCROLL_PX : 0;
    if (!this.isDragging || by === 0) return;
    window.scrollBy(0, by);
    this.frame = requestAnimationFrame(() => this.scrollAt(y));
  }

  /** @param {PointerEvent} event */
  drop(event) {
    const { pick, isDragging } = this;
    const targets = isDragging ? this.targets() : [];
    this.end();
    if (!isDragging) return;
    this.hasDropped = true;
    const mark = targetAt(document.elementFromPoint(event.clientX, event.clientY), targets);
    const isParty = mark?.classList.contains("party");
    if (mark?.dataset.a) this.link(pick === ANY ? (isParty ? "who" : "disputed") : pick, mark.dataset.a);
  }

  /** @param {string} pick @param {string} target */
  link(pick, target) {
    const source = this.desk.root.dataset.focus ?? "";
    const isQuote = this.desk.focused()?.classList.contains("quote");
    const type = pick === "who" ? (isQuote ? "speaker" : "claimant") : pick === "disputed" ? "disputes" : pick;
    this.desk.writer.write("link", { type, source, target });
  }

  end() {
    this.pick = "";
    this.isDragging = false;
    delete this.desk.root.dataset.linking;
  }

  /** The release of a drag is no click. @param {Event} event */
  swallow(event) {
    if (!this.hasDropped) return;
    this.hasDropped = false;
    const isRow = event.target instanceof Element && event.target.closest("[data-command]");
    if (!isRow) return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** The innermost tag at a place that can be linked to. @param {Element | null} element @param {string[]} kinds @returns {HTMLElement | null} */
function targetAt(element, kinds) {
  for (let mark = element?.closest("mark"); mark; mark = mark.parentElement?.closest("mark")) {
    if (kinds.includes(mark.classList[0])) return mark;
  }
  return null;
}
