// @ts-check
// Turns pressed keys into commands for the element it stands in. The map of keys is the person's own.

import { areDefaults, commandOf, readKeys } from "../lib/commands.js";
import { COMMAND, send } from "../lib/events.js";

/** Attributes: `data-keys` is the map as JSON, `data-single-keys` whether keys act without Control and Shift. */
export class KeyReader extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const keys = readKeys(this.dataset.keys);
    const hasSingleKeys = this.dataset.singleKeys !== "false";
    this.keys = keys;
    document.addEventListener("keydown", (event) => this.press(event), { signal });
    const root = this.parentElement;
    if (root && (!hasSingleKeys || !areDefaults(keys))) {
      import("../desk/key-labels.js").then(({ keepLabels }) => keepLabels(root, keys, hasSingleKeys, signal));
    }
  }

  disconnectedCallback() {
    this.stop?.abort();
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
