// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { BOX, CODE, LINE, TEXT, boxAt, layoutOf } from "./editor.js";
import {
  add,
  duplicate,
  fromStored,
  indexes,
  move,
  moveEnd,
  newKey,
  remove,
  reorder,
  replaceData,
  resize,
  rotate,
  toStored,
} from "../../../src/counterfoil/web/static/web/js/editor/layout.js";

/** @typedef {import("../../../src/counterfoil/web/static/web/js/editor/types.js").Layout} Layout */

/** @param {Layout} layout */
const keysOf = (layout) => layout.elements.map(({ key }) => key);
/** @param {Layout} layout */
const typesOf = (layout) => layout.elements.map(({ data }) => data.type);
/**
 * @param {Layout} layout
 * @param {number} index
 */
const dataOf = (layout, index = 0) =>
  /** @type {Record<string, unknown>} */ (layout.elements[index]?.data);
/** @param {Layout} layout */
const firstKey = (layout) => String(keysOf(layout)[0]);

test("what is loaded is stored again as it was, unknown kinds and attributes included", () => {
  const odd = { type: "hologram", left: "1.0", glitter: { a: [null, 1e300] }, "": "", page: 1.5 };
  const stored = [TEXT, odd, CODE];

  const again = toStored(layoutOf(...stored));

  assert.deepEqual(again, stored);
  assert.ok(again.every((data, index) => data === stored[index]));
});

test("each element gets a key of its own, and none comes twice", () => {
  const keys = [...keysOf(layoutOf(TEXT, TEXT)), ...keysOf(layoutOf(TEXT)), newKey()];

  assert.equal(new Set(keys).size, 4);
});

test("a change leaves the layout that it was given alone", () => {
  const layout = layoutOf(TEXT, CODE);

  const changed = move(layout, [firstKey(layout)], 1, 2);

  assert.equal(dataOf(layout).left, "20.00");
  assert.equal(changed.elements[1], layout.elements[1]);
});

test("moving writes lengths in the form that they had", () => {
  const layout = layoutOf(TEXT, CODE);

  const moved = move(layout, keysOf(layout), 1.5, -0.25);

  assert.deepEqual([dataOf(moved).left, dataOf(moved).bottom], ["21.50", "100.25"]);
  assert.deepEqual([dataOf(moved, 1).left, dataOf(moved, 1).bottom], [131.9, 204.25]);
  assert.equal(dataOf(moved, 1).size, 64);
});

test("moving by nothing, and moving nobody, change nothing", () => {
  const layout = layoutOf(TEXT);

  assert.equal(move(layout, keysOf(layout), 0, 0), layout);
  assert.equal(move(layout, ["nobody"], 1, 1), layout);
});

test("an attribute is set, kept or taken away", () => {
  const layout = layoutOf(TEXT);
  const key = firstKey(layout);

  const changed = replaceData(layout, key, {
    fontsize: 14,
    text: undefined,
    bold: true,
    color: [1, 2, 3],
  });

  assert.equal(dataOf(changed).fontsize, "14.0");
  assert.equal("text" in dataOf(changed), false);
  assert.deepEqual([dataOf(changed).bold, dataOf(changed).color], [true, [1, 2, 3]]);
  assert.equal(replaceData(layout, key, { fontsize: 13, bold: false }), layout);
});

test("a square code takes the width of its box, an oblong one the height as well", () => {
  const layout = layoutOf(CODE, { ...CODE, symbology: "code128", height: "10.00" });
  const [square = "", oblong = ""] = keysOf(layout);
  const box = { left: 1, bottom: 2, width: 30, height: 20 };

  const resized = resize(resize(layout, square, box), oblong, box);

  assert.deepEqual(dataOf(resized), { ...CODE, left: 1, bottom: 2, size: 30 });
  assert.equal(dataOf(resized, 1).height, "20.00");
});

test("text without a height keeps its anchor at the side from which it grows", () => {
  const area = { ...TEXT, type: "textarea", height: undefined };
  const layout = layoutOf(area, { ...area, downward: true });
  const [upward = "", downward = ""] = keysOf(layout);
  const box = { left: 10, bottom: 20, width: 30, height: 5 };

  const resized = resize(resize(layout, upward, box), downward, box);

  assert.deepEqual([dataOf(resized).bottom, dataOf(resized, 1).bottom], ["20.00", "25.00"]);
  assert.equal(dataOf(resized).height, undefined);
});

test("a line that runs to the left still does when its box changes", () => {
  const layout = layoutOf(LINE);

  const resized = resize(layout, firstKey(layout), { left: 10, bottom: 50, width: 20, height: 0 });

  assert.deepEqual([dataOf(resized).left, dataOf(resized).width], ["30.00", "-20.00"]);
});

test("an end of a line moves and the other stays", () => {
  const layout = layoutOf(LINE);
  const key = firstKey(layout);

  const start = dataOf(moveEnd(layout, key, "start", 1, 2));
  const end = dataOf(moveEnd(layout, key, "end", 1, 2));

  assert.deepEqual(
    [start.left, start.bottom, start.width, start.height],
    ["11.00", "52.00", "-6.00", "-2.00"],
  );
  assert.deepEqual(
    [end.left, end.bottom, end.width, end.height],
    ["10.00", "50.00", "-4.00", "2.00"],
  );
});

test("turning writes a JSON number, which is all that pretix prints", () => {
  const layout = layoutOf({ ...TEXT, rotation: "15" });

  const turned = rotate(layout, firstKey(layout), -90);

  assert.equal(dataOf(turned).rotation, 270);
  assert.equal(dataOf(turned).left, "20.00");
});

test("turning about the middle leaves the middle where it is", () => {
  const layout = layoutOf({ ...TEXT, left: 10, bottom: 10, width: 20, height: 10 });

  const turned = rotate(layout, firstKey(layout), 90, boxAt(10, 10, 20, 10));

  // Standing on its end, the box is 10 wide and 20 high about (20, 15): its own top left corner
  // is the upper right one on the page.
  assert.deepEqual([dataOf(turned).left, dataOf(turned).bottom], [25, 15]);
});

test("what cannot be turned is not", () => {
  const layout = layoutOf(CODE);

  assert.equal(rotate(layout, firstKey(layout), 45), layout);
});

for (const [direction, order] of /** @type {const} */ ([
  ["front", ["barcodearea", "rectangle", "textcontainer", "line"]],
  ["forward", ["barcodearea", "rectangle", "textcontainer", "line"]],
  ["backward", ["textcontainer", "line", "barcodearea", "rectangle"]],
  ["back", ["textcontainer", "line", "barcodearea", "rectangle"]],
])) {
  test(`two elements go ${direction} together`, () => {
    const layout = layoutOf(TEXT, CODE, LINE, BOX);
    const [text = "", , line = ""] = keysOf(layout);

    assert.deepEqual(typesOf(reorder(layout, [text, line], direction)), order);
  });
}

test("one step forward passes one other element, and at the front there is none to pass", () => {
  const layout = layoutOf(TEXT, CODE, LINE);
  const [text = "", , line = ""] = keysOf(layout);

  assert.deepEqual(typesOf(reorder(layout, [text], "forward")), [
    "barcodearea",
    "textcontainer",
    "line",
  ]);
  assert.equal(reorder(layout, [line], "forward"), layout);
  assert.equal(reorder(layout, [text], "back"), layout);
  assert.equal(reorder(layout, [], "back"), layout);
});

test("copies lie on top, a little to the right and down, under new keys", () => {
  const layout = layoutOf(TEXT, CODE);

  const { layout: doubled, keys } = duplicate(layout, [firstKey(layout)]);

  assert.deepEqual(typesOf(doubled), ["textcontainer", "barcodearea", "textcontainer"]);
  assert.deepEqual(keysOf(doubled).slice(2), keys);
  assert.deepEqual([dataOf(doubled, 2).left, dataOf(doubled, 2).bottom], ["25.00", "95.50"]);
});

test("elements come and go", () => {
  const layout = layoutOf(TEXT, CODE);

  const added = add(layout, { key: "new", data: BOX });
  const removed = remove(added, [firstKey(layout), "new"]);

  assert.deepEqual(typesOf(added), ["textcontainer", "barcodearea", "rectangle"]);
  assert.deepEqual(typesOf(removed), ["barcodearea"]);
  assert.equal(remove(layout, ["nobody"]), layout);
});

test("the server is told places, since it knows no keys", () => {
  const layout = layoutOf(TEXT, CODE, LINE);
  const [text = "", , line = ""] = keysOf(layout);

  assert.deepEqual(indexes(layout, [line, "nobody", text]), [0, 2]);
});

test("an own property called __proto__ is kept like any other", () => {
  const [data] = JSON.parse('[{"type": "x", "left": 1, "bottom": 1, "__proto__": {"a": 1}}]');
  const layout = fromStored({ name: "", elements: [data], background: { id: null, pages: [] } });

  const moved = move(layout, keysOf(layout), 1, 1);

  assert.equal(
    JSON.stringify(toStored(moved)),
    '[{"type":"x","left":2,"bottom":2,"__proto__":{"a":1}}]',
  );
});
