// @ts-check
/** DOM selection to code points of the article and back. Blocks are the elements with `data-s`, their first offset. */
import { codePointLength, codePoints, endsInsideCodePoint, utf16IndexOf } from "./offsets.js";

/** @import { Segment, TextWindow } from "../types.js" */

/** Give the blocks in the order of the text. @param {ParentNode} root the element whose children they are @returns {HTMLElement[]} */
export function blocksOf(root) {
  return /** @type {HTMLElement[]} */ ([...root.children]);
}

/** Give a block's first offset. @param {HTMLElement} block */
export function startOf(block) {
  return Number(block.dataset.s);
}

/**
 * Read where a range lies in the text; ends outside any block move to the nearest block edge inside the range.
 * @param {ParentNode} root
 * @param {Range} range
 * @returns {{segment: Segment, window: TextWindow} | null} null when the range touches no block
 */
export function readRange(root, range) {
  const touched = blocksIn(root, range);
  if (touched.length === 0) return null;
  const [first, last] = [touched[0], touched[touched.length - 1]];
  const start = first.contains(range.startContainer)
    ? offsetOf(first, range.startContainer, range.startOffset, "start")
    : startOf(first);
  const end = last.contains(range.endContainer)
    ? offsetOf(last, range.endContainer, range.endOffset, "end")
    : startOf(last) + codePointLength(last.textContent);
  return { segment: { start, end }, window: windowOf(touched) };
}

/** Give the blocks that a range touches; an end outside of them makes it ask each. @param {ParentNode} root @param {Range} range */
function blocksIn(root, range) {
  const [first, last] = [range.startContainer, range.endContainer].map((node) => blockOf(root, node));
  if (!first || !last) return blocksOf(root).filter((block) => range.intersectsNode(block));
  const touched = [first];
  while (touched[touched.length - 1] !== last) {
    touched.push(/** @type {HTMLElement} */ (touched[touched.length - 1].nextElementSibling));
  }
  return touched;
}

/** Give the block in which a place lies. @param {ParentNode} root @param {Node | null} node @returns {HTMLElement | null} */
function blockOf(root, node) {
  const element = node instanceof Element ? node : node?.parentElement;
  const block = /** @type {HTMLElement | null} */ (element?.closest("[data-s]") ?? null);
  return block && root.contains(block) ? block : null;
}

/**
 * Put the stored text of neighbouring blocks together; `data-gap` holds what lies before a block when it is not `\n`.
 * @param {HTMLElement[]} blocks
 * @returns {TextWindow}
 */
export function windowOf(blocks) {
  /** @type {string[]} */
  const points = [];
  const offset = startOf(blocks[0]);
  for (const block of blocks) {
    if (points.length > 0 && startOf(block) > offset + points.length) points.push(...(block.dataset.gap ?? "\n"));
    points.push(...codePoints(block.textContent));
  }
  return { offset, points };
}

/** Cut the text of a segment out of a window. @param {TextWindow} window @param {Segment} segment */
export function textOf(window, { start, end }) {
  return window.points.slice(start - window.offset, end - window.offset).join("");
}

/**
 * Give the ranges that draw a segment, one for each block it touches.
 * @param {ParentNode} root
 * @param {Segment} segment
 * @returns {Range[]}
 */
export function rangesOf(root, { start, end }) {
  const blocks = blocksOf(root);
  const ranges = [];
  for (let index = firstBlockAt(blocks, start); index < blocks.length && startOf(blocks[index]) < end; index += 1) {
    const block = blocks[index];
    const range = document.createRange();
    range.setStart(...pointOf(block, start - startOf(block)));
    range.setEnd(...pointOf(block, end - startOf(block)));
    if (!range.collapsed) ranges.push(range);
  }
  return ranges;
}

/** Give the place of an offset in the document. @param {ParentNode} root @param {number} offset @returns {[Node, number] | null} */
export function placeOf(root, offset) {
  const block = blockAt(root, offset);
  return block && pointOf(block, offset - startOf(block));
}

/** Find the block that holds an offset. @param {ParentNode} root @param {number} offset @returns {HTMLElement | null} */
export function blockAt(root, offset) {
  const blocks = blocksOf(root);
  return blocks[firstBlockAt(blocks, offset)] ?? null;
}

/** Give the text around an offset: its block and both neighbours. @param {ParentNode} root @param {number} offset @returns {TextWindow | null} */
export function windowAround(root, offset) {
  const blocks = blocksOf(root);
  const at = firstBlockAt(blocks, offset);
  const near = blocks.slice(Math.max(0, at - 1), at + 2);
  return near.length > 0 ? windowOf(near) : null;
}

/**
 * Give the offset of a place in the document; null outside the text.
 * @param {ParentNode} root @param {Node | null} node @param {number} offset @returns {number | null}
 */
export function offsetAt(root, node, offset) {
  const block = blockOf(root, node);
  return node && block ? offsetOf(block, node, offset, "start") : null;
}

/** Find the block that holds an offset by halving. @param {HTMLElement[]} blocks @param {number} offset */
function firstBlockAt(blocks, offset) {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(blocks[middle]) <= offset) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** @param {HTMLElement} block @param {Node} node @param {number} offset @param {"start" | "end"} side */
function offsetOf(block, node, offset, side) {
  const before = document.createRange();
  before.selectNodeContents(block);
  before.setEnd(node, offset);
  const text = before.toString();
  const isSplit = side === "start" && endsInsideCodePoint(text);
  return startOf(block) + codePointLength(text) - (isSplit ? 1 : 0);
}

/**
 * Find the place of an offset of a block, clamped to the block.
 * @param {HTMLElement} block
 * @param {number} offset
 * @returns {[Node, number]}
 */
function pointOf(block, offset) {
  let left = Math.max(0, offset);
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let last = /** @type {Text | null} */ (null);
  while (walker.nextNode()) {
    last = /** @type {Text} */ (walker.currentNode);
    const length = codePointLength(last.data);
    if (left <= length) return [last, utf16IndexOf(last.data, left)];
    left -= length;
  }
  return last ? [last, last.length] : [block, 0];
}
