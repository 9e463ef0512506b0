// @ts-check
/** The writing side of the review page: decisions are held for a while, then leave through the outbox one by one. */

import { askForToken, beacon, fieldsOf, openLinksElsewhere, pageToken, post, reasonOf } from "../desk/sender.js";
import { find } from "../lib/dom.js";
import { SAVE_CHANGED, send } from "../lib/events.js";
import { nextOf, outcomeOf } from "../lib/queue.js";
import { Outbox } from "../outbox.js";
import { heldOf, recordsOf } from "./held.js";

/** @import { Unsent } from "../types.js" */

export class Decisions {
  /**
   * @param {HTMLElement} root names the project, the person and the seconds to wait
   * @param {{changed: () => void, done: (write: Unsent) => void, refused: (write: Unsent) => void}} office
   */
  constructor(root, office) {
    this.root = root;
    this.office = office;
    this.sender = find(root, ".outbox", HTMLElement);
    const asker = find(root, ".token-asker", HTMLElement);
    this.outbox = new Outbox({
      article: `review of ${root.dataset.project}`,
      user: root.dataset.user ?? "",
      post: (write) => this.sender && post(this.sender, write),
      refresh: () => asker && askForToken(asker),
      tell: (saving) => {
        send(root, SAVE_CHANGED, saving);
        office.changed();
      },
    });
  }

  /** The decisions that can still be taken back. @returns {Unsent[]} */
  get held() {
    return heldOf(this.outbox.writes, Date.now());
  }

  /** The ids of all records that a decision is on its way for. @returns {Set<string>} */
  get records() {
    return new Set(this.outbox.writes.flatMap(({ fields }) => recordsOf(fields)));
  }

  /** Keep what a form decides for a while. @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
  hold(form, submitter) {
    const { frame = "", about = "" } = form.dataset;
    this.outbox.add({
      url: form.getAttribute("hx-post") ?? form.action,
      fields: fieldsOf(form, submitter),
      words: submitter?.dataset.told ?? "",
      due: Date.now() + Number(this.root.dataset.seconds) * 1000,
      frame,
      about,
    });
  }

  /** Forget the decision taken last, if it has not left. @returns {Unsent | null} */
  takeBack() {
    const last = this.held.at(-1);
    return last ? this.outbox.discard(last.key) : null;
  }

  /** The page goes away: what is left goes along, under its key, so that a later page may send it again. */
  leave() {
    for (const { url, fields } of this.outbox.writes) beacon(url, fields, pageToken());
  }

  /**
   * Take what htmx got; false when it is no answer to a decision.
   * @param {{elt: Element, xhr: XMLHttpRequest | null}} got
   */
  takeAnswer({ elt, xhr }) {
    if (elt.classList.contains("token-asker")) {
      this.outbox.send();
      return true;
    }
    if (elt !== this.sender) return false;
    const [status, body] = [xhr?.status ?? 0, xhr?.responseText ?? ""];
    const sent = nextOf(this.outbox.writes);
    const outcome = outcomeOf(status, body);
    if (outcome === "signed-out") openLinksElsewhere(/** @type {Element} */ (document.getElementById("alerts")));
    this.outbox.settle(status, body, reasonOf(xhr));
    if (sent && outcome === "done") this.office.done(sent);
    if (sent && outcome === "refused") this.office.refused(sent);
    return true;
  }

  /** A token from before a new sign-in is replaced by the page's newest. @param {CustomEvent} event */
  addToken(event) {
    const token = pageToken();
    if (token) event.detail.headers["X-CSRFToken"] = token;
  }
}
