// @ts-check
/** What a selection becomes before it is stored: trimmed, whole words, whole characters, the habits of each kind. */
import { edgesOf } from "./offsets.js";

/** @import { Kind, Segment, TextWindow } from "../types.js" */

const OPENING_OF = new Map([
  ["”", "“„"],
  ["“", "„"],
  ["»", "«"],
  ["«", "»"],
  ["›", "‹"],
  ["‹", "›"],
  ["」", "「"],
  ["』", "『"],
  ['"', '"'],
  ["״", "״"],
  ["’", "‘"],
]);
const INNER_PUNCTUATION = /[,.!?…;،؟]/u;
const TRAILING = /[,;:،؛]/u;
/** Scripts that write words with spaces and join nothing to them: only here an edge inside a word is a slip. */
const SNAPPED = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Georgian}\p{Nd}]/u;
const MARK = /\p{M}/u;
const LOWER = /\p{Ll}/u;
const UPPER = /\p{Lu}/u;
const REACH = 64;

/**
 * Fit a raw selection to what will be stored; null when only white space is left.
 * @param {TextWindow} text
 * @param {Segment} selected
 * @param {{kind?: Kind, language?: string, isExact?: boolean}} [how] `isExact` keeps cut words and the habits away
 * @returns {Segment | null}
 */
export function fitSelection(text, selected, { kind, language, isExact = false } = {}) {
  const points = text.points;
  const clamped = {
    start: Math.max(0, selected.start - text.offset),
    end: Math.min(points.length, selected.end - text.offset),
  };
  let fitted = trimBlanks(points, clamped);
  if (fitted && !isExact) fitted = snapToWords(points, fitted, language);
  if (fitted && !isExact && kind) fitted = fitKind(points, fitted, kind);
  if (fitted) fitted = widenToCharacters(points, fitted);
  return fitted && { start: fitted.start + text.offset, end: fitted.end + text.offset };
}

/** Take white space off both ends. @param {string[]} points @param {Segment} segment @returns {Segment | null} */
export function trimBlanks(points, { start, end }) {
  let from = start;
  let to = end;
  while (from < to && points[from].trim() === "") from += 1;
  while (to > from && points[to - 1].trim() === "") to -= 1;
  return from < to ? { start: from, end: to } : null;
}

/**
 * Widen an edge that lies inside a word to the word's edge, in scripts where that is surely a slip.
 * Glued words ("sideOn") may be cut between the small and the capital letter.
 * @param {string[]} points
 * @param {Segment} segment
 * @param {string} [language]
 * @returns {Segment}
 */
export function snapToWords(points, { start, end }, language) {
  const from = isInsideWord(points, start) ? wordEdge(points, start, language, "start") : start;
  const to = isInsideWord(points, end) ? wordEdge(points, end, language, "end") : end;
  return { start: from, end: to };
}

/** Widen to whole characters as people see them. @param {string[]} points @param {Segment} segment @returns {Segment} */
export function widenToCharacters(points, { start, end }) {
  return { start: characterEdge(points, start, "start"), end: characterEdge(points, end, "end") };
}

/**
 * Apply what each kind takes along or leaves out (data-model guideline on extents).
 * @param {string[]} points
 * @param {Segment} segment
 * @param {Kind} kind
 * @returns {Segment}
 */
export function fitKind(points, segment, kind) {
  if (kind === "quote") return takeQuotationMarks(points, segment);
  const trimmed = dropTrailing(points, segment);
  return kind === "party" ? dropPossessive(points, trimmed) : trimmed;
}

/** @param {string[]} points @param {Segment} segment @returns {Segment} */
function takeQuotationMarks(points, { start, end }) {
  const opensInside = isOpening(points[start]);
  const closesInside = opensInside && closes(points, start, end - 1) && end - start > 1;
  if (closesInside) return { start, end };
  if (opensInside) {
    const close = closingAfter(points, start, end);
    return close === null ? { start, end } : { start, end: close + 1 };
  }
  if (start === 0) return { start, end };
  if (closes(points, start - 1, end - 1)) return { start: start - 1, end };
  const close = closingAfter(points, start - 1, end);
  return close === null ? { start, end } : { start: start - 1, end: close + 1 };
}

/**
 * Find the mark that closes the one at `open`, at `end` or after one sign of punctuation.
 * @param {string[]} points @param {number} open @param {number} end
 */
function closingAfter(points, open, end) {
  if (closes(points, open, end)) return end;
  if (INNER_PUNCTUATION.test(points[end] ?? "") && closes(points, open, end + 1)) return end + 1;
  return null;
}

/** @param {string[]} points @param {number} open @param {number} close */
function closes(points, open, close) {
  return open !== close && (OPENING_OF.get(points[close] ?? "") ?? "").includes(points[open] || "\0");
}

/** @param {string | undefined} point */
function isOpening(point) {
  return point !== undefined && [...OPENING_OF.values()].some((openings) => openings.includes(point));
}

/** @param {string[]} points @param {Segment} segment @returns {Segment} */
function dropTrailing(points, { start, end }) {
  let to = end;
  while (to - 1 > start && TRAILING.test(points[to - 1])) to -= 1;
  return trimBlanks(points, { start, end: to }) ?? { start, end };
}

/** @param {string[]} points @param {Segment} segment @returns {Segment} */
function dropPossessive(points, { start, end }) {
  const isPossessive = end - start > 2 && /^['’]s$/u.test(points[end - 2] + points[end - 1]);
  return { start, end: isPossessive ? end - 2 : end };
}

/** @param {string[]} points @param {number} at */
function isInsideWord(points, at) {
  if (at <= 0 || at >= points.length) return false;
  let before = at - 1;
  while (before > 0 && MARK.test(points[before])) before -= 1;
  const isGlued = LOWER.test(points[before]) && UPPER.test(points[at]);
  return SNAPPED.test(points[before]) && SNAPPED.test(points[at]) && !isGlued;
}

/** @param {string[]} points @param {number} at @param {string | undefined} language @param {"start" | "end"} side */
function wordEdge(points, at, language, side) {
  return edgeNear(points, at, new Intl.Segmenter(language || undefined, { granularity: "word" }), side);
}

/** @param {string[]} points @param {number} at @param {"start" | "end"} side */
function characterEdge(points, at, side) {
  if (at <= 0 || at >= points.length) return at;
  return edgeNear(points, at, new Intl.Segmenter(undefined, { granularity: "grapheme" }), side);
}

/**
 * Look for the nearest edge in a window that starts at a blank, so that the window's own start is an edge.
 * @param {string[]} points @param {number} at @param {Intl.Segmenter} segmenter @param {"start" | "end"} side
 */
function edgeNear(points, at, segmenter, side) {
  let low = Math.max(0, at - REACH);
  while (low > 0 && points[low].trim() !== "") low -= 1;
  const edges = edgesOf(points.slice(low, at + REACH).join(""), segmenter).map((edge) => edge + low);
  const found = side === "start" ? edges.findLast((edge) => edge <= at) : edges.find((edge) => edge >= at);
  return found ?? at;
}
