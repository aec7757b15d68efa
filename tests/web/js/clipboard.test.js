// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { CODE, TEXT, layoutOf } from "./editor.js";
import {
  fromText,
  paste,
  toText,
} from "../../../src/counterfoil/web/static/web/js/editor/clipboard.js";
import { toStored } from "../../../src/counterfoil/web/static/web/js/editor/layout.js";

test("copied elements come back from the clipboard as they were", () => {
  const odd = { type: "hologram", glitter: [1, null] };

  assert.deepEqual(fromText(toText(layoutOf(TEXT, odd).elements)), [TEXT, odd]);
});

test("a layout exported from pretix can be pasted", () => {
  assert.deepEqual(fromText(JSON.stringify([TEXT, CODE])), [TEXT, CODE]);
});

for (const text of [
  "",
  "hello",
  "{}",
  "[]",
  "[1]",
  "[null]",
  '[{"left": 1}]',
  '{"elements": [{"type": "x"}]}',
  '{"counterfoil-elements": 1}',
  '{"counterfoil-elements": 1, "elements": [{"type": 3}]}',
]) {
  test(`${text || "nothing"} on the clipboard is not taken for elements`, () => {
    assert.equal(fromText(text), null);
  });
}

test("elements are pasted at their places, on the page that is open", () => {
  const { layout, keys } = paste(layoutOf(), [TEXT, CODE], 2);

  assert.deepEqual(toStored(layout), [
    { ...TEXT, page: 2 },
    { ...CODE, page: 2 },
  ]);
  assert.deepEqual(
    layout.elements.map(({ key }) => key),
    keys,
  );
});

test("what lies at its place already is not covered: each copy goes further", () => {
  const once = paste(layoutOf(TEXT), [TEXT], 1).layout;
  const twice = paste(once, [TEXT], 1).layout;

  assert.deepEqual(
    toStored(twice).map(({ left, bottom }) => [left, bottom]),
    [
      ["20.00", "100.50"],
      ["25.00", "95.50"],
      ["30.00", "90.50"],
    ],
  );
});

test("a group keeps its shape when one of it is in the way", () => {
  const { layout } = paste(layoutOf(TEXT), [TEXT, CODE], 1);

  assert.deepEqual(
    toStored(layout)
      .slice(1)
      .map(({ left }) => left),
    ["25.00", 135.4],
  );
});
