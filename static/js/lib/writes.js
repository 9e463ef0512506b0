// @ts-check
/** Writes of one article, sent one by one in their order through htmx forms; unsent ones are kept and shown. */

/** @import { SaveState, Segment, Write } from "../types.js" */

const LONGEST_WAIT_MS = 60_000;

/** Make a key that no other write has, also where the page is not served securely. @returns {string} */
export function newKey() {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keeps what is to be written until the server has answered for it. */
export class WriteQueue {
  /** @param {(state: SaveState) => void} tell is told every change of state */
  constructor(tell) {
    this.tell = tell;
    /** @type {Write[]} */
    this.waiting = [];
    /** @type {Write[]} */
    this.failed = [];
    this.isSending = false;
    this.attempts = 0;
  }

  /** Take a write and send it when its turn comes. @param {Omit<Write, "isFailed">} write */
  add(write) {
    this.waiting.push({ ...write, isFailed: false });
    this.tell("saving");
    this.sendNext();
  }

  /** Whether the server still owes an answer. */
  get isBusy() {
    return this.waiting.length > 0;
  }

  sendNext() {
    const next = this.waiting[0];
    if (!next || this.isSending) return;
    this.isSending = true;
    for (const [name, value] of Object.entries(next.values)) {
      const field = next.form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
    next.form.requestSubmit();
  }

  /** Take note of the answer to the write that was sent. @param {"done" | "refused" | "unsent"} outcome */
  settle(outcome) {
    this.isSending = false;
    if (outcome === "unsent") return this.retry();
    this.attempts = 0;
    const settled = this.waiting.shift();
    if (settled && outcome === "refused") this.failed.push({ ...settled, isFailed: true });
    this.tell(this.state());
    this.sendNext();
  }

  /** Send again what has not left, now. */
  resume() {
    clearTimeout(this.timer);
    this.sendNext();
  }

  /** Drop what was refused. @returns {boolean} whether there was anything */
  discardFailed() {
    const had = this.failed.length > 0;
    this.failed = [];
    if (had) this.tell(this.state());
    return had;
  }

  /** @returns {SaveState} */
  state() {
    if (this.isBusy) return "saving";
    return this.failed.length > 0 ? "failed" : "saved";
  }

  /** What is drawn for writes that are not saved. @param {boolean} isFailed @returns {Segment[]} */
  segments(isFailed) {
    return (isFailed ? this.failed : this.waiting).flatMap((write) => write.pending);
  }

  retry() {
    this.tell("offline");
    this.attempts += 1;
    const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.attempts);
    this.timer = setTimeout(() => this.sendNext(), wait * (0.75 + Math.random() / 2));
  }
}
