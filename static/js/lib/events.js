// @ts-check
// Names of the events that travel through our pages; each bubbles and carries what its comment says.

/** An annotation was made, changed or decided on; `detail.value` is its id. Sent by the server (HX-Trigger). */
export const ANNOTATION_CHANGED = "annotation:changed";
/** A link was made, changed or decided on; `detail.value` is its id. Sent by the server (HX-Trigger). */
export const LINK_CHANGED = "link:changed";

/**
 * Send an event up from an element; false when somebody has prevented what the element does next.
 * @param {Element} element
 * @param {string} name
 * @param {unknown} [detail]
 * @returns {boolean}
 */
export function send(element, name, detail) {
  return element.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true, detail }));
}
/** Something is to be done in the workbench; `detail` is a Command. */
export const COMMAND = "workbench:command";
/** Saving went on; `detail` is a Saving. */
export const SAVE_CHANGED = "save:changed";
/** The list to link from is there; `detail` are the ids of its choices in order. Prevented, it leaves the keys where they are. */
export const PICKER_OPENED = "picker:opened";
/** The list to link from was left without a choice. */
export const PICKER_CLOSED = "picker:closed";
/** Something is to be done with an unsent tag; `detail` is its key and what: edit, again, discard. */
export const UNSENT = "unsent:treat";
/** An edge of the focused tag is dragged; `detail` is which, to what offset, and whether it was released. */
export const SPAN_DRAGGED = "span:dragged";
