// @ts-check
/** Which tag is in focus, and how the page shows it. */
import { find, findAll } from "../lib/dom.js";
import { firstMarkOf, marksOf } from "../text/tags.js";

const PARTS = ["card-column", "gutter-wires", "span-handles"];
const CLEAR_PX = 12;
const BAR_PX = 104;

/** Show on the marks what is in focus and what it is linked to. @param {HTMLElement} reader @param {boolean} isPicking */
export function showFocus(reader, isPicking) {
  const text = textOf(reader);
  const focus = reader.dataset.focus ?? "";
  const focused = marksOf(text, focus);
  const linked = linkedTo(reader).flatMap((id) => marksOf(text, id));
  for (const mark of findAll(text, "mark.is-focused, mark.is-linked, mark[data-hint]", HTMLElement)) {
    if (!focused.includes(mark)) mark.classList.remove("is-focused");
    if (!linked.includes(mark)) mark.classList.remove("is-linked");
    if (mark !== focused[0]) mark.removeAttribute("aria-details");
    if (!isPicking) delete mark.dataset.hint;
  }
  reader.classList.toggle("is-picking", isPicking);
  for (const mark of focused) mark.classList.add("is-focused");
  for (const mark of linked) mark.classList.add("is-linked");
  focused[0]?.setAttribute("aria-details", "annotation-panel");
  renew(reader);
}

/** Let elements beside the text look again at what they show. @param {HTMLElement} reader */
export function renew(reader, names = PARTS) {
  for (const name of names) {
    const part = find(reader, name, HTMLElement);
    if (!part) continue;
    part.dataset.focus = reader.dataset.focus ?? "";
    part.dataset.revision = String(Number(part.dataset.revision ?? 0) + 1);
  }
}

/** The element with the blocks of the article. @param {HTMLElement} reader @returns {ParentNode} */
function textOf(reader) {
  return reader.getElementsByClassName("article-body")[0] ?? reader;
}

/** The ids of the tags that the one in focus is linked to. @param {HTMLElement} reader @returns {string[]} */
export function linkedTo(reader) {
  const panel = find(reader, ".annotation-panel", HTMLElement);
  if (!panel || panel.hidden || panel.dataset.a !== reader.dataset.focus) return [];
  return (panel.dataset.linked ?? "").split(" ").filter(Boolean);
}

/** Show digits on the tags that can be linked to. @param {HTMLElement} reader @param {string[]} ids */
export function showHints(reader, ids) {
  const text = textOf(reader);
  for (const mark of findAll(text, "mark[data-hint]", HTMLElement)) delete mark.dataset.hint;
  ids.slice(0, 9).forEach((id, index) => {
    const mark = firstMarkOf(text, id);
    if (mark) mark.dataset.hint = String(index + 1);
  });
}

/** The tag that comes next in the text; round at the ends. @param {HTMLElement} reader @param {1 | -1} by @returns {HTMLElement | null} */
export function neighbourOf(reader, by) {
  const marks = findAll(textOf(reader), "mark.is-first", HTMLElement).filter((mark) => isShown(reader, mark));
  const at = marks.findIndex((mark) => mark.dataset.a === reader.dataset.focus);
  if (at < 0) return (by > 0 ? marks[0] : marks.at(-1)) ?? null;
  return marks[(at + by + marks.length) % marks.length] ?? null;
}

/** The tags at a place of the text, the innermost first. @param {HTMLElement} reader @param {Element} target */
export function tagsAt(reader, target) {
  const ids = [];
  for (let mark = target.closest("mark"); mark; mark = mark.parentElement?.closest("mark") ?? null) {
    if (isShown(reader, mark)) ids.push(mark.dataset.a ?? "");
  }
  return ids;
}

/** Where the other end is: there, or back where one came from. @param {HTMLElement} reader @param {string[]} trail the tags gone through */
export function otherEnd(reader, trail) {
  const back = trail.pop();
  const text = textOf(reader);
  if (back && firstMarkOf(text, back)) return back;
  const there = linkedTo(reader).find((id) => firstMarkOf(text, id));
  if (there) trail.push(reader.dataset.focus ?? "");
  return there ?? null;
}

/** Show a tag in the middle of the window. @param {HTMLElement | null} mark */
export function showInMiddle(mark) {
  if (!mark) return;
  centre(mark);
  // The blocks of a long article get their true heights two frames after they have come near.
  requestAnimationFrame(() => requestAnimationFrame(() => centre(mark)));
}

/** Scroll unless the tag stands in the middle third. @param {HTMLElement} mark */
function centre(mark) {
  const { top, bottom } = mark.getBoundingClientRect();
  const third = window.innerHeight / 3;
  if (top < third || bottom > 2 * third) mark.scrollIntoView({ block: "center", inline: "nearest" });
}

/** On a small screen the card lies over the text: bring the tag out from under it. @param {HTMLElement} reader @param {HTMLElement | null} mark */
export function uncover(reader, mark) {
  const panel = find(reader, ".annotation-panel:not([hidden])", HTMLElement);
  if (!mark || !panel || getComputedStyle(panel).position !== "fixed") return;
  const { top, bottom } = mark.getBoundingClientRect();
  const edge = panel.getBoundingClientRect().top - CLEAR_PX;
  if (bottom > edge) window.scrollBy(0, Math.min(bottom - edge, Math.max(0, top - BAR_PX)));
}

/** Cue words count only while they are shown. @param {HTMLElement} reader @param {HTMLElement} mark */
function isShown(reader, mark) {
  return !mark.classList.contains("cue") || reader.classList.contains("has-cues");
}
