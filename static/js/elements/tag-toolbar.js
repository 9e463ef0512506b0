// @ts-check
// The palette of kinds and links, and the keys that stand for its buttons.

import { commandOf } from "../lib/commands.js";
import { COMMAND, send } from "../lib/events.js";
import { isTyping } from "../lib/keys.js";

/** Sends `workbench:command` up for keys pressed anywhere but in a field. Clicks are the reader's. */
export class TagToolbar extends HTMLElement {
  connectedCallback() {
    this.press = this.press.bind(this);
    document.addEventListener("keydown", this.press);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.press);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.defaultPrevented || isTyping(event.target)) return;
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    send(this, COMMAND, command);
  }
}
