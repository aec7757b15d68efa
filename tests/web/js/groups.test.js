// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { BOX, CODE, layoutOf, rounded, TEXT } from "./editor.js";
import {
  boxesOn,
  outline,
  unionBox,
} from "../../../src/counterfoil/web/static/web/js/editor/geometry.js";
import { resizeGroup, turnGroup } from "../../../src/counterfoil/web/static/web/js/editor/groups.js";

/** @param {ReturnType<typeof layoutOf>} layout */
const frameOf = (layout) => unionBox(boxesOn(layout, 1).values()) ?? assert.fail();

for (const rotation of [0, 30, 90, 200]) {
  test(`a group of a text turned by ${rotation}° and a code fills the frame it is resized to`, () => {
    const layout = layoutOf({ ...TEXT, rotation }, CODE, BOX);
    const from = frameOf(layout);
    const to = { left: 10, bottom: 20, width: from.width / 2, height: from.height / 2 };

    const half = resizeGroup(layout, boxesOn(layout, 1), from, to);

    const [is, wanted] = [frameOf(half), to];
    for (const side of /** @type {const} */ (["left", "bottom", "width", "height"]))
      assert.ok(Math.abs(is[side] - wanted[side]) < 0.02, `${side}: ${is[side]}`);
    assert.equal(Number(half.elements[0]?.data.fontsize), 6.5);
    assert.equal(half.elements[0]?.data.rotation, rotation);
  });
}

test("a group that is turned once round by quarters comes back", () => {
  const layout = layoutOf({ ...TEXT, rotation: 30 }, CODE);
  const about = { x: 100, y: 150 };
  let turned = layout;
  for (let quarter = 0; quarter < 4; quarter += 1)
    turned = turnGroup(turned, boxesOn(turned, 1), about, 90);

  const [before, after] = [layout, turned].map((each) =>
    [...boxesOn(each, 1).values()].map((box) => rounded(outline(box))),
  );
  assert.deepEqual(after, before);
});

test("what cannot be turned goes round upright", () => {
  const layout = layoutOf({ ...CODE, left: 0, bottom: 0, size: 10 });

  const turned = turnGroup(layout, boxesOn(layout, 1), { x: 20, y: 5 }, 90);

  assert.deepEqual(
    [turned.elements[0]?.data.left, turned.elements[0]?.data.bottom, turned.elements[0]?.data.size],
    [15, 15, 10],
  );
});
