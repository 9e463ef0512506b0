// @ts-check
// Says in words when a passkey was not used: django-allauth's script only tells the console.

/** Stands around a form that asks for a passkey. Attributes: `data-words` is what is said. */
export class PasskeyNotice extends HTMLElement {
  connectedCallback() {
    this.tell = this.tell.bind(this);
    document.addEventListener("allauth.error", this.tell);
  }

  disconnectedCallback() {
    document.removeEventListener("allauth.error", this.tell);
  }

  /** @param {Event} event */
  tell(event) {
    event.preventDefault();
    this.querySelector(":scope > .alert")?.remove();
    const alert = document.createElement("div");
    alert.className = "alert bad";
    alert.setAttribute("role", "alert");
    const words = document.createElement("div");
    words.className = "words";
    words.textContent = this.dataset.words ?? "";
    alert.append(words);
    this.prepend(alert);
  }
}
