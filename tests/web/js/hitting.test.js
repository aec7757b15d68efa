// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { BOX, TEXT, layoutOf } from "./editor.js";
import { boxesOn } from "../../../src/counterfoil/web/static/web/js/editor/geometry.js";
import { hits } from "../../../src/counterfoil/web/static/web/js/editor/hitting.js";

/** @typedef {import("../../../src/counterfoil/web/static/web/js/editor/types.js").Json} Json */

/**
 * @param {readonly Json[]} elements
 * @param {number} x
 * @param {number} y
 */
function hitTypes(elements, x, y) {
  const layout = layoutOf(...elements);
  const found = hits(layout.elements, boxesOn(layout, 1), { x, y }, 0.5);
  return found.map((key) => layout.elements.find((element) => element.key === key)?.data.type);
}

test("the topmost element is hit first, the others after it", () => {
  const filled = { ...BOX, fill: [255, 255, 255] };
  const text = { ...TEXT, left: 10, bottom: 10, width: 20, height: 10 };

  assert.deepEqual(hitTypes([filled, text], 15, 15), ["textcontainer", "rectangle"]);
  assert.deepEqual(hitTypes([text, filled], 15, 15), ["rectangle", "textcontainer"]);
});

test("through a frame one reaches what it surrounds", () => {
  const text = { ...TEXT, left: 10, bottom: 10, width: 20, height: 10 };

  assert.deepEqual(hitTypes([text, BOX], 15, 15), ["textcontainer"]);
  assert.deepEqual(hitTypes([text, BOX], 5.2, 15), ["rectangle"]);
});

test("a slanted line is hit along it, not in its box", () => {
  const rising = { type: "line", left: 0, bottom: 0, width: 20, height: 20 };
  const falling = { type: "line", left: 0, bottom: 20, width: 20, height: -20 };

  assert.deepEqual(hitTypes([rising], 10, 10.4), ["line"]);
  assert.deepEqual(hitTypes([rising], 15, 5), []);
  assert.deepEqual(hitTypes([falling], 15, 5), ["line"]);
});

test("a level line can be hit though it has no height", () => {
  assert.deepEqual(
    hitTypes([{ type: "line", left: 0, bottom: 5, width: 20, height: 0 }], 10, 5.4),
    ["line"],
  );
});

test("a turned element is hit where it is seen", () => {
  const text = { ...TEXT, left: 50, bottom: 50, width: 40, height: 10, rotation: 90 };

  assert.deepEqual(hitTypes([text], 45, 30), ["textcontainer"]);
  assert.deepEqual(hitTypes([text], 80, 55), []);
});

test("what is on another page, or nowhere, is not hit", () => {
  const layout = layoutOf(TEXT);

  assert.deepEqual(hits(layout.elements, boxesOn(layout, 2), { x: 30, y: 105 }, 1), []);
  assert.deepEqual(hits(layout.elements, boxesOn(layout, 1), { x: 0, y: 0 }, 1), []);
});
