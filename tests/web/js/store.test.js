// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { CODE, TEXT } from "./editor.js";
import { move, remove } from "../../../src/counterfoil/web/static/web/js/editor/layout.js";
import { Store, initialState } from "../../../src/counterfoil/web/static/web/js/editor/store.js";

function newStore(pages = 1) {
  const background = {
    id: 7,
    pages: Array.from({ length: pages }, () => ({ width: 100, height: 50 })),
  };
  const store = new Store(
    initialState({
      layout: { id: 1, name: "Ticket", elements: [TEXT, CODE], background },
      version: "v1",
    }),
  );
  const [text = "", code = ""] = store.state.layout.elements.map(({ key }) => key);
  return { store, text, code };
}

test("whoever listens is told of a change, and of what was before", () => {
  const { store } = newStore();
  /** @type {number[][]} */
  const heard = [];
  const stop = store.subscribe((state, before) => heard.push([before.zoom, state.zoom]));

  store.update(() => ({ zoom: 2 }));
  stop();
  store.update(() => ({ zoom: 3 }));

  assert.deepEqual(heard, [[1, 2]]);
});

test("an edit can be undone and redone, and its selection comes back", () => {
  const { store, text, code } = newStore();
  store.update(() => ({ selection: [text] }));
  store.edit((layout) => ({ layout: remove(layout, [text]), selection: [] }));
  store.update(() => ({ selection: [code] }));

  store.undo();

  assert.equal(store.state.layout.elements.length, 2);
  assert.deepEqual(store.state.selection, [text]);
  store.redo();
  assert.equal(store.state.layout.elements.length, 1);
  assert.deepEqual(store.state.selection, [code]);
});

test("zoom, selection and page are no steps", () => {
  const { store, text } = newStore();

  store.update(() => ({ zoom: 2, selection: [text] }));

  assert.equal(store.history.canUndo, false);
  store.undo();
  assert.equal(store.state.zoom, 2);
});

test("a drag is one step however many pictures it had, and can be given up", () => {
  const { store, text } = newStore();
  const start = store.state.layout;
  for (const way of [1, 2, 3]) store.update(() => ({ layout: move(start, [text], way, 0) }));

  store.edit((layout) => layout);

  store.undo();
  assert.equal(store.state.layout, start);
  assert.equal(store.history.canUndo, false);
  store.update(() => ({ layout: move(start, [text], 9, 0) }));
  store.cancel();
  assert.equal(store.state.layout, start);
});

test("an edit that changes nothing is no step", () => {
  const { store } = newStore();

  store.edit((layout) => move(layout, ["nobody"], 1, 1));

  assert.equal(store.history.canUndo, false);
});

test("quick edits of one field are one step", () => {
  const { store, text } = newStore();
  const start = store.state.layout;

  for (const way of [1, 1, 1])
    store.edit((layout) => move(layout, [text], way, 0), "nudge");
  store.undo();

  assert.equal(store.state.layout, start);
});

test("what is saved is not changed, and undoing back to it neither", () => {
  const { store, text } = newStore();
  assert.equal(store.isChanged, false);

  store.edit((layout) => move(layout, [text], 1, 0));
  assert.equal(store.isChanged, true);
  store.markSaved(store.state.layout, "v2");
  assert.deepEqual([store.isChanged, store.state.saved.version], [false, "v2"]);
  store.undo();
  assert.equal(store.isChanged, true);
  store.redo();
  assert.equal(store.isChanged, false);
});

test("what is gone is not selected, and a page that is not there not open", () => {
  const { store, text, code } = newStore(2);
  store.update(() => ({ selection: [text, code], page: 2 }));

  store.edit((layout) => ({
    ...remove(layout, [text]),
    background: { id: null, pages: [] },
  }));

  assert.deepEqual(store.state.selection, [code]);
  assert.equal(store.state.page, 1);
});
