// @ts-check
/** The only sender: keeps unsent writes of one article, hands them to htmx one by one in their order, sends again. */
import { inOrder, keptOf, nextOf, outcomeOf, stateOf, tabsOf, waitBefore } from "./lib/queue.js";
import { forgetWrite, keepWrite, keptWrites } from "./lib/store.js";

/** @import { Fields, Saving, Unsent } from "./types.js" */
/** @typedef {Pick<Unsent, "url" | "fields"> & Partial<Unsent>} Draft */

/** Make a key that no other write has, also where the page is not served securely. @returns {string} */
export function newKey() {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether this browser keeps writes that no server has. @returns {Promise<boolean>} */
export async function hasUnsent() {
  return (await keptWrites()).length > 0;
}

// Orders are milliseconds: between two of them there is room for many writes.
const AHEAD = 0.001;

export class Outbox {
  /**
   * @param {{article: string, user: string, post: (write: Unsent) => void, refresh: () => void, tell: (saving: Saving) => void, answered?: (write: Unsent, isDone: boolean) => void}} office
   *   `post` sends one write, `refresh` asks for a new form token and calls `send` then, `tell` hears every change,
   *   `answered` hears of each write before the next is sent
   */
  constructor(office) {
    this.office = office;
    this.tab = newKey();
    /** @type {Unsent[]} */
    this.writes = [];
    this.attempts = 0;
    this.order = 0;
    this.answeredOrder = 0;
    this.isSending = false;
    this.isPaused = false;
    this.isSignedOut = false;
    this.hasNewToken = false;
    this.stop = new AbortController();
    this.live();
  }

  /** Take over what other tabs leave behind: now where they are gone, else as soon as they go. */
  async recover() {
    for (const tab of tabsOf(await this.kept())) {
      if (navigator.locks) this.whenGone(tab, () => this.takeOver(tab));
      else await this.takeOver(tab);
    }
  }

  /** @param {string} tab */
  async takeOver(tab) {
    const known = new Set(this.writes.map(({ key }) => key));
    const left = (await this.kept()).filter((write) => write.tab === tab && !known.has(write.key));
    // What the other tab held has left with it; here it is only made sure of.
    const taken = left.map((write) => ({ ...write, tab: this.tab, due: 0 }));
    if (taken.length === 0) return;
    this.writes = inOrder([...taken, ...this.writes]);
    await Promise.all(taken.map(keepWrite));
    this.tell();
    this.send();
  }

  /**
   * Take a write, keep it and send it when its turn comes.
   * @param {Draft} draft @param {boolean} [isAhead] whether it was asked for before those that wait
   * @returns {string} its key
   */
  add({ url, fields, pending = [], kind = "", words = "", ...more }, isAhead = false) {
    const key = String(fields.key || newKey());
    const order = isAhead && !this.isSending ? this.orderAhead() : this.orderLast();
    const place = { article: this.office.article, user: this.office.user, tab: this.tab, order };
    const write = { ...more, key, ...place, url, fields: { ...fields, key }, pending, kind, words };
    this.writes = inOrder([...this.writes, write]);
    keepWrite(write);
    // First on its way, then drawn: both in the same turn.
    this.send();
    this.tell();
    return key;
  }

  orderLast() {
    this.order = Math.max(this.order + 1, Date.now());
    return this.order;
  }

  /** Right after the write answered last, and after what went in there already. */
  orderAhead() {
    this.answeredOrder += AHEAD;
    return this.answeredOrder;
  }

  /** Whether a write waits for its answer. */
  get isBusy() {
    return nextOf(this.writes) !== null;
  }

  /** Whether the last try to send found nobody. */
  get isAway() {
    return this.attempts > 0 || this.isSignedOut;
  }

  /** Send the write whose turn it is, unless one is on its way or its time has not come. */
  send() {
    clearTimeout(this.timer);
    const next = nextOf(this.writes);
    if (!next || this.isSending || this.isPaused) return;
    const wait = (next.due ?? 0) - Date.now();
    if (wait > 0) {
      this.timer = setTimeout(() => this.send(), wait);
      return;
    }
    this.isSending = true;
    if (next.due) this.tell();
    this.office.post(next);
  }

  /** Send nothing until what was asked for before it is known. */
  pause() {
    this.isPaused = true;
  }

  goOn() {
    this.isPaused = false;
    this.send();
  }

  /** Send what waits for its time, now. */
  release() {
    for (const write of this.writes) delete write.due;
    this.send();
  }

  /** Try again now: the network is back, or somebody looked at the page again. */
  resume() {
    if (this.isAway) this.send();
  }

  /** Take the answer to the write that was sent. @param {number} status @param {string} body @param {string} reason */
  settle(status, body, reason) {
    this.isSending = false;
    const outcome = outcomeOf(status, body);
    this.isSignedOut = outcome === "signed-out";
    const next = nextOf(this.writes);
    if (!next) return;
    if (outcome === "stale-form" && !this.hasNewToken) {
      this.hasNewToken = true;
      return this.office.refresh();
    }
    this.hasNewToken = false;
    if (outcome === "signed-out" || outcome === "unsent") return this.retry();
    this.attempts = 0;
    if (outcome === "done" || next.pending.length === 0) this.forget(next.key);
    else this.refuse(next, reason);
    this.answeredOrder = next.order;
    this.office.answered?.(next, outcome === "done");
    this.tell();
    this.send();
  }

  /** Send a refused write once more. @param {string} key */
  sendAgain(key) {
    const found = this.writes.find((write) => write.key === key);
    if (!found) return;
    delete found.reason;
    found.isSent = false;
    keepWrite(found);
    this.tell();
    this.send();
  }

  /** Drop a write; one that is on its way cannot be called back. @param {string} key @returns {Unsent | null} */
  discard(key) {
    const found = this.writes.find((write) => write.key === key);
    if (!found || (this.isSending && found === nextOf(this.writes))) return null;
    this.forget(key);
    this.tell();
    return found;
  }

  close() {
    clearTimeout(this.timer);
    this.stop.abort();
  }

  tell() {
    const state = this.isSignedOut && this.isBusy ? "signed-out" : stateOf(this.writes, this.isAway, Date.now());
    this.office.tell({ state, count: this.writes.length });
  }

  /** @param {Unsent} write @param {string} reason */
  refuse(write, reason) {
    write.reason = reason;
    keepWrite(write);
  }

  /** @param {string} key */
  forget(key) {
    this.writes = this.writes.filter((write) => write.key !== key);
    forgetWrite(key);
  }

  retry() {
    this.attempts += 1;
    this.tell();
    this.timer = setTimeout(() => this.send(), waitBefore(this.attempts, Math.random()));
  }

  /** What this browser keeps of this person and article, of all its tabs. */
  async kept() {
    return keptOf(await keptWrites(), this.office);
  }

  /** While this tab lives, no other takes its writes. */
  live() {
    this.hold(this.tab, () => new Promise((end) => this.stop.signal.addEventListener("abort", end)));
  }

  /** A tab holds its own lock to its end, so that whoever gets it next has outlived it. @param {string} tab @param {() => Promise<void>} act */
  whenGone(tab, act) {
    if (tab !== this.tab) this.hold(tab, act);
  }

  /** @param {string} tab @param {() => Promise<unknown>} act */
  hold(tab, act) {
    navigator.locks?.request(`newsdesk-tab-${tab}`, { signal: this.stop.signal }, act).catch(() => {});
  }
}
