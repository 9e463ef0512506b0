// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  codePointLength,
  codePoints,
  edgesOf,
  endsInsideCodePoint,
  utf16IndexOf,
} from "../../static/js/text/offsets.js";

test("signs outside the first plane count once", () => {
  assert.equal(codePointLength("a🚁b"), 3);
  assert.deepEqual(codePoints("a🚁b"), ["a", "🚁", "b"]);
});

test("a code point offset gives the index of its unit", () => {
  assert.equal(utf16IndexOf("a🚁b", 2), 3);
  assert.equal(utf16IndexOf("a🚁b", 0), 0);
  assert.equal(utf16IndexOf("a🚁b", 9), 4);
});

test("half of a pair at the end is seen", () => {
  assert.equal(endsInsideCodePoint("a🚁".slice(0, 2)), true);
  assert.equal(endsInsideCodePoint("a🚁"), false);
});

test("edges are counted in code points", () => {
  const words = new Intl.Segmenter("en", { granularity: "word" });
  assert.deepEqual(edgesOf("🚁 up", words), [0, 1, 2, 4]);
});
