// @ts-check
/** Shapes that several modules share. Offsets are Unicode code points of the stored text, half-open. */

/** @typedef {{start: number, end: number}} Segment one unbroken stretch of the article */
/** @typedef {Segment & {exact: string}} Selected a segment with the text believed to be there */
/** @typedef {"party" | "quote" | "claim" | "counterclaim" | "cue"} Kind */
/** @typedef {{offset: number, points: string[]}} TextWindow part of the text, one code point an item */
/** @typedef {"saved" | "saving" | "held" | "failed" | "offline" | "signed-out"} SaveState */
/** @typedef {{state: SaveState, count: number}} Saving how saving stands, and how many writes are not saved */
/** @typedef {Record<string, string | string[]>} Fields what a form sends */
/**
 * A write that is not saved: where it goes, what it draws meanwhile; `reason` says why it was refused.
 * `key` is its idempotency key, `tab` the tab that cares for it.
 * @typedef {object} Unsent
 * @property {string} key
 * @property {number} order
 * @property {string} article
 * @property {string} user
 * @property {string} tab
 * @property {string} url
 * @property {Fields} fields
 * @property {Segment[]} pending
 * @property {string} kind
 * @property {string} words
 * @property {string} [reason]
 * @property {boolean} [isInText] whether the text tells already that it is stored
 * @property {boolean} [isSent] whether it was sent before: then its fields stay as they are
 * @property {number} [due] when it may be sent, in milliseconds since 1970; until then it can be taken back
 * @property {string} [frame] the address of what was decided on
 * @property {string} [about] its first words
 */

export {};
