// @ts-check
// The list of tags that are not saved, with what can be done about each.

import { send, UNSENT } from "../lib/events.js";

/** Sends `unsent:treat` up when a button of a card is pressed. The reader fills the list. */
export class UnsentCards extends HTMLElement {
  connectedCallback() {
    this.press = this.press.bind(this);
    this.addEventListener("click", this.press);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.press);
  }

  /** @param {Event} event */
  press(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const key = button?.closest("[data-key]")?.getAttribute("data-key");
    if (button && key) send(this, UNSENT, { key, act: button.value });
  }
}
