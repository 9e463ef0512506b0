// @ts-check
/** How the lines in the gutter run from a card to the tags it is linked to. Pixels from the corner of the desk. */

/** @typedef {{fromX: number, fromY: number, lane: number, toX: number, toY: number}} Wire */

const RADIUS = 6;
const ARROW = 5;

/** Draw one wire: out of the card, along its lane in the gutter, to the edge of the line. @param {Wire} wire */
export function wirePath({ fromX, fromY, lane, toX, toY }) {
  const down = Math.sign(toY - fromY);
  const radius = Math.min(RADIUS, Math.abs(toY - fromY) / 2);
  if (radius < 1) return `M${fromX} ${fromY}H${toX}${arrow(toX, toY, Math.sign(fromX - toX))}`;
  const out = Math.sign(lane - fromX);
  const on = Math.sign(toX - lane);
  return [
    `M${fromX} ${fromY}`,
    `H${lane - out * radius}`,
    `Q${lane} ${fromY} ${lane} ${fromY + down * radius}`,
    `V${toY - down * radius}`,
    `Q${lane} ${toY} ${lane + on * radius} ${toY}`,
    `H${toX}`,
    arrow(toX, toY, -on),
  ].join("");
}

/** @param {number} x @param {number} y @param {number} back the side it comes from */
function arrow(x, y, back) {
  return `M${x + back * ARROW} ${y - ARROW}L${x} ${y}L${x + back * ARROW} ${y + ARROW}`;
}
