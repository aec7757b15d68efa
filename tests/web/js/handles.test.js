// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { boxAt, rounded } from "./editor.js";
import { corners } from "../../../src/counterfoil/web/static/web/js/editor/geometry.js";
import {
  angleTowards,
  centre,
  handleAt,
  resizeByHandle,
  turnedAboutCentre,
} from "../../../src/counterfoil/web/static/web/js/editor/handles.js";

/** @typedef {import("../../../src/counterfoil/web/static/web/js/editor/types.js").Handle} Handle */

const HANDLES = /** @type {Handle[]} */ (["n", "ne", "e", "se", "s", "sw", "w", "nw"]);
const OPPOSITE = /** @type {Record<Handle, Handle>} */ ({
  n: "s",
  ne: "sw",
  e: "w",
  se: "nw",
  s: "n",
  sw: "ne",
  w: "e",
  nw: "se",
});

for (const rotation of [0, 30, 90, 200]) {
  for (const handle of HANDLES) {
    test(`pulling ${handle} of a box turned by ${rotation} leaves the opposite side in place`, () => {
      const box = boxAt(10, 20, 30, 15, rotation);

      const pulled = resizeByHandle(box, handle, 4, 3);

      assert.deepEqual(
        rounded(handleAt(pulled, OPPOSITE[handle])),
        rounded(handleAt(box, OPPOSITE[handle])),
      );
      assert.equal(pulled.rotation, rotation);
    });
  }
}

test("a corner follows the pointer, also of a turned box", () => {
  const box = boxAt(10, 20, 30, 15, 40);
  const [, , corner] = corners(box);

  const [, , pulled] = corners(resizeByHandle(box, "se", 2, -3));

  assert.deepEqual(rounded(pulled), rounded({ x: corner.x + 2, y: corner.y - 3 }));
});

test("a side changes one measure only", () => {
  const { left, bottom, width, height } = resizeByHandle(boxAt(10, 20, 30, 15), "w", 5, 100);

  assert.deepEqual([left, bottom, width, height], [15, 20, 25, 15]);
});

test("the shape is kept by the measure that is pulled farther", () => {
  const box = boxAt(0, 0, 20, 10);

  const pulled = resizeByHandle(box, "ne", 10, 1, { keepAspect: true });

  assert.deepEqual([pulled.width, pulled.height], [30, 15]);
});

test("a box can be pulled small but not away", () => {
  const free = resizeByHandle(boxAt(0, 0, 20, 10), "sw", 100, 100);
  const kept = resizeByHandle(boxAt(0, 0, 20, 10), "sw", 100, 100, { keepAspect: true });

  assert.deepEqual([free.width, free.height, free.left, free.bottom], [0.5, 0.5, 19.5, 9.5]);
  assert.deepEqual([kept.width, kept.height], [1, 0.5]);
});

test("what has no height can still be made wider", () => {
  const pulled = resizeByHandle(boxAt(0, 0, 20, 0), "e", 5, 0, { keepAspect: true });

  assert.deepEqual([pulled.width, pulled.height], [25, 0]);
});

test("turned about its middle, a box keeps its middle and its size", () => {
  const box = boxAt(10, 20, 30, 10, 15);

  const turned = turnedAboutCentre(box, 100);

  assert.deepEqual(rounded(centre(turned)), rounded(centre(box)));
  assert.deepEqual([turned.width, turned.height, turned.rotation], [30, 10, 100]);
});

test("the angle is counted clockwise from above, and can go in steps", () => {
  const box = boxAt(0, 0, 10, 10);

  assert.equal(angleTowards(box, { x: 5, y: 50 }), 0);
  assert.equal(angleTowards(box, { x: 50, y: 5 }), 90);
  assert.equal(angleTowards(box, { x: -50, y: 5 }), 270);
  assert.equal(angleTowards(box, { x: 14, y: 50 }, 15), 15);
});
