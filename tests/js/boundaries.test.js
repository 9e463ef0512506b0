// @ts-check
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fitSelection } from "../../static/js/text/boundaries.js";

/**
 * Fit the part of a text that stands between brackets: "He [said] no".
 * @param {string} drawn @param {object} how
 */
function fit(drawn, how) {
  const points = Array.from(drawn);
  const start = points.indexOf("[");
  const end = points.indexOf("]") - 1;
  const text = points.filter((point) => point !== "[" && point !== "]");
  const fitted = fitSelection({ offset: 100, points: text }, { start: start + 100, end: end + 100 }, how);
  return fitted && text.slice(fitted.start - 100, fitted.end - 100).join("");
}

const cases = [
  ["blanks fall off both ends", "He[ said ]no", {}, "said"],
  ["nothing but blanks is nothing", "He[ ]no", {}, null],
  ["a cut word is completed on both sides", "the sol[diers adv]anced", { language: "en" }, "soldiers advanced"],
  ["exact keeps the cut", "the sol[diers adv]anced", { language: "en", isExact: true }, "diers adv"],
  ["glued words may be cut at the capital", "on the other [side]On the", { language: "en" }, "side"],
  ["a word before an apostrophe is whole", "[Ukraine]’s army", { language: "en" }, "Ukraine"],
  ["Cyrillic words are completed", "заявив Ген[штаб ЗСУ]", { language: "uk" }, "Генштаб ЗСУ"],
  ["a Hebrew prefix stays outside", "ב[חמאס] הכחישו", { language: "he" }, "חמאס"],
  ["an Arabic prefix stays outside", "و[نفى] ذلك", { language: "ar" }, "نفى"],
  ["a quote takes its marks", "«[Так]» сказав", { kind: "quote" }, "«Так»"],
  ["a quote takes its marks over a comma", "“[We won]t,” he said", { kind: "quote" }, "“We wont,”"],
  ["a quote takes the missing closing mark", "[“We won]” he said", { kind: "quote" }, "“We won”"],
  ["a quote takes the missing opening mark", "“[We won”] he said", { kind: "quote" }, "“We won”"],
  ["straight marks count too", 'said "[no]".', { kind: "quote" }, '"no"'],
  ["gershayim count too", "אמר ״[לא]״.", { kind: "quote" }, "״לא״"],
  ["a complete quote stays as it is", "a [«b „c“»] d", { kind: "quote" }, "«b „c“»"],
  ["a quote without marks stays as it is", "— [Это ложь].", { kind: "quote" }, "Это ложь"],
  ["a claim takes no marks", "“[We won]”", { kind: "claim" }, "We won"],
  ["a party loses its possessive", "[Ukraine’s] army", { kind: "party" }, "Ukraine"],
  ["a claim loses its trailing comma", "[they won,] he said", { kind: "claim" }, "they won"],
  ["no part of a picture sign is cut", "wrote 👨[‍👩‍]👧.", {}, "👨‍👩‍👧"],
  ["no accent is cut off", "e[ne]\u0301e", { isExact: true }, "ne\u0301"],
];
for (const [name, drawn, how, expected] of cases) {
  test(/** @type {string} */ (name), () =>
    assert.equal(fit(/** @type {string} */ (drawn), /** @type {object} */ (how)), expected),
  );
}

const traps = new URL("../../../shared/data/offset_traps.json", import.meta.url);
test("a clean selection of every trap stays exactly as it is", { skip: !existsSync(traps) && "no ../shared" }, () => {
  for (const { text, language, spans } of JSON.parse(readFileSync(traps, "utf8")).cases) {
    const points = Array.from(text.replaceAll(/\r\n?/g, "\n"));
    for (const { kind, code_points } of spans) {
      const [start, end] = code_points;
      assert.deepEqual(fitSelection({ offset: 0, points }, { start, end }, { kind, language }), { start, end });
    }
  }
});

const gold = new URL("../../../shared/data/panjshir/gold.json", import.meta.url);
test(
  "a clean selection of every gold span stays exactly as it is",
  { skip: !existsSync(gold) && "no ../shared" },
  () => {
    const points = Array.from(readFileSync(new URL("article.txt", gold), "utf8"));
    for (const { kind, segments } of JSON.parse(readFileSync(gold, "utf8")).annotations) {
      for (const [start, end] of segments) {
        assert.deepEqual(fitSelection({ offset: 0, points }, { start, end }, { kind, language: "en" }), { start, end });
      }
    }
  },
);
