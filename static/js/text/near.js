// @ts-check
/** Which blocks are near the window; found by halving, so that no more than a few dozen places are measured. */
import { blocksOf } from "./selection.js";

const SCREENS_AROUND = 1;

/** Give the blocks in the window and a little around it. @param {HTMLElement} text @returns {HTMLElement[]} */
export function blocksNear(text) {
  const margin = window.innerHeight * SCREENS_AROUND;
  const blocks = blocksOf(text);
  const first = firstBelow(blocks, (block) => block.getBoundingClientRect().bottom >= -margin);
  const end = firstBelow(blocks, (block) => block.getBoundingClientRect().top > window.innerHeight + margin);
  return blocks.slice(first, end);
}

/**
 * Give the index of the first item for which the statement holds; once it holds it holds for all that follow.
 * @template T
 * @param {T[]} items @param {(item: T) => boolean} holds
 */
export function firstBelow(items, holds) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
