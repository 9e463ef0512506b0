// @ts-check
/** Thinking about decisions that have not left the page: which records they are on, which can be taken back. */

/** @import { Fields, Unsent } from "../types.js" */

/** What a verdict other than an approval is called. */
const AGAINST = new Set(["request_changes", "reject"]);

/** The ids of the records that a decision is on; forms write them as kind:id:version. @param {Fields} fields */
export function recordsOf({ record = [], with: others = [] }) {
  return [record, others].flat().map((written) => written.split(":")[1]);
}

/** Whether a decision sends its record back or rejects it. @param {Fields} fields */
export function isAgainst({ verdict = "" }) {
  return AGAINST.has(String(verdict));
}

/** The decisions that have not been sent, in their order. @param {Unsent[]} writes @param {number} now */
export function heldOf(writes, now) {
  return writes.filter(({ due = 0 }) => due > now);
}

/** Whole seconds until the last of them leaves. @param {Unsent[]} held @param {number} now */
export function secondsLeft(held, now) {
  return Math.max(0, ...held.map(({ due = 0 }) => Math.ceil((due - now) / 1000)));
}
