// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { TEXT, layoutOf, rounded } from "./editor.js";
import { align, distribute } from "../../../src/counterfoil/web/static/web/js/editor/align.js";
import { boxesOn, outline } from "../../../src/counterfoil/web/static/web/js/editor/geometry.js";

/**
 * @param {number} left
 * @param {number} bottom
 * @param {number} width
 * @param {number} rotation
 */
const element = (left, bottom, width = 10, rotation = 0) => ({
  ...TEXT,
  left,
  bottom,
  width,
  height: 10,
  rotation,
});

/** @param {import("../../../src/counterfoil/web/static/web/js/editor/types.js").Layout} layout */
const outlines = (layout) => [...boxesOn(layout, 1).values()].map((box) => rounded(outline(box)));

for (const [edge, lefts, bottoms] of /** @type {const} */ ([
  ["left", [0, 0, 0], [0, 20, 50]],
  ["hcenter", [20, 15, 20], [0, 20, 50]],
  ["right", [40, 30, 40], [0, 20, 50]],
  ["top", [0, 20, 40], [50, 50, 50]],
  ["vcenter", [0, 20, 40], [25, 25, 25]],
  ["bottom", [0, 20, 40], [0, 0, 0]],
])) {
  test(`elements are aligned at ${edge}`, () => {
    const layout = layoutOf(element(0, 0), element(20, 20, 20), element(40, 50));

    const aligned = outlines(align(layout, boxesOn(layout, 1), edge));

    assert.deepEqual(
      aligned.map(({ left }) => left),
      lefts,
    );
    assert.deepEqual(
      aligned.map(({ bottom }) => bottom),
      bottoms,
    );
  });
}

test("one element can be aligned at the page", () => {
  const layout = layoutOf(element(0, 0));
  const page = { left: 0, bottom: 0, width: 210, height: 297 };

  const [aligned] = outlines(align(layout, boxesOn(layout, 1), "hcenter", page));

  assert.equal(aligned?.left, 100);
});

test("a turned element is aligned by what is seen of it", () => {
  const layout = layoutOf(element(0, 0), element(50, 50, 30, 90));

  const aligned = outlines(align(layout, boxesOn(layout, 1), "left"));

  assert.deepEqual(
    aligned.map(({ left }) => left),
    [0, 0],
  );
});

test("gaps become equal while the outermost elements stay", () => {
  const layout = layoutOf(element(0, 0), element(70, 80), element(12, 11, 20));

  const level = outlines(distribute(layout, boxesOn(layout, 1), "h"));
  const upright = outlines(distribute(layout, boxesOn(layout, 1), "v"));

  assert.deepEqual(
    level.map(({ left }) => left),
    [0, 70, 30],
  );
  assert.deepEqual(
    upright.map(({ bottom }) => bottom),
    [0, 80, 40],
  );
});

test("two elements have nothing between them to spread", () => {
  const layout = layoutOf(element(0, 0), element(70, 80));

  assert.equal(distribute(layout, boxesOn(layout, 1), "h"), layout);
  assert.equal(align(layout, new Map(), "left"), layout);
});
