// @ts-check
/** Making the tag in focus longer or shorter: by a word at an edge, or by selecting anew. */
import { snapToWords } from "../text/boundaries.js";
import { drawHighlight } from "../text/highlights.js";
import { extendBy, wordsOf } from "../text/moves.js";
import { rangesOf, windowAround } from "../text/selection.js";
import { segmentsOf, withText } from "../text/tags.js";

/** @import { Desk } from "./desk.js" */
/** @import { Fields, Kind, Segment, Selected } from "../types.js" */

export class SpanEditor {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.editing = "";
  }

  /** Select what the focused tag holds; Enter stores it. */
  open() {
    const { desk } = this;
    const segment = segmentsOf(desk.body, desk.root.dataset.focus ?? "").at(-1);
    if (!segment) return desk.say(desk.root.dataset.unfit);
    this.editing = desk.root.dataset.focus ?? "";
    desk.root.classList.add("is-editing");
    desk.body.focus({ preventScroll: true });
    desk.caret.hold({ ...segment, moving: "end" });
    desk.say(desk.root.dataset.edits);
  }

  /** Leave without storing. */
  leave() {
    this.editing = "";
    this.desk.root.classList.remove("is-editing");
  }

  /** Store the selection as the tag's last segment. */
  store() {
    const { desk, editing } = this;
    const selected = desk.selected(/** @type {Kind} */ (desk.focused()?.classList[0]));
    this.leave();
    if (!selected || editing !== desk.root.dataset.focus) return;
    this.change([...segmentsOf(desk.body, editing).slice(0, -1), selected]);
    desk.caret.put(selected.end);
  }

  /** Move an edge of the focused tag by a word. @param {string} command */
  moveEdge(command) {
    const { desk } = this;
    const segments = segmentsOf(desk.body, desk.root.dataset.focus ?? "");
    const isStart = command.startsWith("start");
    const segment = isStart ? segments[0] : segments.at(-1);
    const text = segment && windowAround(desk.body, isStart ? segment.start : segment.end);
    if (!segment || !text) return desk.say(desk.root.dataset.unfit);
    const words = wordsOf(text, desk.caret.language(segment.start));
    const by = command.endsWith("right") ? 1 : -1;
    const moved = extendBy(text, words, { ...segment, moving: isStart ? "start" : "end" }, by);
    this.change(segments.map((one) => (one === segment ? moved : one)));
  }

  /**
   * Show where an edge is being dragged to, in whole words; store it when it is released.
   * @param {{edge: string, offset: number, isDone: boolean}} pull
   */
  drag({ edge, offset, isDone }) {
    const { desk } = this;
    const segments = segmentsOf(desk.body, desk.root.dataset.focus ?? "");
    const segment = edge === "start" ? segments[0] : segments.at(-1);
    const text = segment && windowAround(desk.body, offset);
    if (!segment || !text) return;
    const pulled = edge === "start" ? { start: offset, end: segment.end } : { start: segment.start, end: offset };
    if (pulled.start >= pulled.end) return;
    const snapped = snapToWords(text.points, shifted(pulled, -text.offset), desk.caret.language(offset));
    const moved = { ...pulled, [edge]: shifted(snapped, text.offset)[edge === "start" ? "start" : "end"] };
    drawHighlight("snap", isDone ? [] : rangesOf(desk.body, moved));
    if (isDone) this.change(segments.map((one) => (one === segment ? moved : one)));
  }

  /** Store other segments for the tag in focus. @param {Segment[]} segments */
  change(segments) {
    this.desk.change("span", asFields(segments.map((segment) => withText(this.desk.body, bare(segment)))));
  }
}

/** What a form sends of segments. @param {Selected[]} segments @returns {Fields} */
export function asFields(segments) {
  return {
    segments: JSON.stringify(segments.map(({ start, end }) => [start, end])),
    exact: JSON.stringify(segments.map(({ exact }) => exact)),
  };
}

/** A segment without anything else. @param {Segment} segment @returns {Segment} */
export function bare({ start, end }) {
  return { start, end };
}

/** @param {Segment} segment @param {number} by @returns {Segment} */
function shifted({ start, end }, by) {
  return { start: start + by, end: end + by };
}
