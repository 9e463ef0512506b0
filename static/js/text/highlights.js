// @ts-check
/** What is not saved yet is drawn by CSS Custom Highlights: no element moves. Without them nothing is drawn. */

/** Draw ranges under a highlight's name, instead of those before. @param {string} name @param {Range[]} ranges */
export function drawHighlight(name, ranges) {
  if (!("highlights" in CSS)) return;
  if (ranges.length === 0) CSS.highlights.delete(name);
  else CSS.highlights.set(name, new Highlight(...ranges));
}
