// @ts-check
/** Making a tag of what is selected: with segments kept before it, asking once when it is very long. */
import { asFields, bare } from "./span-editor.js";

/** @import { Kind, Selected } from "../types.js" */
/** @import { Desk } from "./desk.js" */

const LONG = 1200;

export class Marking {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    /** @type {Selected[]} */
    this.gathered = [];
    this.asked = "";
  }

  /** Tag the selection, with the segments gathered before; without one, change the focused tag's kind. @param {Kind} kind */
  tag(kind) {
    const { desk } = this;
    desk.span.leave();
    const selected = desk.selected(kind);
    const segments = [...this.gathered, ...(selected ? [selected] : [])];
    if (segments.length === 0 && desk.caret.stretch()) return desk.say(desk.root.dataset.nothing);
    if (segments.length === 0) return desk.changeKind(kind);
    segments.sort((one, other) => one.start - other.start);
    if (this.asks(kind, segments)) return;
    const words = segments.map(({ exact }) => exact);
    desk.caret.putSoon(segments[segments.length - 1].end);
    desk.writer.write(
      "tag",
      { kind, ...asFields(segments) },
      { pending: segments.map(bare), kind, words: words.join(" … ") },
    );
    this.gathered = [];
    desk.isExact = false;
    desk.say("");
    if (kind === "cue") desk.showCues(true);
    desk.draw();
  }

  /** Keep the selection as one segment of a tag to come. */
  gather() {
    const { desk } = this;
    const selected = desk.selected("quote");
    if (!selected) return desk.say(desk.root.dataset.nothing);
    this.gathered.push(selected);
    desk.caret.putSoon(selected.end);
    desk.draw();
    desk.say(desk.root.dataset.gathered);
  }

  /** A very long tag is rarely meant: the same key once more makes it. @param {Kind} kind @param {Selected[]} segments */
  asks(kind, segments) {
    const length = segments.reduce((sum, { start, end }) => sum + end - start, 0);
    const what = `${kind} ${JSON.stringify(segments.map(bare))}`;
    if (length <= LONG || this.asked === what) return false;
    this.asked = what;
    this.desk.say(this.desk.root.dataset.long?.replace("%n", String(length)));
    return true;
  }
}
