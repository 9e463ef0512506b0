// @ts-check
/** Shows records of the review page by themselves: one that was taken back, or the queue from its start. */

import { findAll } from "../lib/dom.js";

/** @import { Fields } from "../types.js" */

/** @returns {any} htmx, as the page loaded it */
function htmx() {
  return /** @type {any} */ (window).htmx;
}

/** Show a record in the place of the one that is shown. @param {Element} asker @param {string} address */
export function showFrame(asker, address) {
  return htmx()
    .ajax("GET", address, { source: asker, target: "#review-frame", swap: "outerHTML" })
    .catch(() => {});
}

/** Show the queue from its start. @param {HTMLElement} deck `data-start` is its address */
export function showStart(deck) {
  const address = `${window.location.pathname}${deck.dataset.start}`;
  return htmx()
    .ajax("GET", address, { source: deck, target: "#review-deck", select: "#review-deck", swap: "outerHTML" })
    .catch(() => {});
}

/** Fill the decision form as it was when it was sent. @param {ParentNode} root @param {Fields} fields */
export function fill(root, fields) {
  const isTyped = /** @param {Element} field */ (field) => !field.matches("[type='hidden'], [name='verdict']");
  const inputs = [
    ...findAll(root, ".decision-form input[name]", HTMLInputElement),
    ...findAll(root, ".decision-form textarea[name]", HTMLTextAreaElement),
    ...findAll(root, ".decision-form select[name]", HTMLSelectElement),
  ].filter(isTyped);
  for (const input of inputs) {
    const values = [fields[input.name] ?? []].flat();
    if (input instanceof HTMLSelectElement) {
      for (const option of input.options) option.selected = values.includes(option.value);
    } else if (input instanceof HTMLInputElement && ["radio", "checkbox"].includes(input.type)) {
      input.checked = values.includes(input.value);
    } else if (values.length > 0) {
      input.value = values[0];
    }
  }
}
