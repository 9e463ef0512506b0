// @ts-check
/** Which key asks for which command of the workbench. The map comes from the server; these are its defaults. */
import { isTyping, keyName } from "./keys.js";

/**
 * What a key or a button asks for: `after` is the key of the write it waits for, `digit` the choice made before the list came.
 * @typedef {{command: string, kind?: string, after?: string, digit?: string}} Command
 */
/** @typedef {Record<string, string[]>} KeyMap */

/** @type {KeyMap} */
export const DEFAULT_KEYS = {
  "tag-party": ["1"],
  "tag-quote": ["2"],
  "tag-claim": ["3"],
  "tag-counterclaim": ["4"],
  "tag-cue": ["5"],
  "add-segment": ["+"],
  next: ["j"],
  previous: ["k"],
  who: ["l"],
  disputed: ["d"],
  "link-about": ["o"],
  "link-same": ["m"],
  "link-supports": ["u"],
  "link-relayed": ["y"],
  "link-cue": ["c"],
  "link-expresses": ["x"],
  go: ["g"],
  "edit-span": ["e"],
  note: ["n"],
  withdraw: ["Backspace", "Delete"],
  undo: ["z", "Control+z"],
  redo: ["Shift+z", "Control+Shift+z"],
  mentions: ["f"],
  submit: ["Control+Enter"],
  palette: ["Control+k"],
  help: ["?"],
  find: ["/"],
  open: ["Enter"],
  cancel: ["Escape"],
  "word-right": ["ArrowRight"],
  "word-left": ["ArrowLeft"],
  "word-next": ["w"],
  "word-previous": ["b"],
  "line-down": ["ArrowDown"],
  "line-up": ["ArrowUp"],
  "sentence-next": [")"],
  "sentence-previous": ["("],
  "line-start": ["Home"],
  "line-end": ["End"],
  "page-down": ["PageDown"],
  "page-up": ["PageUp"],
  select: ["v"],
  "to-sentence": ["."],
  "to-comma": [","],
  "to-quotation-mark": ['"'],
  "start-left": ["["],
  "start-right": ["]"],
  "end-left": ["{"],
  "end-right": ["}"],
};

/** Moves go on while a key is held; writes and dialogs never do. */
const REPEATS = new Set([
  ..."next previous word-right word-left word-next word-previous line-down line-up sentence-next".split(" "),
  ..."sentence-previous line-start line-end page-down page-up".split(" "),
]);
/** These belong to the caret: they act only while the text itself has the focus. */
const IN_TEXT = new Set([..."word-right word-left line-down line-up line-start line-end page-down page-up".split(" ")]);
const ALWAYS = new Set(["Escape", "Enter"]);
const ARROWS = /^(?:Arrow|Page|Home|End)/;

/** Read the server's map; what it leaves out keeps its default. @param {string | undefined} json @returns {KeyMap} */
export function readKeys(json) {
  if (!json) return DEFAULT_KEYS;
  return { ...DEFAULT_KEYS, ...JSON.parse(json) };
}

/** Whether nobody has changed a key. @param {KeyMap} keys */
export function areDefaults(keys) {
  return Object.entries(DEFAULT_KEYS).every(([command, names]) => String(keys[command]) === String(names));
}

/**
 * Give the command that a key press asks for; null when it is for somebody else.
 * @param {KeyboardEvent} event
 * @param {KeyMap} keys
 * @param {boolean} hasSingleKeys whether single keys act without Control and Shift
 * @returns {Command | null}
 */
export function commandOf(event, keys, hasSingleKeys) {
  if (event.defaultPrevented || event.isComposing || event.altKey || isTyping(event.target)) return null;
  const command = commandFor(pressed(event), keys, hasSingleKeys) ?? stretched(event, keys);
  if (!command) return null;
  if (event.repeat && !REPEATS.has(command.command)) return null;
  return isForElsewhere(event, command.command) ? null : command;
}

/**
 * Find the command of a pressed key, named like "z" or "Control+Shift+z".
 * @param {string} name @param {KeyMap} keys @param {boolean} hasSingleKeys @returns {Command | null}
 */
export function commandFor(name, keys, hasSingleKeys) {
  const isSingle = !name.includes("Control+") && !ALWAYS.has(name) && !ARROWS.test(name);
  if (isSingle && !hasSingleKeys) return null;
  const wanted = hasSingleKeys ? [name] : [name, name.replace("Control+Shift+", ""), name.replace("Control+", "")];
  for (const [command, names] of Object.entries(keys)) {
    if (wanted.some((key) => key && names.includes(key))) return shaped(command);
  }
  return null;
}

/** Shift and a kind's key keep the kind; Shift and an arrow extend. @param {KeyboardEvent} event @param {KeyMap} keys @returns {Command | null} */
function stretched(event, keys) {
  if (!event.shiftKey || event.ctrlKey || event.metaKey) return null;
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  for (const [command, names] of Object.entries(keys)) {
    if (digit && command.startsWith("tag-") && names.includes(digit)) {
      return { command: "sticky", kind: command.slice("tag-".length) };
    }
    if (ARROWS.test(event.key) && names.includes(event.key)) return { command: `extend-${command}` };
  }
  return null;
}

/** @param {string} command @returns {Command} */
function shaped(command) {
  return command.startsWith("tag-") ? { command: "tag", kind: command.slice("tag-".length) } : { command };
}

/** The pressed key with its modifiers. Signs that need Shift, such as ")", are named without it. @param {KeyboardEvent} event */
export function pressed(event) {
  const name = keyName(event);
  const isSign = name.length === 1 && !/[a-z0-9]/.test(name);
  const isControl = event.ctrlKey || event.metaKey;
  return `${isControl ? "Control+" : ""}${event.shiftKey && !isSign ? "Shift+" : ""}${name}`;
}

/** @param {KeyboardEvent} event @param {string} command */
function isForElsewhere(event, command) {
  const target = event.target instanceof Element ? event.target : null;
  // Dialogs close by themselves.
  if (target?.closest("dialog")) return true;
  const isControlled = target?.closest("a, button, summary, input, select, textarea, dialog") !== null;
  if (command === "open" || command === "withdraw") return isControlled && target !== null;
  const isCaret = IN_TEXT.has(command.replace("extend-", ""));
  return isCaret && target?.closest(".article-body") == null;
}
