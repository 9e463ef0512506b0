// @ts-check
/** Puts the answer to a write into the page. htmx would look at every element that goes and comes, twice. */

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
    there.replaceWith(part);
    if (part.querySelector("[hx-get], [hx-post]")) introduce(part);
  }
}

/** Let htmx know the forms and links of a part. @param {HTMLElement} part */
function introduce(part) {
  const { htmx } = /** @type {any} */ (window);
  htmx.process(part);
  htmx.trigger(part, "htmx:load");
}
