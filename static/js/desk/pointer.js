// @ts-check
/** What mouse and finger do in the workbench: press, select, click deeper. */
import { tagsAt } from "./focus.js";

/** @import { Desk } from "./desk.js" */
/** @import { Kind } from "../types.js" */

export class Pointer {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { desk } = this;
    desk.root.addEventListener("click", (event) => this.press(event), { signal });
    desk.root.addEventListener("mousedown", keepSelection, { signal });
    desk.root.addEventListener("pointerdown", (event) => isInText(event) && desk.place.drag(), { signal });
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
    } else if (target?.closest("[data-s]")) this.pressText(target, event.detail);
  }

  /** @param {Element} target @param {number} clicks */
  pressText(target, clicks) {
    const { caret, root } = this.desk;
    if (clicks > 2) return caret.selectPart(clicks === 3 ? "sentence" : "block");
    if (caret.stretch()) return;
    const ids = tagsAt(root, target);
    const next = ids[ids.indexOf(root.dataset.focus ?? "") + 1] ?? ids[0] ?? "";
    if (next || root.dataset.focus) this.desk.focusTag(next);
  }

  /** With Alt the selection is taken exactly as it is; with a sticky kind it is tagged at once. @param {PointerEvent} event */
  release(event) {
    const { desk } = this;
    desk.place.drop();
    if (!isInText(event)) return;
    desk.isExact = event.altKey;
    if (desk.sticky && desk.caret.stretch()) desk.tag(/** @type {Kind} */ (desk.sticky));
  }
}

/** Pressing a button must not take the selection away. @param {MouseEvent} event */
function keepSelection(event) {
  if (event.target instanceof Element && event.target.closest("button[data-command]")) event.preventDefault();
}

/** @param {Event} event */
function isInText(event) {
  return event.target instanceof Element && event.target.closest("[data-s]") !== null;
}
