// @ts-check
// The palette of kinds and links. Its keys are the page's keys; clicks are the reader's.

/** Attributes: `data-sticky` is the kind that every new selection gets. */
export class TagToolbar extends HTMLElement {
  static observedAttributes = ["data-sticky"];

  attributeChangedCallback() {
    for (const button of this.querySelectorAll("button[data-kind]")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-kind") === this.dataset.sticky));
    }
  }
}
