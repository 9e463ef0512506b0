// @ts-check
/** UTF-16 units and Unicode code points: the only file that knows that strings are counted in UTF-16 here. */

/** Count code points; half of a surrogate pair at the end counts as one. @param {string} text */
export function codePointLength(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** Split into code points, one an item. @param {string} text @returns {string[]} */
export function codePoints(text) {
  return Array.from(text);
}

/**
 * Give the UTF-16 index at which a code point offset lies; the text's end for offsets beyond it.
 * @param {string} text
 * @param {number} offset
 */
export function utf16IndexOf(text, offset) {
  let index = 0;
  let left = offset;
  for (const point of text) {
    if (left <= 0) break;
    index += point.length;
    left -= 1;
  }
  return index;
}

/** Tell whether the text ends in the first half of a surrogate pair. @param {string} text */
export function endsInsideCodePoint(text) {
  return /[\uD800-\uDBFF]$/.test(text);
}

/**
 * Give the edges that a segmenter finds, as code point offsets, the end of the text included.
 * @param {string} text
 * @param {Intl.Segmenter} segmenter
 * @returns {number[]}
 */
export function edgesOf(text, segmenter) {
  const edges = [0];
  for (const part of segmenter.segment(text)) {
    edges.push(/** @type {number} */ (edges.at(-1)) + codePointLength(part.segment));
  }
  return edges;
}
