// @ts-check
/** What is not saved yet is drawn by CSS Custom Highlights: no element moves. Without them nothing is drawn. */

/** Draw ranges under a highlight's name, instead of those before; the same ones again cost no drawing. @param {string} name @param {Range[]} ranges */
export function drawHighlight(name, ranges) {
  if (!("highlights" in CSS)) return;
  const drawn = [...(CSS.highlights.get(name) ?? [])];
  if (drawn.length === ranges.length && drawn.every((range, index) => isSame(range, ranges[index]))) return;
  if (ranges.length === 0) CSS.highlights.delete(name);
  else CSS.highlights.set(name, new Highlight(...ranges));
}

/** @param {AbstractRange} one @param {AbstractRange} other */
function isSame(one, other) {
  return (
    one.startContainer === other.startContainer &&
    one.startOffset === other.startOffset &&
    one.endContainer === other.endContainer &&
    one.endOffset === other.endOffset
  );
}
