// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { BOX, CODE, layoutOf, TEXT } from "./editor.js";
import { withBackground } from "../../../src/counterfoil/web/static/web/js/editor/pagesizes.js";

/** @param {number} width @param {number} height */
const paper = (width, height) => ({ id: 7, pages: [{ width, height }] });
/** @param {ReturnType<typeof layoutOf>} layout */
const places = (layout) => layout.elements.map(({ data }) => [Number(data.left), Number(data.bottom)]);

test("elements stay where they are on a page that has them all", () => {
  const layout = layoutOf(TEXT, BOX);

  const larger = withBackground(layout, paper(300, 400));

  assert.deepEqual(places(larger), places(layout));
  assert.deepEqual(larger.background, paper(300, 400));
});

test("on a smaller page all keep their way from the upper edge and none is lost", () => {
  const layout = layoutOf({ ...TEXT, bottom: "280.00" }, { ...CODE, left: 130, bottom: 220 });

  const smaller = withBackground(layout, paper(148, 105));

  assert.deepEqual(places(smaller), [
    [20, 88],
    [84, 28],
  ]);
});

test("what is larger than the page keeps its upper left corner on it", () => {
  const layout = layoutOf({ ...BOX, left: 50, bottom: 5 });

  const tiny = withBackground(layout, paper(60, 30));

  assert.deepEqual(places(tiny), [[0, -10]]);
});

test("what stood off the page before is not pulled in", () => {
  const layout = layoutOf({ ...BOX, left: -20 });

  assert.deepEqual(places(withBackground(layout, paper(148, 105))), [[-20, 5]]);
});
