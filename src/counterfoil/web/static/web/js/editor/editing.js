// @ts-check
/** What is done to the chosen elements, by whatever button or key. */

import { align, distribute } from "./align.js";
import { word } from "./dom.js";
import { newElement } from "./elements.js";
import { shownAt, toPage, turn } from "./geometry.js";
import { resizeByHandle } from "./handles.js";
import { keepsAspect } from "./kinds.js";
import { add, duplicate, move, newKey, remove, reorder, resize, rotate } from "./layout.js";
import { toNumber } from "./numbers.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.js").Layout} Layout
 */

/**
 * @param {App} app
 * @param {number} dx mm
 * @param {number} dy mm, upward
 */
export function nudge(app, dx, dy) {
  const { movable } = app;
  app.store.edit((layout) => move(layout, movable, dx, dy), "nudge");
  tellPlace(app);
}

/**
 * @param {App} app
 * @param {number} wider mm
 * @param {number} higher mm
 */
export function grow(app, wider, higher) {
  change(app, "grow", (layout, { key, data }, box) => {
    const pull = turn({ x: wider, y: -higher }, box.rotation, { x: 0, y: 0 });
    return resize(layout, key, resizeByHandle(box, "se", pull.x, pull.y, { keepAspect: keepsAspect(data) }));
  });
  tellPlace(app);
}

/**
 * @param {App} app
 * @param {number} degrees clockwise
 */
export function turnBy(app, degrees) {
  change(app, "turn", (layout, { key, data }, box) =>
    rotate(layout, key, toNumber(data.rotation) + degrees, box),
  );
}

/**
 * @param {App} app
 * @param {import("./align.js").Edge} edge of what is around all, or of the page if it is one
 */
export function alignAt(app, edge) {
  const boxes = boxesOf(app);
  const page = { left: 0, bottom: 0, ...app.paper };
  app.store.edit((layout) =>
    boxes.size > 1 ? align(layout, boxes, edge) : align(layout, boxes, edge, page),
  );
}

/**
 * @param {App} app
 * @param {"h" | "v"} axis
 */
export function spread(app, axis) {
  app.store.edit((layout) => distribute(layout, boxesOf(app), axis));
}

/**
 * @param {App} app
 * @param {"front" | "forward" | "backward" | "back"} direction
 */
export function order(app, direction) {
  app.store.edit((layout) => reorder(layout, app.state.selection, direction));
}

/** @param {App} app */
export function removeChosen(app) {
  app.store.edit((layout) => ({ layout: remove(layout, app.movable), selection: [] }));
  app.tell(word("removed"));
}

/** @param {App} app */
export function duplicateChosen(app) {
  app.store.edit((layout) => chosen(duplicate(layout, app.state.selection)));
}

/**
 * @param {App} app
 * @param {import("./types.js").Description} description
 */
export function addNew(app, description) {
  const { size } = app.view;
  const { pan, page } = app.state;
  const middle = toPage(
    { x: (size.width / 2 - pan.x) / app.scale, y: (size.height / 2 - pan.y) / app.scale },
    app.paper,
  );
  const at = { x: within(middle.x, app.paper.width), y: within(middle.y, app.paper.height) };
  const element = { key: newKey(), data: newElement(description, at, page, app.data.variables) };
  app.store.edit((layout) => ({ layout: add(layout, element), selection: [element.key] }));
  app.tell(word("added", { label: description.label }));
}

/**
 * @param {App} app
 * @param {string} merge
 * @param {(layout: Layout, element: import("./types.js").Element, box: import("./types.js").Box) => Layout} how
 */
function change(app, merge, how) {
  const [boxes, elements] = [app.boxes, app.selected.filter(({ key }) => app.movable.includes(key))];
  app.store.edit(
    (layout) =>
      elements.reduce((done, each) => {
        const box = boxes.get(each.key);
        return box ? how(done, each, box) : done;
      }, layout),
    merge,
  );
}

/** @param {App} app */
function boxesOf(app) {
  const { movable } = app;
  return new Map([...app.boxes].filter(([key]) => movable.includes(key)));
}

/** @param {{ layout: Layout, keys: string[] }} made */
export function chosen({ layout, keys }) {
  return { layout, selection: keys };
}

/**
 * @param {number} at
 * @param {number} length
 */
function within(at, length) {
  return Math.min(length, Math.max(0, at));
}

/** @param {App} app */
function tellPlace(app) {
  const box = app.boxes.get(app.movable[0] ?? "");
  const [x, y, width, height] = box
    ? [box.left, shownAt(app, { x: 0, y: app.state.fromTop ? box.bottom + box.height : box.bottom }).y, box.width, box.height].map((each) => each.toFixed(1))
    : [];
  if (x && y && width && height) app.tell(word("moved", { x, y, width, height }));
}
