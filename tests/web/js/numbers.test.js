// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import {
  inFormOf,
  spelled,
  toNumber,
} from "../../../src/counterfoil/web/static/web/js/editor/numbers.js";

test("a number is read in both forms that layouts have", () => {
  const read = ["130.40", 130.4, "-3", 0].map((value) => toNumber(value));

  assert.deepEqual(read, [130.4, 130.4, -3, 0]);
});

test("what spells no number is none", () => {
  const odd = ["1e2", " 5", "12,5", "", ".5", null, undefined, true, Number.NaN, Infinity, [1]];

  assert.deepEqual(
    odd.map((value) => toNumber(value, 7)),
    odd.map(() => 7),
  );
});

for (const [old, value, written] of /** @type {[unknown, number, unknown][]} */ ([
  ["12.50", 13, "13.00"],
  ["12.50", 12.345, "12.35"],
  ["13.0", 14.25, "14.25"],
  ["13.0", 14, "14.0"],
  ["12", 13, "13"],
  ["12", 12.5, "12.5"],
  ["0.125", 0.25, "0.250"],
  ["5.00", -0.001, "0.00"],
  [12.5, 12.34567, 12.346],
  [undefined, 1, 1],
  ["auto", 1, 1],
])) {
  test(`${value} in the place of ${JSON.stringify(old)} is ${JSON.stringify(written)}`, () => {
    assert.equal(inFormOf(old, value), written);
  });
}

test("a new length is spelled with two decimals and without minus zero", () => {
  assert.deepEqual([spelled(3), spelled(1.239), spelled(-0.001)], ["3.00", "1.24", "0.00"]);
});
