// @ts-check
// Keys as people name them. Single keys never act while somebody types, composes or holds a modifier.

const TYPING = "input, textarea, select, [contenteditable=''], [contenteditable='true']";

/**
 * The key as the letter on a Latin keyboard, in lower case: Arabic and Cyrillic layouts fall back to the key's place.
 * @param {KeyboardEvent} event
 * @returns {string}
 */
export function keyName(event) {
  const isLatin = /^[\x20-\x7e]$/.test(event.key);
  if (event.key.length > 1 || isLatin) return event.key.length > 1 ? event.key : event.key.toLowerCase();
  const place = /^(?:Key|Digit)(.)$/.exec(event.code);
  return place ? place[1].toLowerCase() : event.key;
}

/**
 * Whether a single key may act now.
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export function isSingleKey(event) {
  return (
    !event.defaultPrevented &&
    !event.isComposing &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey &&
    !isTyping(event.target)
  );
}

/**
 * Whether the element takes what is typed. Radio buttons and checkboxes take only arrows and the space bar.
 * @param {EventTarget | null} target
 * @returns {boolean}
 */
export function isTyping(target) {
  if (!(target instanceof Element) || !target.matches(TYPING)) return false;
  return !(target instanceof HTMLInputElement && ["radio", "checkbox", "button", "submit"].includes(target.type));
}
