// @ts-check
/** Which key asks for which command of the workbench. */
import { isSingleKey, keyName } from "./keys.js";

/** @typedef {{command: string, kind?: string}} Command */

/** @type {Record<string, Command>} */
const BY_KEY = {
  1: { command: "tag", kind: "party" },
  2: { command: "tag", kind: "quote" },
  3: { command: "tag", kind: "claim" },
  4: { command: "tag", kind: "counterclaim" },
  5: { command: "tag", kind: "cue" },
  j: { command: "next" },
  k: { command: "previous" },
  l: { command: "who" },
  d: { command: "disputed" },
  Backspace: { command: "withdraw" },
  Delete: { command: "withdraw" },
  "+": { command: "add-segment" },
  Enter: { command: "open" },
  Escape: { command: "cancel" },
};

/**
 * Give the command that a key press asks for; null when it is for somebody else.
 * @param {KeyboardEvent} event
 * @returns {Command | null}
 */
export function commandOf(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && !event.repeat) {
    return { command: "submit" };
  }
  if (!isSingleKey(event)) return null;
  const found = BY_KEY[keyName(event)];
  if (!found) return null;
  const isStep = found.command === "next" || found.command === "previous";
  if (event.repeat && !isStep) return null;
  if (
    found.command === "open" &&
    event.target instanceof Element &&
    event.target.closest("a, button, summary, input")
  ) {
    return null;
  }
  return found;
}
