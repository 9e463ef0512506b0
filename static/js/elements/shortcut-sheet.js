// @ts-check
// All keys of the workbench in a dialog. Opened by `data-open`.

import { find } from "../lib/dom.js";

/** A dialog that the browser closes by Escape and by its button; the focus goes back by itself. */
export class ShortcutSheet extends HTMLElement {
  static observedAttributes = ["data-open"];

  connectedCallback() {
    this.close = this.close.bind(this);
    this.dialog()?.addEventListener("close", this.close);
  }

  disconnectedCallback() {
    this.dialog()?.removeEventListener("close", this.close);
  }

  attributeChangedCallback() {
    const dialog = this.dialog();
    if (this.hasAttribute("data-open") && dialog && !dialog.open) dialog.showModal();
  }

  close() {
    this.removeAttribute("data-open");
  }

  dialog() {
    return find(this, "dialog", HTMLDialogElement);
  }
}
