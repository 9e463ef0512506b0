// @ts-check
// Turns pressed keys into commands for the element it stands in. The map of keys is the person's own.

import { commandOf, readKeys } from "../lib/commands.js";
import { COMMAND, send } from "../lib/events.js";

/** Attributes: `data-keys` is the map as JSON, `data-single-keys` whether keys act without Control and Shift. */
export class KeyReader extends HTMLElement {
  connectedCallback() {
    this.press = this.press.bind(this);
    this.keys = readKeys(this.dataset.keys);
    document.addEventListener("keydown", this.press);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.press);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (!this.keys || !this.isMeant(event)) return;
    const command = commandOf(event, this.keys, this.dataset.singleKeys !== "false");
    if (!command) return;
    event.preventDefault();
    send(this, COMMAND, command);
  }

  /** Single keys belong to the workbench: in the bar above it they do nothing. @param {KeyboardEvent} event */
  isMeant(event) {
    const isElsewhere = event.target instanceof Element && event.target !== document.body;
    return event.ctrlKey || event.metaKey || !isElsewhere || this.parentElement?.contains(event.target) === true;
  }
}
