// @ts-check
/** Shapes that several modules share. Offsets are Unicode code points of the stored text, half-open. */

/** @typedef {{start: number, end: number}} Segment one unbroken stretch of the article */
/** @typedef {Segment & {exact: string}} Selected a segment with the text believed to be there */
/** @typedef {"party" | "quote" | "claim" | "counterclaim" | "cue"} Kind */
/** @typedef {{offset: number, points: string[]}} TextWindow part of the text, one code point an item */
/** @typedef {"saved" | "saving" | "failed" | "offline"} SaveState */
/**
 * A write that waits its turn: the form that carries it, what to fill in, and what it draws meanwhile.
 * @typedef {{form: HTMLFormElement, values: Record<string, string>, pending: Segment[], isFailed: boolean}} Write
 */

export {};
