// @ts-check
/** Finding words in the article, whatever their case. Code points. */
import { codePointLength } from "./offsets.js";

/** @import { Segment } from "../types.js" */

const MOST = 2000;

/**
 * Find all places of some words in a block.
 * @param {string} text @param {string} sought @param {number} offset of the block @returns {Segment[]}
 */
export function placesIn(text, sought, offset) {
  if (sought === "") return [];
  const places = [];
  const pattern = new RegExp(sought.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "giu");
  for (const match of text.matchAll(pattern)) {
    const start = offset + codePointLength(text.slice(0, match.index));
    places.push({ start, end: start + codePointLength(match[0]) });
    if (places.length === MOST) break;
  }
  return places;
}

/** The first place at or after an offset, round at the end; -1 when there is none. @param {Segment[]} places @param {number} from */
export function placeFrom(places, from) {
  const at = places.findIndex(({ start }) => start >= from);
  return at >= 0 || places.length === 0 ? at : 0;
}
