// @ts-check
// The workbench's element: opens the desk while it is on the page.

import { Desk } from "../desk/desk.js";

/** Attributes: `data-focus` is the tag in focus. Children send `workbench:command` and `picker:*` up to it. */
export class ArticleReader extends HTMLElement {
  connectedCallback() {
    this.desk = new Desk(this);
  }

  disconnectedCallback() {
    this.desk?.close();
  }
}
