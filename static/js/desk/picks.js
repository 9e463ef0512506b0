// @ts-check
/** Which command opens which list of links. */

/** @type {Record<string, string>} */
export const PICKS = {
  who: "who",
  disputed: "disputed",
  "link-about": "about",
  "link-same": "same_as",
  "link-supports": "supports",
  "link-relayed": "relayed_by",
  "link-cue": "cued_by",
  "link-expresses": "expresses",
};

const EDGES = ["start-left", "start-right", "end-left", "end-right"];

/** What acts on the tag in focus, and so waits until it is known which one that is. */
export const NEEDS_FOCUS = new Set([
  ...Object.keys(PICKS),
  ...EDGES,
  ..."withdraw open go edit-span note mentions".split(" "),
]);

/** Whether a command moves an edge of the tag in focus. @param {string} command */
export function isEdge(command) {
  return EDGES.includes(command);
}
