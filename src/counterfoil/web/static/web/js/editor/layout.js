// @ts-check
/** Changes to a layout. Each takes a layout and returns a new one; what it leaves alone is shared. */

import { changed } from "./attributes.js";
import { turnedAboutCentre } from "./handles.js";
import { kindOf } from "./kinds.js";
import { round, toNumber } from "./numbers.js";

/**
 * @typedef {import("./types.js").Background} Background
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Element} Element
 * @typedef {import("./types.js").Json} Json
 * @typedef {import("./types.js").Layout} Layout
 * @typedef {"front" | "forward" | "backward" | "back"} Direction
 */

let keys = 0;

/**
 * Return a key that no element of this page has had, so that undone ones do not come back wrong.
 * @returns {string}
 */
export function newKey() {
  keys += 1;
  return `element-${keys}`;
}

/**
 * @param {{ readonly name: string, readonly elements: readonly Json[], readonly background: Background }} stored
 * @returns {Layout}
 */
export function fromStored({ name, elements, background }) {
  return { name, elements: elements.map((data) => ({ key: newKey(), data })), background };
}

/**
 * Return the elements as they are stored. Those that nobody touched are what was loaded.
 * @param {Layout} layout
 * @returns {Json[]}
 */
export function toStored(layout) {
  return layout.elements.map(({ data }) => data);
}

/**
 * Put elements on top of all others.
 * @param {Layout} layout
 * @param {...Element} elements
 * @returns {Layout}
 */
export function add(layout, ...elements) {
  return { ...layout, elements: [...layout.elements, ...elements] };
}

/**
 * @param {Layout} layout
 * @param {readonly string[]} keys
 * @returns {Layout}
 */
export function remove(layout, keys) {
  const left = layout.elements.filter(({ key }) => !keys.includes(key));
  return left.length === layout.elements.length ? layout : { ...layout, elements: left };
}

/**
 * Give attributes of an element new values; undefined takes one away. A number is written in the
 * form that it had.
 * @param {Layout} layout
 * @param {string} key
 * @param {Readonly<Record<string, unknown>>} changes
 * @returns {Layout}
 */
export function replaceData(layout, key, changes) {
  return replace(layout, [key], ({ data }) => changed(data, changes));
}

/**
 * @param {Layout} layout
 * @param {readonly string[]} keys
 * @param {number} dx mm
 * @param {number} dy mm, upward
 * @returns {Layout}
 */
export function move(layout, keys, dx, dy) {
  if (!dx && !dy) return layout;
  return replace(layout, keys, ({ data }) =>
    changed(data, { left: toNumber(data.left) + dx, bottom: toNumber(data.bottom) + dy }),
  );
}

/**
 * Let an element fill a box, as far as its kind can.
 * @param {Layout} layout
 * @param {string} key
 * @param {import("./types.js").Rect} box
 * @returns {Layout}
 */
export function resize(layout, key, box) {
  return replace(layout, [key], ({ data }) => changed(data, kindOf(data).place(data, box)));
}

/**
 * Turn an element about its middle; without its box as drawn, about the corner it is stored by.
 * @param {Layout} layout
 * @param {string} key
 * @param {number} angle degrees, clockwise
 * @param {Box} [box]
 * @returns {Layout}
 */
export function rotate(layout, key, angle, box) {
  const rotation = round(((angle % 360) + 360) % 360, 2);
  return replace(layout, [key], ({ data }) => {
    if (!kindOf(data).turns) return data;
    const { left, bottom } = box ? kindOf(data).place(data, turnedAboutCentre(box, rotation)) : {};
    // pretix cannot print a rotation that is a string, so this one number is never spelled.
    return { ...changed(data, box ? { left, bottom } : {}), rotation };
  });
}

/**
 * Move one end of a line, which has no handles but these.
 * @param {Layout} layout
 * @param {string} key
 * @param {"start" | "end"} end
 * @param {number} dx mm
 * @param {number} dy mm, upward
 * @returns {Layout}
 */
export function moveEnd(layout, key, end, dx, dy) {
  const sign = end === "end" ? 1 : -1;
  return replace(layout, [key], ({ data }) =>
    changed(data, {
      ...(end === "start" && {
        left: toNumber(data.left) + dx,
        bottom: toNumber(data.bottom) + dy,
      }),
      width: toNumber(data.width) + sign * dx,
      height: toNumber(data.height) + sign * dy,
    }),
  );
}

/**
 * Change what covers what. Among themselves the elements keep their order.
 * @param {Layout} layout
 * @param {readonly string[]} keys
 * @param {Direction} direction
 * @returns {Layout}
 */
export function reorder(layout, keys, direction) {
  const isMoved = (/** @type {Element} */ { key }) => keys.includes(key);
  const others = layout.elements.filter((element) => !isMoved(element));
  const moved = layout.elements.filter(isMoved);
  const towardsFront = direction === "front" || direction === "forward";
  const edge = layout.elements[towardsFront ? "findLastIndex" : "findIndex"](isMoved);
  const below = others.filter((element) => layout.elements.indexOf(element) < edge).length;
  const at = { front: others.length, back: 0, forward: below + 1, backward: below - 1 }[direction];
  const place = Math.min(others.length, Math.max(0, at));
  const elements = [...others.slice(0, place), ...moved, ...others.slice(place)];
  const isSame = elements.every((element, index) => element === layout.elements[index]);
  return isSame ? layout : { ...layout, elements };
}

/**
 * Put copies on top, beside their originals.
 * @param {Layout} layout
 * @param {readonly string[]} keys
 * @param {number} offset mm to the right and down
 * @returns {{ layout: Layout, keys: string[] }} with the keys of the copies
 */
export function duplicate(layout, keys, offset = 5) {
  const originals = layout.elements.filter(({ key }) => keys.includes(key));
  const copies = originals.map(({ data }) => ({ key: newKey(), data }));
  const made = copies.map(({ key }) => key);
  return { layout: move(add(layout, ...copies), made, offset, -offset), keys: made };
}

/**
 * Return where elements stand in the drawing order, for those who know no keys.
 * @param {Layout} layout
 * @param {readonly string[]} keys
 * @returns {number[]}
 */
export function indexes(layout, keys) {
  return layout.elements.flatMap(({ key }, index) => (keys.includes(key) ? [index] : []));
}

/**
 * @param {Layout} layout
 * @param {readonly string[]} keys
 * @param {(element: Element) => Json} change
 * @returns {Layout}
 */
function replace(layout, keys, change) {
  let isSame = true;
  const elements = layout.elements.map((element) => {
    const data = keys.includes(element.key) ? change(element) : element.data;
    if (data === element.data) return element;
    isSame = false;
    return { ...element, data };
  });
  return isSame ? layout : { ...layout, elements };
}
