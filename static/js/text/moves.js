// @ts-check
/** Where a caret goes and what a selection takes along, by word, sentence and punctuation. Code points of a window. */
import { edgesOf } from "./offsets.js";

/** @import { Segment, TextWindow } from "../types.js" */
/** @typedef {Segment & {moving: "start" | "end"}} Stretch a selection and the end of it that moves */

const WORD = /[\p{L}\p{N}]/u;
const LOWER = /\p{Ll}/u;
const UPPER = /\p{Lu}/u;
const ENDING = /[.!?…。؟۔。]/u;
const COMMA = /[,;،؛、，]/u;
const CLOSING = /[”’»›」』"״“]/u;
const BRACKETS = new Map([
  [")", "("],
  ["]", "["],
]);
const MIN_GLUED = 2;

/**
 * Give the words of a window; glued words ("sideOn") count as two.
 * @param {TextWindow} text @param {string} [language] @returns {Segment[]}
 */
export function wordsOf(text, language) {
  const segmenter = new Intl.Segmenter(language || undefined, { granularity: "word" });
  const edges = edgesOf(text.points.join(""), segmenter);
  const words = [];
  for (let index = 0; index + 1 < edges.length; index += 1) {
    const word = { start: edges[index], end: edges[index + 1] };
    if (text.points.slice(word.start, word.end).some((point) => WORD.test(point))) {
      words.push(...unglued(text.points, word));
    }
  }
  return words.map((word) => moved(word, text.offset));
}

/** Give the sentences of a window without the blanks around them. @param {TextWindow} text @param {string} [language] @returns {Segment[]} */
export function sentencesOf(text, language) {
  const segmenter = new Intl.Segmenter(language || undefined, { granularity: "sentence" });
  const edges = edgesOf(text.points.join(""), segmenter);
  const sentences = [];
  for (let index = 0; index + 1 < edges.length; index += 1) {
    let [start, end] = [edges[index], edges[index + 1]];
    while (start < end && isBlank(text.points[start])) start += 1;
    while (end > start && isBlank(text.points[end - 1])) end -= 1;
    if (start < end) sentences.push(moved({ start, end }, text.offset));
  }
  return sentences;
}

/** Let sentences begin at their first word: a caret stands there, not at a quotation mark before it. @param {Segment[]} sentences @param {Segment[]} words */
export function fromFirstWord(sentences, words) {
  return sentences.map((sentence) => ({ ...sentence, start: partAt(words, sentence.start)?.start ?? sentence.start }));
}

/** The part that holds an offset, else the next one, else the last. @param {Segment[]} parts @param {number} at */
export function partAt(parts, at) {
  return parts.find((part) => at < part.end) ?? parts.at(-1) ?? null;
}

/** The start of the next part. @param {Segment[]} parts @param {number} at */
export function startAfter(parts, at) {
  return parts.find((part) => part.start > at)?.start ?? null;
}

/** The start of the part before. @param {Segment[]} parts @param {number} at */
export function startBefore(parts, at) {
  return parts.findLast((part) => part.start < at)?.start ?? null;
}

/**
 * Move the moving end by a part; a selection keeps at least one part.
 * @param {TextWindow} text @param {Segment[]} parts @param {Stretch} stretch @param {1 | -1} by @returns {Stretch}
 */
export function extendBy(text, parts, stretch, by) {
  if (stretch.moving === "start") {
    const start = by > 0 ? startAfter(parts, stretch.start) : startBefore(parts, stretch.start);
    return start === null || start >= stretch.end ? stretch : { ...stretch, start };
  }
  const found = by > 0 ? parts.find(({ end }) => end > stretch.end) : parts.findLast(({ end }) => end < stretch.end);
  if (!found || found.end <= stretch.start) return stretch;
  return { ...stretch, end: by > 0 ? closeBracket(text, stretch.start, found.end) : found.end };
}

/**
 * Extend to the end of the sentence without its last sign; again to take that sign, again to the next sentence.
 * @param {TextWindow} text @param {Segment[]} sentences @param {Stretch} stretch @returns {Stretch}
 */
export function extendToSentenceEnd(text, sentences, stretch) {
  for (const sentence of sentences) {
    const bare = withoutSigns(text, sentence);
    if (bare > stretch.end) return { ...stretch, end: bare };
    if (sentence.end > stretch.end) return { ...stretch, end: sentence.end };
  }
  return stretch;
}

/** Extend up to the next comma, without it. @param {TextWindow} text @param {Stretch} stretch @returns {Stretch} */
export function extendToComma(text, stretch) {
  const found = findSign(text, stretch.end + 1, COMMA);
  return found === null ? stretch : { ...stretch, end: found };
}

/** Extend to the closing quotation mark and take it along. @param {TextWindow} text @param {Stretch} stretch @returns {Stretch} */
export function extendToQuotationMark(text, stretch) {
  let from = stretch.end;
  for (;;) {
    const found = findSign(text, from, CLOSING);
    if (found === null) return stretch;
    if (!isApostrophe(text.points, found - text.offset)) return { ...stretch, end: found + 1 };
    from = found + 1;
  }
}

/** @param {TextWindow} text @param {number} from @param {RegExp} sign */
function findSign(text, from, sign) {
  for (let index = from - text.offset; index < text.points.length; index += 1) {
    if (sign.test(text.points[index])) return index + text.offset;
  }
  return null;
}

/** @param {string[]} points @param {number} at */
function isApostrophe(points, at) {
  return points[at] === "’" && WORD.test(points[at + 1] ?? "");
}

/** @param {TextWindow} text @param {Segment} sentence */
function withoutSigns(text, sentence) {
  let end = sentence.end - text.offset;
  const start = sentence.start - text.offset;
  while (end > start && (CLOSING.test(text.points[end - 1]) || ENDING.test(text.points[end - 1]))) end -= 1;
  while (end > start && COMMA.test(text.points[end - 1])) end -= 1;
  return end + text.offset;
}

/** A bracket that opens in the selection closes in it. @param {TextWindow} text @param {number} start @param {number} end */
function closeBracket(text, start, end) {
  const next = text.points[end - text.offset];
  const opening = BRACKETS.get(next ?? "");
  const held = text.points.slice(start - text.offset, end - text.offset);
  const isOpen = opening !== undefined && held.lastIndexOf(opening) > held.lastIndexOf(next);
  return isOpen ? end + 1 : end;
}

/** @param {string[]} points @param {Segment} word @returns {Segment[]} */
function unglued(points, { start, end }) {
  for (let index = start + MIN_GLUED; index + MIN_GLUED <= end; index += 1) {
    const isSeam = LOWER.test(points[index - 1]) && LOWER.test(points[index - 2]) && UPPER.test(points[index]);
    if (isSeam) return [{ start, end: index }, ...unglued(points, { start: index, end })];
  }
  return [{ start, end }];
}

/** @param {Segment} segment @param {number} by @returns {Segment} */
function moved({ start, end }, by) {
  return { start: start + by, end: end + by };
}

/** @param {string} point */
function isBlank(point) {
  return point.trim() === "";
}
