// @ts-check
/** Where cards stand: each on its line, pushed away from the one in focus, in order, never over another. Pixels. */

/** @typedef {{line: number, height: number}} Wanted the line a card belongs to and its height */

const GAP = 6;

/**
 * Place cards in one pass away from the focused one, which stands exactly on its line.
 * @param {Wanted[]} cards in the order of their lines
 * @param {number} focus index of the focused card, -1 for none
 * @returns {number[]} the top of each
 */
export function placeCards(cards, focus) {
  const tops = cards.map(() => 0);
  let free = Number.NEGATIVE_INFINITY;
  if (focus >= 0) {
    placeAbove(cards, focus, tops);
    tops[focus] = cards[focus].line;
    free = tops[focus] + cards[focus].height + GAP;
  }
  for (let index = focus + 1; index < cards.length; index += 1) {
    tops[index] = Math.max(cards[index].line, free);
    free = tops[index] + cards[index].height + GAP;
  }
  return tops;
}

/** @param {Wanted[]} cards @param {number} focus @param {number[]} tops */
function placeAbove(cards, focus, tops) {
  let free = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < focus; index += 1) {
    tops[index] = Math.max(cards[index].line, free);
    free = tops[index] + cards[index].height + GAP;
  }
  let limit = cards[focus].line;
  for (let index = focus - 1; index >= 0; index -= 1) {
    tops[index] = Math.min(tops[index], limit - GAP - cards[index].height);
    limit = tops[index];
  }
}
