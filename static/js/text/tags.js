// @ts-check
/** What the marks of the page tell about a tag: where it stands, in code points. */
import { blocksOf, offsetAt, rangesOf, startOf, textOf, windowOf } from "./selection.js";

/** @import { Segment, Selected } from "../types.js" */

/** Give all pieces of a tag. @param {ParentNode} root the text: in it there are far fewer elements than in the page @param {string} id @returns {HTMLElement[]} */
export function marksOf(root, id) {
  return id ? /** @type {HTMLElement[]} */ ([...root.querySelectorAll(`mark[data-a="${CSS.escape(id)}"]`)]) : [];
}

/** Give the first piece of a tag. @param {ParentNode} root @param {string} id @returns {HTMLElement | null} */
export function firstMarkOf(root, id) {
  return marksOf(root, id)[0] ?? null;
}

/** Give a tag's segments: its pieces, put together where nothing but a block's end lies between. @param {HTMLElement} root @param {string} id @returns {Segment[]} */
export function segmentsOf(root, id) {
  /** @type {Segment[]} */
  const segments = [];
  for (const mark of marksOf(root, id)) {
    const start = offsetAt(root, mark, 0);
    const end = offsetAt(root, mark, mark.childNodes.length);
    if (start === null || end === null) continue;
    const last = segments.at(-1);
    if (last && (last.end === start || isBlockEnd(mark, last.end, start))) last.end = end;
    else segments.push({ start, end });
  }
  return segments;
}

/** Give the stored text of a segment. @param {HTMLElement} root @param {Segment} segment @returns {Selected} */
export function withText(root, segment) {
  const touched = blocksOf(root).filter(
    (block, index, all) =>
      startOf(block) < segment.end && (index + 1 === all.length || startOf(all[index + 1]) > segment.start),
  );
  return { ...segment, exact: textOf(windowOf(touched), segment) };
}

/** Where a segment begins in the window. @param {HTMLElement} root @param {Segment} segment @returns {DOMRect | null} */
export function rectOf(root, segment) {
  return rangesOf(root, segment)[0]?.getClientRects()[0] ?? null;
}

/** @param {HTMLElement} mark @param {number} end @param {number} start */
function isBlockEnd(mark, end, start) {
  const block = /** @type {HTMLElement | null} */ (mark.closest("[data-s]"));
  const before = block?.previousElementSibling;
  if (!block || !(before instanceof HTMLElement) || startOf(block) !== start) return false;
  return end === startOf(before) + [...before.textContent].length;
}
