// @ts-check
/** Puts the answer to a write into the page. htmx would look at every element that goes and comes, twice. */

// What the page itself has written on marks and cards since they came.
const OWN_ATTRIBUTES = ["style", "aria-current", "aria-details", "data-hint"];
const OWN_CLASSES = ["is-focused", "is-linked"];
const ACTIVE = "[hx-get], [hx-post]";
// annotations/views/htmx.py
const END_OF_PART = "<!-- part -->";

/** The first part of an answer: the text, which comes before what stands beside it; empty until all of it is here. @param {string} html */
export function firstPart(html) {
  return html.slice(0, Math.max(0, html.indexOf(END_OF_PART)));
}

/**
 * Put each part of an answer in the place of the element with its id; parts that say nothing new stay out.
 * @param {string} html @param {(there: HTMLElement, part: HTMLElement) => boolean} keeps whether what is there stays
 */
export function putAnswer(html, keeps) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const part of [...template.content.children]) {
    const there = document.getElementById(part.id);
    if (!part.hasAttribute("hx-swap-oob") || !there || !(part instanceof HTMLElement)) continue;
    part.removeAttribute("hx-swap-oob");
    // Cards near the window are shown at once, not styled as hidden ones first.
    part.classList.toggle("is-near", there.classList.contains("is-near"));
    if (there.isEqualNode(part) || keeps(there, part)) continue;
    if (there.matches(".article-text, .card-group") && !part.querySelector(ACTIVE)) exchange(there, part);
    else there.replaceWith(part);
    if (part.querySelector(ACTIVE)) introduce(part);
  }
}

/** Exchange what differs between the first and the last child that say the same. @param {HTMLElement} there @param {HTMLElement} part */
function exchange(there, part) {
  const [old, fresh] = [[...there.childNodes], [...part.childNodes]];
  const most = Math.min(old.length, fresh.length);
  let before = 0;
  while (before < most && saysTheSame(old[before], fresh[before])) before += 1;
  let after = 0;
  while (after < most - before && saysTheSame(old[old.length - 1 - after], fresh[fresh.length - 1 - after])) after += 1;
  const next = old[old.length - after] ?? null;
  const [gone, come] = [old.slice(before, old.length - after), fresh.slice(before, fresh.length - after)];
  const [list, newList] = [gone, come].map((nodes) => (nodes.length === 1 ? nodes[0] : null));
  // The cards of a block are a list in its group.
  if (list instanceof HTMLOListElement && newList instanceof HTMLOListElement) exchange(list, newList);
  else {
    for (const node of gone) node.remove();
    for (const node of come) there.insertBefore(node, next);
  }
  for (const name of there.getAttributeNames()) if (!part.hasAttribute(name)) there.removeAttribute(name);
  for (const { name, value } of part.attributes)
    if (there.getAttribute(name) !== value) there.setAttribute(name, value);
}

/** @param {Node} there @param {Node} part */
function saysTheSame(there, part) {
  if (!(there instanceof Element)) return there.isEqualNode(part);
  const came = /** @type {Element} */ (there.cloneNode(true));
  for (const element of [came, ...came.querySelectorAll("*")]) {
    for (const name of OWN_ATTRIBUTES) element.removeAttribute(name);
    element.classList.remove(...OWN_CLASSES);
  }
  return came.isEqualNode(part);
}

/** Let htmx know the forms and links of a part. @param {HTMLElement} part */
function introduce(part) {
  const { htmx } = /** @type {any} */ (window);
  htmx.process(part);
  htmx.trigger(part, "htmx:load");
}
