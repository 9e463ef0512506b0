// @ts-check
// The drawn caret: a line where the selection's moving end is, while the text has the focus.

/** Attributes: `data-text` is the id of the text it belongs to. It stands beside the text, never in it. */
export class TextCaret extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    document.addEventListener("selectionchange", () => this.ask(), { signal });
    document.addEventListener("focusin", () => this.ask(), { signal });
    document.addEventListener("focusout", () => this.ask(), { signal });
    window.addEventListener("resize", () => this.ask(), { signal });
  }

  disconnectedCallback() {
    this.stop?.abort();
    cancelAnimationFrame(this.frame ?? 0);
  }

  ask() {
    cancelAnimationFrame(this.frame ?? 0);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    const rect = this.place();
    this.hidden = rect === null;
    const around = this.offsetParent?.getBoundingClientRect();
    if (!rect || !around) return;
    this.style.setProperty("--x", `${rect.left - around.left}px`);
    this.style.setProperty("--y", `${rect.top - around.top}px`);
    this.style.setProperty("--tall", `${rect.height}px`);
  }

  /** @returns {DOMRect | null} */
  place() {
    const text = document.getElementById(this.dataset.text ?? "");
    const selection = document.getSelection();
    if (!text || document.activeElement !== text || !selection?.focusNode) return null;
    if (!text.contains(selection.focusNode)) return null;
    const range = document.createRange();
    range.setStart(selection.focusNode, selection.focusOffset);
    const rect = range.getClientRects()[0] ?? range.getBoundingClientRect();
    return rect.height > 0 ? rect : null;
  }
}
