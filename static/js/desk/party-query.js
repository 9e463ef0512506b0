// @ts-check
/** Choosing a party on the card of a mention: a digit, or letters and Enter. */
import { findAll } from "../lib/dom.js";

/**
 * Choose by a key pressed in the field that looks for parties; false when the key is typing.
 * @param {HTMLElement} root @param {KeyboardEvent} event @returns {boolean}
 */
export function choosePartyByKey(root, event) {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || field.id !== "party-query" || event.isComposing) return false;
  const options = findAll(root, "#annotation-party-choices [role='option']", HTMLButtonElement);
  const digit = field.value === "" ? /^[1-9]$/.exec(event.key)?.[0] : undefined;
  if (digit === undefined && event.key !== "Enter") return false;
  const option = digit ? options.find((one) => one.dataset.digit === digit) : options[0];
  option?.form?.requestSubmit(option);
  return true;
}
