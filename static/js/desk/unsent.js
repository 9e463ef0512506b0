// @ts-check
/** Shows what is not saved: drawn in the text, and as cards that say how it stands with them. */
import { find } from "../lib/dom.js";
import { drawHighlight } from "../text/highlights.js";
import { rangesOf } from "../text/selection.js";

/** @import { Unsent } from "../types.js" */

/** Draw the stretches of unsent writes that no mark shows yet. @param {HTMLElement} body @param {Unsent[]} writes */
export function drawUnsent(body, writes) {
  const isRefused = /** @param {Unsent} write */ (write) => write.reason !== undefined;
  const draw = /** @param {string} name @param {Unsent[]} some */ (name, some) =>
    drawHighlight(
      name,
      some.flatMap(({ pending }) => pending).flatMap((segment) => rangesOf(body, segment)),
    );
  draw(
    "pending",
    writes.filter((write) => !isRefused(write) && !write.isInText),
  );
  draw("failed", writes.filter(isRefused));
}

/**
 * List the unsent tags as cards in the order of the text.
 * @param {HTMLElement} list @param {Unsent[]} writes @param {boolean} isAway
 * @param {boolean} isPatient whether only what was refused gets a new card
 * @returns {boolean} whether anything on the list has changed
 */
export function listUnsent(list, writes, isAway, isPatient) {
  const template = find(document, "#unsent-card", HTMLTemplateElement);
  if (!template) return false;
  const tags = writes.filter(({ pending }) => pending.length > 0);
  const kept = new Set(tags.map(({ key }) => key));
  const gone = [...list.children].filter((card) => !kept.has(card.getAttribute("data-key") ?? ""));
  for (const card of gone) card.remove();
  let isChanged = gone.length > 0;
  for (const write of tags) {
    const found = [...list.children].find((card) => card.getAttribute("data-key") === write.key);
    if (!found && isPatient && write.reason === undefined) continue;
    const card = found ?? list.appendChild(/** @type {Element} */ (template.content.cloneNode(true)).children[0]);
    if (card instanceof HTMLElement && fill(card, write, isAway, list.dataset)) isChanged = true;
  }
  return isChanged;
}

/** @param {HTMLElement} card @param {Unsent} write @param {boolean} isAway @param {DOMStringMap} words @returns {boolean} whether it says something else now */
function fill(card, write, isAway, words) {
  const isRefused = write.reason !== undefined;
  const state = isRefused ? "refused" : isAway ? "offline" : "waiting";
  if (card.dataset.state === state && card.dataset.reason === write.reason) return false;
  card.className = `annotation-card unsent ${write.kind} ${state}`;
  card.dataset.key = write.key;
  card.dataset.start = String(write.pending[0].start);
  card.dataset.state = state;
  if (write.reason !== undefined) card.dataset.reason = write.reason;
  else delete card.dataset.reason;
  setText(card, ".words", write.words);
  setText(card, ".told", isRefused ? write.reason || words.refused : words[state]);
  for (const button of card.querySelectorAll("button")) button.hidden = !isRefused && button.value !== "discard";
  return true;
}

/** @param {HTMLElement} card @param {string} selector @param {string | undefined} text */
function setText(card, selector, text) {
  const element = find(card, selector, HTMLElement);
  if (element) element.textContent = text ?? "";
}
