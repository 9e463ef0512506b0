// @ts-check
/** How a write leaves the page: htmx sends it, in the name of one hidden element whose answers the reader takes. */

/** @import { Fields, Unsent } from "../types.js" */

const TOKEN = "csrfmiddlewaretoken";

/** @returns {any} htmx, as the page loaded it */
function htmx() {
  return /** @type {any} */ (window).htmx;
}

/** Send a write. @param {Element} sender @param {Unsent} write */
export function post(sender, write) {
  const sent = htmx().ajax("POST", write.url, { source: sender, values: write.fields });
  // A failure is told by the event that carries its status; the promise tells no more.
  sent.catch(() => {});
}

/** Send what is left while the page goes away; nobody hears the answer. @param {string} url @param {Fields} fields @param {string} token */
export function beacon(url, fields, token) {
  const body = new URLSearchParams({ [TOKEN]: token });
  for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) body.append(name, value);
  navigator.sendBeacon(url, body);
}

/** Ask for the page's submit form again: its token is of the session of now. @param {Element} asker */
export function askForToken(asker) {
  htmx().ajax("GET", window.location.pathname, {
    source: asker,
    target: "#submit-form",
    select: "#submit-form",
    swap: "outerHTML",
  });
}

/** The form token of the page; found by an id, since every write asks for it and the text may be long. */
export function pageToken() {
  const field = document.getElementById("submit-form")?.querySelector(`input[name="${TOKEN}"]`);
  return field instanceof HTMLInputElement ? field.value : "";
}

/** Read what a form would send, without its token. @param {HTMLFormElement} form @param {HTMLElement | null} submitter @returns {Fields} */
export function fieldsOf(form, submitter) {
  /** @type {Fields} */
  const fields = {};
  const isNamed = submitter instanceof HTMLButtonElement && submitter.name !== "";
  const sent = new FormData(form, isNamed ? submitter : null);
  for (const name of new Set(sent.keys())) {
    if (name === TOKEN) continue;
    const values = sent.getAll(name).map(String);
    fields[name] = values.length === 1 ? values[0] : values;
  }
  return fields;
}

/** The sentence of a refusal. @param {XMLHttpRequest | null} xhr */
export function reasonOf(xhr) {
  const page = new DOMParser().parseFromString(xhr?.responseText ?? "", "text/html");
  return page.querySelector(".alert .words")?.textContent?.replace(/\s+/g, " ").trim() ?? "";
}

/** Signing in happens in another tab, so that this page stays. @param {ParentNode} root */
export function openLinksElsewhere(root) {
  for (const link of root.querySelectorAll("a[href]")) link.setAttribute("target", "_blank");
}
