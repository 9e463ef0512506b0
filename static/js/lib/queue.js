// @ts-check
/** Thinking about unsent writes: whose turn it is, how long to wait, what an answer means. */

/** @import { SaveState, Unsent } from "../types.js" */
/** @typedef {"done" | "unsent" | "refused" | "signed-out" | "stale-form"} Outcome */

/** So long nothing is said of a write that is on its way: neither the line of state nor a card. */
export const PATIENCE_MS = 400;
const LONGEST_WAIT_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const BUSY = new Set([0, 408, 425, 429, 500, 502, 503, 504]);

/** Wait 1, 2, 4 … 60 seconds, a little more or less. @param {number} attempts made so far @param {number} chance 0 to 1 */
export function waitBefore(attempts, chance) {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1));
  return Math.round(wait * (0.8 + 0.4 * chance));
}

/**
 * Say what an answer means for the write. After a refusal nothing is sent again by itself.
 * @param {number} status 0 when there was no answer @param {string} body @returns {Outcome}
 */
export function outcomeOf(status, body) {
  if (status >= 200 && status < 300) return "done";
  if (status === 401) return "signed-out";
  if (BUSY.has(status)) return "unsent";
  if (status === 403 && body.includes("<html")) return "stale-form";
  return "refused";
}

/** Give the write whose turn it is: the oldest that was not refused. @param {Unsent[]} writes @returns {Unsent | null} */
export function nextOf(writes) {
  return writes.find((write) => write.reason === undefined) ?? null;
}

/**
 * Say in one word how saving stands.
 * @param {Unsent[]} writes @param {boolean} isAway whether the last try found nobody @param {number} now @returns {SaveState}
 */
export function stateOf(writes, isAway, now) {
  const waiting = writes.filter((write) => write.reason === undefined);
  if (waiting.length > 0 && isAway) return "offline";
  if (waiting.length > 0) return waiting.every(({ due = 0 }) => due > now) ? "held" : "saving";
  return writes.length > 0 ? "failed" : "saved";
}

/** Put writes in the order in which they were made. @param {Unsent[]} writes */
export function inOrder(writes) {
  return [...writes].sort((one, other) => one.order - other.order);
}

/** Take what belongs to one person and article. @param {Unsent[]} kept @param {{article: string, user: string}} mine */
export function keptOf(kept, { article, user }) {
  return kept.filter((write) => write.article === article && write.user === user);
}

/** Name the tabs that writes were made in, each once. @param {Unsent[]} writes */
export function tabsOf(writes) {
  return [...new Set(writes.map(({ tab }) => tab))];
}
