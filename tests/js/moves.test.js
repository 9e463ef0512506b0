// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  extendBy,
  extendToComma,
  extendToQuotationMark,
  extendToSentenceEnd,
  fromFirstWord,
  partAt,
  sentencesOf,
  startAfter,
  startBefore,
  wordsOf,
} from "../../static/js/text/moves.js";

const OFFSET = 50;

/** @param {string} text */
function windowOf(text) {
  return { offset: OFFSET, points: Array.from(text) };
}

/**
 * Extend the part between brackets and give what it holds then.
 * @param {string} drawn @param {"start" | "end"} moving @param {(text: any, stretch: any) => any} move
 */
function extend(drawn, moving, move) {
  const points = Array.from(drawn);
  const [start, end] = [points.indexOf("["), points.indexOf("]") - 1];
  const text = { offset: OFFSET, points: points.filter((point) => point !== "[" && point !== "]") };
  const found = move(text, { start: start + OFFSET, end: end + OFFSET, moving });
  return text.points.slice(found.start - OFFSET, found.end - OFFSET).join("");
}

test("words leave punctuation out and glued ones count as two", () => {
  const text = windowOf("On the other sideOn, he 🚁 said 100%.");
  const words = wordsOf(text, "en").map(({ start, end }) => text.points.slice(start - OFFSET, end - OFFSET).join(""));
  assert.deepEqual(words, ["On", "the", "other", "side", "On", "he", "said", "100"]);
});

test("sentences lose the blanks around them", () => {
  const text = windowOf("One.  Two!\nThree");
  assert.deepEqual(
    sentencesOf(text, "en").map(({ start, end }) => [start - OFFSET, end - OFFSET]),
    [
      [0, 4],
      [6, 10],
      [11, 16],
    ],
  );
});

test("the caret goes to the next and the previous start, and stays at the ends", () => {
  const parts = [
    { start: 0, end: 3 },
    { start: 4, end: 7 },
  ];
  assert.equal(startAfter(parts, 0), 4);
  assert.equal(startAfter(parts, 4), null);
  assert.equal(startBefore(parts, 4), 0);
  assert.equal(startBefore(parts, 0), null);
  assert.deepEqual(partAt(parts, 3), parts[1]);
});

/** @type {[string, string, "start" | "end", (text: any, stretch: any) => any, string][]} */
const cases = [
  ["a word more", "a [bold] claim here", "end", (t, s) => extendBy(t, wordsOf(t, "en"), s, 1), "bold claim"],
  ["a word less", "a [bold claim] here", "end", (t, s) => extendBy(t, wordsOf(t, "en"), s, -1), "bold"],
  ["never less than a word", "a [bold] claim", "end", (t, s) => extendBy(t, wordsOf(t, "en"), s, -1), "bold"],
  ["the start goes back", "a [bold] claim", "start", (t, s) => extendBy(t, wordsOf(t, "en"), s, -1), "a bold"],
  ["the start goes on", "[a bold] claim", "start", (t, s) => extendBy(t, wordsOf(t, "en"), s, 1), "bold"],
  [
    "an open bracket is closed",
    "[the Front] (NRFA) and",
    "end",
    (t, s) => extendBy(t, wordsOf(t, "en"), s, 1),
    "the Front (NRFA)",
  ],
  [
    "to the end of the sentence",
    "[We] won it. He",
    "end",
    (t, s) => extendToSentenceEnd(t, sentencesOf(t, "en"), s),
    "We won it",
  ],
  [
    "then its last sign",
    "[We won it]. He",
    "end",
    (t, s) => extendToSentenceEnd(t, sentencesOf(t, "en"), s),
    "We won it.",
  ],
  ["to the comma", "[they] won, he said", "end", (t, s) => extendToComma(t, s), "they won"],
  ["no comma, no change", "[they] won", "end", (t, s) => extendToComma(t, s), "they"],
  ["to the closing mark", "“[We]’re here,” he", "end", (t, s) => extendToQuotationMark(t, s), "We’re here,”"],
];
for (const [name, drawn, moving, move, expected] of cases) {
  test(name, () => assert.equal(extend(drawn, moving, move), expected));
}

test("a sentence that opens with a quotation mark begins at its first word", () => {
  const text = windowOf("It fell. “We left,” he said.");
  const words = wordsOf(text, "en");
  const starts = fromFirstWord(sentencesOf(text, "en"), words).map(({ start }) => start - OFFSET);
  assert.deepEqual(starts, [0, 10]);
});
