// @ts-check
/** Choosing what to link to: lists are asked for in their order, and a digit may be faster than the list it chooses from. */
import { find } from "../lib/dom.js";
import { showHints } from "./focus.js";
import { PICKS } from "./picks.js";

/** @import { LinkPicker } from "../elements/link-picker.js" */
/** @import { Command } from "../lib/commands.js" */
/** @import { Desk } from "./desk.js" */

export class Picking {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.isOn = false;
    /** @type {Command | null} the newest wish for a list, to which the next digit belongs */
    this.newest = null;
    /** @type {Command | null} the wish whose list is on its way */
    this.asked = null;
  }

  /** Somebody wishes for a list, which may have to wait. @param {Command} wish */
  begin(wish) {
    this.isOn = true;
    this.newest = wish;
  }

  /** Ask for the list; when its digit is known already, what was marked later waits. @param {Command} wish */
  ask(wish) {
    const { desk } = this;
    const pick = PICKS[wish.command];
    const { focus } = desk.root.dataset;
    const query = find(desk.root, "#party-query", HTMLInputElement);
    this.isOn = Boolean(focus) && !query;
    if (!this.isOn) this.forget(wish);
    if (pick === "who" && query) {
      query.closest("details")?.setAttribute("open", "");
      return query.focus({ preventScroll: true });
    }
    if (!focus) return desk.say(desk.root.dataset.unfit);
    // Asking breaks off the list asked for before, which is told at once.
    desk.ask("picker", { annotation: focus, pick });
    this.isOn = true;
    this.asked = wish;
    if (wish.digit) desk.writer.outbox.pause();
  }

  /** A digit before the list; the next one is a kind's again. @param {KeyboardEvent} event */
  keepDigit(event) {
    if (!this.newest || this.newest.digit) return;
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    if (!digit) return;
    this.newest.digit = digit;
    if (this.newest === this.asked) this.desk.writer.outbox.pause();
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * The list is there: show its digits on the tags, or choose at once; then the keys stay where they are.
   * @param {CustomEvent<string[]>} event
   */
  open(event) {
    const { desk } = this;
    this.isOn = true;
    desk.say("");
    showHints(desk.root, event.detail);
    desk.refresh();
    const digit = this.asked?.digit;
    this.forget(this.asked);
    if (desk.place.isDragging) event.preventDefault();
    if (!digit) return;
    if (this.list()?.chooseDigit(digit)) event.preventDefault();
    else desk.writer.outbox.goOn();
  }

  /** Whether a choice is made already from a list that is on its way. */
  get isAwaited() {
    return Boolean(this.asked?.digit);
  }

  /** The list that was asked for does not come; what was asked for after it would act on something else. */
  giveUp() {
    this.isOn = false;
    this.forget(this.asked);
    this.desk.postponed = this.desk.postponed.filter(({ after }) => after !== undefined);
    this.desk.writer.outbox.goOn();
  }

  /** The list was left without a choice. */
  leave() {
    this.isOn = false;
    this.desk.say("");
    this.desk.refresh();
    this.desk.body.focus({ preventScroll: true });
  }

  /** Digits are no longer for this list. @param {Command | null} wish */
  forget(wish) {
    if (this.newest === wish) this.newest = null;
    if (this.asked === wish) this.asked = null;
  }

  /** An answer was put in: only a list that is still to come is chosen from. @param {Command[]} postponed */
  goOn(postponed) {
    this.isOn = this.asked !== null || postponed.some(({ command }) => command in PICKS);
  }

  /** A tag that can take the link is the choice. @param {string[]} ids the innermost first */
  choose(ids) {
    const choice = this.list()?.choiceAmong(ids);
    if (choice) this.list()?.choose(choice);
    else this.desk.say(this.desk.root.dataset.noEnd);
  }

  /** @returns {LinkPicker | null} */
  list() {
    return this.desk.root.querySelector(".link-picker:not([hidden])");
  }
}
