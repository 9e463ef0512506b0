// @ts-check
/** Writes a person's own keys on the buttons; loaded only for people who have changed theirs. */
import { findAll } from "../lib/dom.js";

/** @import { KeyMap } from "../lib/commands.js" */

const SIGNS = new Map([
  ["Control", "Ctrl"],
  ["Shift", "⇧"],
  ["Backspace", "⌫"],
  ["Enter", "⏎"],
]);

/**
 * Keep the keys on the buttons of a page true, also on those that come later.
 * @param {HTMLElement} root @param {KeyMap} keys @param {boolean} hasSingleKeys @param {AbortSignal} signal
 */
export function keepLabels(root, keys, hasSingleKeys, signal) {
  const observer = new MutationObserver(() => writeKeys(root, keys, hasSingleKeys));
  writeKeys(root, keys, hasSingleKeys);
  observer.observe(root, { childList: true, subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
}

/** @param {HTMLElement} root @param {KeyMap} keys @param {boolean} hasSingleKeys */
function writeKeys(root, keys, hasSingleKeys) {
  for (const element of findAll(root, "[data-command][aria-keyshortcuts], kbd[data-key]", HTMLElement)) {
    const { command, kind, key } = element.dataset;
    const names = keys[key ?? (kind ? `tag-${kind}` : (command ?? ""))];
    if (!names) continue;
    const own = names.map((name) => pressable(name, hasSingleKeys));
    const label = key === undefined ? element.querySelector("kbd") : element;
    setText(label, own[0].map((part) => SIGNS.get(part) ?? upper(part)).join(" "));
    if (key === undefined) setShortcuts(element, own.map((parts) => parts.map(upper).join("+")).join(" "));
  }
}

/** The keys to hold, one a part. @param {string} name @param {boolean} hasSingleKeys */
function pressable(name, hasSingleKeys) {
  const parts = name === "+" ? [name] : name.split("+");
  return hasSingleKeys || name.length > 1 ? parts : ["Control", "Shift", ...parts];
}

/** @param {string} part */
function upper(part) {
  return part.length === 1 ? part.toUpperCase() : part;
}

/** What is right already is left alone, or the observer would never rest. @param {Element | null} element @param {string} text */
function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} element @param {string} shortcuts */
function setShortcuts(element, shortcuts) {
  if (element.getAttribute("aria-keyshortcuts") !== shortcuts) element.setAttribute("aria-keyshortcuts", shortcuts);
}
