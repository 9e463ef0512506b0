// @ts-check
// Signing out with unsent tags asks first: they stay in this browser, but nobody sends them then.

import { hasUnsent } from "../outbox.js";

/** Stands around the form that signs out. Attributes: `data-question` is what is asked. */
export class SignOut extends HTMLElement {
  connectedCallback() {
    this.ask = this.ask.bind(this);
    this.addEventListener("submit", this.ask);
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.ask);
  }

  /** @param {SubmitEvent} event */
  async ask(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!(await hasUnsent()) || window.confirm(this.dataset.question)) form.submit();
  }
}
