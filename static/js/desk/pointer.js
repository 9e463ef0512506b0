// @ts-check
/** What mouse and finger do in the workbench: press, select, click deeper, point at a party. */
import { find, findAll } from "../lib/dom.js";
import { drawHighlight } from "../text/highlights.js";
import { offsetAt } from "../text/selection.js";
import { firstMarkOf } from "../text/tags.js";
import { tagsAt } from "./focus.js";

/** @import { Desk } from "./desk.js" */
/** @import { Kind } from "../types.js" */

const BELOW_PX = 8;
const NAMES_PARTY = "mark.party, .party-list [data-a], .link-chip [data-a]";

export class Pointer {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.glowing = "";
    this.hasTagged = false;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { desk } = this;
    desk.root.addEventListener("click", (event) => this.press(event), { signal });
    desk.root.addEventListener("mousedown", keepSelection, { signal });
    desk.root.addEventListener("pointerdown", (event) => isInText(event) && desk.place.drag(), { signal });
    desk.root.addEventListener("pointerover", (event) => this.glow(event), { signal, passive: true });
    desk.root.addEventListener("focusin", (event) => this.glow(event), { signal });
    document.addEventListener("pointerup", (event) => this.release(event), { signal });
  }

  /** Buttons and names act; tags are picked by a click, the innermost first, the same click again goes outward. @param {MouseEvent} event */
  press(event) {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest("[data-command]");
    const named = target?.closest("a[data-a], .annotation-card[data-a]");
    if (button instanceof HTMLElement) {
      event.preventDefault();
      this.desk.run({ command: button.dataset.command ?? "", kind: button.dataset.kind });
    } else if (named instanceof HTMLElement) {
      event.preventDefault();
      this.desk.go(named.dataset.a);
    } else if (target?.closest("[data-s]")) this.pressText(target, event);
  }

  /** @param {Element} target @param {MouseEvent} event */
  pressText(target, event) {
    const { caret, root } = this.desk;
    if (event.detail > 2) {
      const place = document.caretPositionFromPoint?.(event.clientX, event.clientY);
      const at = place ? offsetAt(this.desk.body, place.offsetNode, place.offset) : null;
      caret.selectPart(event.detail === 3 ? "sentence" : "block", at ?? caret.offset());
      return this.showBar(event.clientX);
    }
    if (caret.stretch() || this.hasTagged) return;
    const ids = tagsAt(root, target);
    if (this.desk.picking.isOn) return this.desk.picking.choose(ids);
    const next = ids[ids.indexOf(root.dataset.focus ?? "") + 1] ?? ids[0] ?? "";
    if (next || root.dataset.focus) this.desk.focusTag(next);
  }

  /** With Alt the selection is taken exactly as it is; with a sticky kind it is tagged at once. @param {PointerEvent} event */
  release(event) {
    const { desk } = this;
    desk.place.drop();
    if (!isInText(event)) return;
    desk.isExact = event.altKey;
    // A drag inside one block is a click of that block, too: it must not take the focus from the new tag.
    this.hasTagged = desk.caret.stretch() !== null && desk.sticky !== "";
    if (!desk.caret.stretch()) return;
    if (desk.sticky) desk.marking.tag(/** @type {Kind} */ (desk.sticky));
    else if (event.pointerType === "mouse") this.showBar(event.clientX);
  }

  /** Put the kinds below the end of the selection, never over it. @param {number} x */
  showBar(x) {
    const bar = find(this.desk.root, ".kind-bar", HTMLElement);
    const around = bar?.parentElement?.getBoundingClientRect();
    const lines = [...(document.getSelection()?.getRangeAt(0).getClientRects() ?? [])];
    if (!bar || !around || lines.length === 0) return;
    bar.hidden = false;
    const { offsetHeight: height, offsetWidth: width } = bar;
    const below = Math.max(...lines.map(({ bottom }) => bottom)) + BELOW_PX;
    const above = Math.min(...lines.map(({ top }) => top)) - height - BELOW_PX;
    const hasRoom = below + 2 * height < window.innerHeight;
    const left = Math.min(Math.max(x - around.left - width / 2, 0), around.width - width);
    bar.style.setProperty("--x", `${Math.round(left)}px`);
    bar.style.setProperty("--y", `${Math.round((hasRoom ? below : above) - around.top)}px`);
  }

  hideBar() {
    find(this.desk.root, ".kind-bar", HTMLElement)?.setAttribute("hidden", "");
  }

  /** Show every mention of the party that is pointed at. @param {Event} event */
  glow(event) {
    const { body } = this.desk;
    const named = event.target instanceof Element ? event.target.closest(NAMES_PARTY) : null;
    const id = named?.getAttribute("data-a") ?? "";
    if (id === this.glowing) return;
    this.glowing = id;
    const parties = firstMarkOf(body, id)?.dataset.p?.split(" ") ?? [];
    const mentions = parties.flatMap((party) => findAll(body, `mark[data-p~="${party}"]`, HTMLElement));
    const meant = new Set(mentions.map((mention) => mention.dataset.a));
    const pieces = meant.size > 0 ? findAll(body, "mark.party", HTMLElement) : [];
    drawHighlight("same-party", pieces.filter((piece) => meant.has(piece.dataset.a)).map(rangeOf));
  }
}

/** @param {Element} element */
function rangeOf(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range;
}

/** Pressing a button must not take the selection away. @param {MouseEvent} event */
function keepSelection(event) {
  if (event.target instanceof Element && event.target.closest("button[data-command]")) event.preventDefault();
}

/** @param {Event} event */
function isInText(event) {
  return event.target instanceof Element && event.target.closest("[data-s]") !== null;
}
