// @ts-check
// How much of a file has been sent: a bar that shows while a form inside is on its way.

const PROGRESS = "htmx:xhr:progress";
const BEGUN = "htmx:beforeRequest";
const ENDED = "htmx:afterRequest";

export class UploadProgress extends HTMLElement {
  connectedCallback() {
    this.showBar = this.showBar.bind(this);
    this.moveBar = this.moveBar.bind(this);
    this.hideBar = this.hideBar.bind(this);
    this.addEventListener(BEGUN, this.showBar);
    this.addEventListener(PROGRESS, this.moveBar);
    this.addEventListener(ENDED, this.hideBar);
  }

  disconnectedCallback() {
    this.removeEventListener(BEGUN, this.showBar);
    this.removeEventListener(PROGRESS, this.moveBar);
    this.removeEventListener(ENDED, this.hideBar);
  }

  get bar() {
    return this.querySelector("progress");
  }

  showBar() {
    if (!this.bar) return;
    this.bar.value = 0;
    this.bar.hidden = false;
  }

  /** @param {Event} event */
  moveBar(event) {
    const { loaded, total } = /** @type {CustomEvent<ProgressEvent>} */ (event).detail;
    if (!this.bar || !total) return;
    if (loaded < total) this.bar.value = (100 * loaded) / total;
    // All is sent: now the server reads, and how far it is nobody knows.
    else this.bar.removeAttribute("value");
  }

  hideBar() {
    if (this.bar) this.bar.hidden = true;
  }
}
