// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { rounded } from "./editor.js";
import { snap } from "../../../src/counterfoil/web/static/web/js/editor/snapping.js";

const PAGE = { width: 100, height: 50 };
const NOWHERE = { elements: [], guides: [], grid: 0, page: PAGE };

/**
 * @param {number} left
 * @param {number} bottom
 * @param {number} width
 * @param {number} height
 */
const rect = (left, bottom, width = 10, height = 10) => ({ left, bottom, width, height });

test("far from everything nothing snaps", () => {
  assert.deepEqual(snap(rect(20, 11), NOWHERE, 1), { dx: 0, dy: 0, lines: [] });
});

test("an element snaps to the edges and the middle of the page", () => {
  assert.equal(rounded(snap(rect(0.6, 11), NOWHERE, 1)).dx, -0.6);
  assert.equal(rounded(snap(rect(89.5, 11), NOWHERE, 1)).dx, 0.5);
  assert.equal(rounded(snap(rect(45.3, 11), NOWHERE, 1)).dx, -0.3);
  assert.equal(rounded(snap(rect(20, 20.4), NOWHERE, 1)).dy, -0.4);
});

test("an element snaps to its neighbours, and a line tells to which", () => {
  const found = snap(rect(20.5, 11), { ...NOWHERE, elements: [rect(30, 30)] }, 1);

  assert.deepEqual(rounded(found), {
    dx: -0.5,
    dy: 0,
    lines: [{ axis: "x", at: 30, from: 11, to: 40 }],
  });
});

test("the nearest of all lines is taken", () => {
  const guides = /** @type {const} */ ([
    { axis: "x", at: 20.2 },
    { axis: "y", at: 20.2 },
  ]);

  const found = snap(rect(20.5, 11), { ...NOWHERE, elements: [rect(30, 30)], guides }, 1);

  assert.equal(rounded(found).dx, -0.3);
});

test("a guide counts for its own axis only, all along the page", () => {
  const guides = /** @type {const} */ ([{ axis: "y", at: 12 }]);

  const found = rounded(snap(rect(23, 11.5), { ...NOWHERE, guides }, 1));

  assert.deepEqual(found, { dx: 0, dy: 0.5, lines: [{ axis: "y", at: 12, from: 0, to: 100 }] });
});

test("the grid is used where nothing better is near, and draws no line", () => {
  const found = rounded(snap(rect(22.2, 10.9), { ...NOWHERE, grid: 2 }, 1));

  assert.deepEqual(found, { dx: -0.2, dy: 0.1, lines: [] });
});

test("while a side is pulled only that side snaps", () => {
  const found = snap(rect(0.5, 11, 29), { ...NOWHERE, elements: [rect(30, 30)] }, 1, {
    x: ["high"],
    y: [],
  });

  assert.equal(rounded(found).dx, 0.5);
  assert.equal(found.dy, 0);
});
