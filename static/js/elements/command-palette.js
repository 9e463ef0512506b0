// @ts-check
// Everything the workbench can do, by a few letters of its name. Opened by `data-open`.

import { find, findAll } from "../lib/dom.js";
import { COMMAND, send } from "../lib/events.js";

/** Sends `workbench:command` up for the choice, after the dialog has given the focus back. */
export class CommandPalette extends HTMLElement {
  static observedAttributes = ["data-open"];

  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.addEventListener("input", () => this.narrow(), { signal });
    this.addEventListener("keydown", (event) => this.press(event), { signal });
    this.addEventListener("click", (event) => this.choose(event), { signal });
    this.dialog()?.addEventListener("close", () => this.removeAttribute("data-open"), { signal });
  }

  disconnectedCallback() {
    this.stop?.abort();
  }

  attributeChangedCallback() {
    const dialog = this.dialog();
    if (!this.hasAttribute("data-open") || !dialog || dialog.open) return;
    dialog.showModal();
    const input = find(this, "input", HTMLInputElement);
    if (input) input.value = "";
    this.narrow();
  }

  /** Leave only what holds the letters typed. */
  narrow() {
    const sought = (find(this, "input", HTMLInputElement)?.value ?? "").trim().toLowerCase();
    for (const option of this.options()) option.hidden = !option.textContent?.toLowerCase().includes(sought);
    this.mark(this.shown()[0]);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.isComposing) return;
    const shown = this.shown();
    const at = shown.findIndex((option) => option.ariaSelected === "true");
    if (event.key === "ArrowDown") this.mark(shown[Math.min(at + 1, shown.length - 1)]);
    else if (event.key === "ArrowUp") this.mark(shown[Math.max(at - 1, 0)]);
    else if (event.key === "Enter") shown[at]?.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {HTMLButtonElement | undefined} option */
  mark(option) {
    for (const other of this.options()) other.ariaSelected = String(other === option);
    option?.scrollIntoView({ block: "nearest" });
    const input = find(this, "input", HTMLInputElement);
    if (option) input?.setAttribute("aria-activedescendant", option.id);
    else input?.removeAttribute("aria-activedescendant");
  }

  /** @param {Event} event */
  choose(event) {
    const option = event.target instanceof Element ? event.target.closest("[role='option']") : null;
    if (!(option instanceof HTMLElement)) return;
    event.stopPropagation();
    this.dialog()?.close();
    send(this, COMMAND, { command: option.dataset.run, kind: option.dataset.kind });
  }

  shown() {
    return this.options().filter((option) => !option.hidden);
  }

  options() {
    return findAll(this, "[role='option']", HTMLButtonElement);
  }

  dialog() {
    return find(this, "dialog", HTMLDialogElement);
  }
}
