// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { layoutOf } from "./editor.js";
import { History } from "../../../src/counterfoil/web/static/web/js/editor/history.js";

const [START, ONE, TWO, THREE] = /** @type {const} */ ([
  layoutOf(),
  layoutOf(),
  layoutOf(),
  layoutOf(),
]);

test("steps are taken back and brought back, with what was selected", () => {
  const history = new History(START);
  history.push(ONE, ["a"]);
  history.push(TWO, ["b"]);

  assert.equal(history.undo()?.layout, ONE);
  assert.deepEqual(history.present.selection, ["a"]);
  assert.equal(history.undo()?.layout, START);
  assert.equal(history.undo(), null);
  assert.equal(history.redo()?.layout, ONE);
  assert.equal(history.redo()?.layout, TWO);
  assert.equal(history.redo(), null);
});

test("both directions say whether they lead anywhere", () => {
  const history = new History(START);
  history.push(ONE, []);

  assert.deepEqual([history.canUndo, history.canRedo], [true, false]);
  history.undo();
  assert.deepEqual([history.canUndo, history.canRedo], [false, true]);
});

test("after a new step nothing can be brought back", () => {
  const history = new History(START);
  history.push(ONE, []);
  history.undo();

  history.push(TWO, []);

  assert.equal(history.canRedo, false);
});

test("quick nudges are one step", () => {
  const history = new History(START);
  history.push(ONE, [], { merge: "nudge", at: 0 });
  history.push(TWO, [], { merge: "nudge", at: 900 });
  history.push(THREE, [], { merge: "nudge", at: 1800 });

  assert.equal(history.undo()?.layout, START);
});

test("after a pause, in another field or after undo a new step begins", () => {
  const history = new History(START);
  history.push(ONE, [], { merge: "text", at: 0 });
  history.push(TWO, [], { merge: "text", at: 1000 });
  history.push(THREE, [], { merge: "fontsize", at: 1001 });

  assert.equal(history.undo()?.layout, TWO);
  assert.equal(history.undo()?.layout, ONE);
  history.push(TWO, [], { merge: "text", at: 1002 });
  assert.equal(history.undo()?.layout, ONE);
});

test("nudges of one element and then of another are two steps", () => {
  const history = new History(START);
  history.push(ONE, ["a"], { merge: "nudge", at: 0 });
  history.select(["b"]);
  history.push(TWO, ["b"], { merge: "nudge", at: 1 });

  assert.equal(history.undo()?.layout, ONE);
});

test("steps that are not to be merged never are", () => {
  const history = new History(START);
  history.push(ONE, [], { at: 0 });
  history.push(TWO, [], { at: 1 });

  assert.equal(history.undo()?.layout, ONE);
});

test("ten thousand steps can be taken back", () => {
  const history = new History(START);
  for (let step = 0; step < 10_000; step += 1) history.push(layoutOf(), []);

  let undone = 0;
  while (history.undo()) undone += 1;

  assert.equal(undone, 10_000);
  assert.equal(history.present.layout, START);
});
