// @ts-check
// The workbench's element: opens the desk while it is on the page.

import { Desk } from "../desk/desk.js";

/** Attributes: `data-focus` is the tag in focus, `data-spoken` what tags say to people who listen. Children send `workbench:command` and `picker:*` up to it. */
export class ArticleReader extends HTMLElement {
  connectedCallback() {
    this.desk = new Desk(this);
    /** @type {Record<string, string>} */
    const words = JSON.parse(this.dataset.spoken ?? "{}");
    for (const [name, word] of Object.entries(words)) this.style.setProperty(`--${name}`, JSON.stringify(word));
  }

  disconnectedCallback() {
    this.desk?.close();
  }
}
