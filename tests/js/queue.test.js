// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { inOrder, keptOf, nextOf, outcomeOf, stateOf, tabsOf, waitBefore } from "../../static/js/lib/queue.js";

/** @param {object} [how] @returns {any} */
function write(how = {}) {
  return { key: "k", order: 1, article: "a", user: "ana", tab: "t", url: "/", fields: {}, pending: [], ...how };
}

test("waits double up to a minute and vary a little", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 9].map((attempts) => waitBefore(attempts, 0.5)),
    [1000, 2000, 4000, 8000, 60_000],
  );
  assert.equal(waitBefore(1, 0), 800);
  assert.equal(waitBefore(1, 1), 1200);
});

/** @type {[number, string, string][]} */
const answers = [
  [200, "", "done"],
  [0, "", "unsent"],
  [429, "", "unsent"],
  [503, "", "unsent"],
  [401, "", "signed-out"],
  [403, "<!doctype html><html>", "stale-form"],
  [403, '<div class="alert bad">', "refused"],
  [409, "", "refused"],
  [422, "", "refused"],
];
for (const [status, body, outcome] of answers) {
  test(`an answer ${status} ${body} means ${outcome}`, () => assert.equal(outcomeOf(status, body), outcome));
}

test("the oldest write that was not refused is next", () => {
  const writes = inOrder([
    write({ key: "c", order: 3 }),
    write({ key: "a", order: 1, reason: "no" }),
    write({ key: "b", order: 2 }),
  ]);
  assert.equal(nextOf(writes)?.key, "b");
  assert.equal(nextOf([write({ reason: "" })]), null);
});

test("the state counts what is refused only when nothing waits", () => {
  assert.equal(stateOf([], false), "saved");
  assert.equal(stateOf([write()], false), "saving");
  assert.equal(stateOf([write()], true), "offline");
  assert.equal(stateOf([write({ reason: "no" })], false), "failed");
  assert.equal(stateOf([write({ reason: "no" }), write()], false), "saving");
});

test("only writes of this person and article are taken over, tab by tab", () => {
  const kept = [
    write({ tab: "one" }),
    write({ tab: "two" }),
    write({ tab: "one", user: "rui" }),
    write({ tab: "three", article: "b" }),
    write({ tab: "one" }),
  ];
  const mine = keptOf(kept, { article: "a", user: "ana" });
  assert.deepEqual(mine, [kept[0], kept[1], kept[4]]);
  assert.deepEqual(tabsOf(mine), ["one", "two"]);
});
