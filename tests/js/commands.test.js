// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { areDefaults, commandFor, DEFAULT_KEYS, pressed, readKeys } from "../../static/js/lib/commands.js";

/** @param {object} how @returns {any} */
function key(how) {
  return { key: "", code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...how };
}

/** @type {[string, object, string][]} */
const names = [
  ["a letter", { key: "j" }, "j"],
  ["a letter with Caps Lock", { key: "J" }, "j"],
  ["a letter with Shift", { key: "Z", shiftKey: true }, "Shift+z"],
  ["a sign that needs Shift", { key: ")", shiftKey: true }, ")"],
  ["Control and a letter", { key: "k", ctrlKey: true }, "Control+k"],
  ["the Command key counts as Control", { key: "Enter", metaKey: true }, "Control+Enter"],
  ["an Arabic layout", { key: "ت", code: "KeyJ" }, "j"],
  ["a Cyrillic layout", { key: "о", code: "KeyJ" }, "j"],
];
for (const [name, event, expected] of names) {
  test(`${name} is named ${expected}`, () => assert.equal(pressed(key(event)), expected));
}

test("every command is found by each of its keys, and no key has two", () => {
  for (const [command, keys] of Object.entries(DEFAULT_KEYS)) {
    for (const name of keys) {
      const found = commandFor(name, DEFAULT_KEYS, true);
      assert.equal(found?.command === "tag" ? `tag-${found.kind}` : found?.command, command);
    }
  }
});

test("a person's keys replace the defaults", () => {
  const keys = readKeys('{"next": ["n"], "note": ["q"]}');
  assert.equal(commandFor("n", keys, true)?.command, "next");
  assert.equal(commandFor("j", keys, true), null);
  assert.equal(areDefaults(keys), false);
  assert.equal(areDefaults(readKeys("{}")), true);
});

test("with single keys off only Control and Shift with the key act; Escape and arrows stay", () => {
  assert.equal(commandFor("j", DEFAULT_KEYS, false), null);
  assert.equal(commandFor("Control+Shift+j", DEFAULT_KEYS, false)?.command, "next");
  assert.equal(commandFor("Escape", DEFAULT_KEYS, false)?.command, "cancel");
});
