// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { CODE, LINE, TEXT, boxAt, layoutOf, rounded } from "./editor.js";
import {
  boxOf,
  boxesOn,
  corners,
  fromPage,
  outline,
  pageOf,
  toPage,
  touches,
  unionBox,
} from "../../../src/counterfoil/web/static/web/js/editor/geometry.js";

/** @typedef {import("../../../src/counterfoil/web/static/web/js/editor/types.js").Json} Json */

/** @param {Json} data */
const box = (data) => boxOf({ key: "", data });

test("a text box stands where its attributes say, and turns about its top left corner", () => {
  const { pivot, rotation, ...rect } = box({ ...TEXT, rotation: "-370" });

  assert.deepEqual(rect, { left: 20, bottom: 100.5, width: 80, height: 10 });
  assert.deepEqual([pivot, rotation], [{ x: 20, y: 110.5 }, -10]);
});

test("a line that runs left has its box on the left", () => {
  const { left, width, rotation } = box({ ...LINE, rotation: 30 });

  assert.deepEqual([left, width, rotation], [5, 5, 0]);
});

test("a code is square unless its symbology is oblong", () => {
  assert.deepEqual([box(CODE).width, box(CODE).height], [64, 64]);
  assert.equal(box({ ...CODE, symbology: "pdf417" }).height, 32);
  assert.equal(box({ ...CODE, symbology: "ean13", height: "12.00" }).height, 12);
});

test("the mark is as wide as its shape demands", () => {
  const { width, height } = rounded(box({ type: "poweredby", left: 0, bottom: 0, size: 6.29 }));

  assert.deepEqual([width, height], [10.24, 6.29]);
});

test("text without a height has that which the engine drew, or else one line's", () => {
  const area = { ...TEXT, type: "textarea", height: undefined };
  const drawn = { left: 0, bottom: 0, width: 80, height: 12 };

  assert.equal(boxOf({ key: "", data: area }, drawn).height, 12);
  assert.equal(rounded(box(area)).height, 5.274);
  assert.equal(rounded(box({ ...area, lineheight: undefined })).height, 4.611);
  assert.equal(boxOf({ key: "", data: { ...area, downward: true } }, drawn).bottom, 88.5);
});

test("an unknown kind has a box if it has the usual attributes", () => {
  const { left, bottom, width, height } = box({
    type: "hologram",
    left: "1",
    bottom: "2",
    width: 3,
  });

  assert.deepEqual([left, bottom, width, height], [1, 2, 3, 0]);
});

test("no name of a kind is taken for something that every object has", () => {
  assert.equal(box({ type: "constructor", left: 4 }).left, 4);
});

test("only the elements of a page stand on it", () => {
  const layout = layoutOf(TEXT, { ...CODE, page: 2 }, { ...CODE, page: 1.0 });
  const keys = layout.elements.map(({ key }) => key);

  assert.deepEqual([...boxesOn(layout, 1).keys()], [keys[0], keys[2]]);
  assert.equal(pageOf({ key: "", data: CODE }), 1);
});

test("the height that was drawn counts for the element that was drawn", () => {
  const layout = layoutOf({ ...TEXT, type: "textarea" });
  const [{ key } = { key: "" }] = layout.elements;
  const drawn = { ...boxAt(20, 100.5, 80, 33), key, page: 1, findings: [] };

  assert.equal(boxesOn(layout, 1, [drawn]).get(key)?.height, 33);
});

test("turned clockwise by a quarter, the top left corner stays and the rest hangs below", () => {
  const turned = rounded(corners(boxAt(10, 10, 20, 5, 90)));

  assert.deepEqual(turned, [
    { x: 10, y: 15 },
    { x: 10, y: -5 },
    { x: 5, y: -5 },
    { x: 5, y: 15 },
  ]);
  assert.deepEqual(rounded(outline(boxAt(10, 10, 20, 5, 90))), {
    left: 5,
    bottom: -5,
    width: 5,
    height: 20,
  });
});

test("boxes have something around them, and no boxes nothing", () => {
  const around = unionBox([boxAt(0, 0, 10, 10), boxAt(20, 5, 10, 10)]);

  assert.deepEqual(around, { left: 0, bottom: 0, width: 30, height: 15 });
  assert.equal(unionBox([]), null);
});

test("a rectangle touches what it covers, meets or lies in", () => {
  const rect = boxAt(0, 0, 10, 10);

  assert.ok(touches(rect, boxAt(10, 10, 1, 1)));
  assert.ok(touches(boxAt(4, 4, 1, 1), rect));
  assert.ok(!touches(rect, boxAt(10.1, 0, 1, 1)));
});

test("the drawing counts from the top, the page from the bottom", () => {
  const page = { width: 210, height: 297 };

  assert.deepEqual(toPage({ x: 5, y: 7 }, page), { x: 5, y: 290 });
  assert.deepEqual(fromPage(toPage({ x: 5, y: 7 }, page), page), { x: 5, y: 7 });
});
