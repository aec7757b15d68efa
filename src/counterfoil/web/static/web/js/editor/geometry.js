// @ts-check
/** Boxes on a page: where elements stand, what is around some of them, and how points turn. */

import { kindOf } from "./kinds.js";
import { toNumber } from "./numbers.js";

/**
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Element} Element
 * @typedef {import("./types.js").Extent} Extent
 * @typedef {import("./types.js").Layout} Layout
 * @typedef {import("./types.js").Page} Page
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Rect} Rect
 */

/** The least that a handle leaves of a box, in mm. */
export const SMALLEST = 0.5;

/**
 * Tell where an element stands by its attributes. What turns does so about its top left corner.
 * @param {Element} element
 * @param {Rect} [drawn] as the engine drew it, for what has no height of its own
 * @returns {Box}
 */
export function boxOf({ data }, drawn) {
  const kind = kindOf(data);
  const rect = kind.rect(data, drawn);
  const rotation = kind.turns ? toNumber(data.rotation) % 360 : 0;
  return { ...rect, rotation, pivot: topLeft(rect) };
}

/**
 * @param {Element} element
 * @returns {number} counts from 1
 */
export function pageOf({ data }) {
  return toNumber(data.page, 1);
}

/**
 * Tell where the elements of one page stand, in drawing order.
 * @param {Layout} layout
 * @param {number} page
 * @param {readonly Extent[]} extents
 * @returns {Map<string, Box>}
 */
export function boxesOn(layout, page, extents = []) {
  const drawn = new Map(extents.map((extent) => [extent.key, extent]));
  const here = layout.elements.filter((element) => pageOf(element) === page);
  return new Map(here.map((element) => [element.key, boxOf(element, drawn.get(element.key))]));
}

/**
 * @param {Box} box
 * @returns {[Point, Point, Point, Point]} clockwise from the box's own top left one
 */
export function corners({ left, bottom, width, height, rotation, pivot }) {
  const [right, top] = [left + width, bottom + height];
  const turned = (/** @type {number} */ x, /** @type {number} */ y) =>
    turn({ x, y }, rotation, pivot);
  return [turned(left, top), turned(right, top), turned(right, bottom), turned(left, bottom)];
}

/**
 * Return the upright rectangle around a turned box.
 * @param {Box} box
 * @returns {Rect}
 */
export function outline(box) {
  const points = corners(box);
  return rectAround(
    points.map(({ x }) => x),
    points.map(({ y }) => y),
  );
}

/**
 * Return the upright rectangle around some boxes; null around none.
 * @param {Iterable<Box>} boxes
 * @returns {Rect | null}
 */
export function unionBox(boxes) {
  const points = [...boxes].flatMap(corners);
  if (!points.length) return null;
  return rectAround(
    points.map(({ x }) => x),
    points.map(({ y }) => y),
  );
}

/**
 * Tell whether two upright rectangles share a point.
 * @param {Rect} one
 * @param {Rect} other
 * @returns {boolean}
 */
export function touches(one, other) {
  return (
    one.left <= other.left + other.width &&
    other.left <= one.left + one.width &&
    one.bottom <= other.bottom + other.height &&
    other.bottom <= one.bottom + one.height
  );
}

/**
 * Turn a point clockwise.
 * @param {Point} point
 * @param {number} degrees
 * @param {Point} pivot
 * @returns {Point}
 */
export function turn({ x, y }, degrees, pivot) {
  if (!degrees) return { x, y };
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const [dx, dy] = [x - pivot.x, y - pivot.y];
  return { x: pivot.x + dx * cos + dy * sin, y: pivot.y - dx * sin + dy * cos };
}

/**
 * Turn a place of the drawing, whose y grows downward, into one of the page.
 * @param {Point} point mm from the top left corner
 * @param {Page} page
 * @returns {Point}
 */
export function toPage({ x, y }, page) {
  return { x, y: page.height - y };
}

/**
 * Turn a place of the page into one of the drawing.
 * @param {Point} point
 * @param {Page} page
 * @returns {Point}
 */
export function fromPage({ x, y }, page) {
  return { x, y: page.height - y };
}

/**
 * Return a point as rulers show it: from the lower left corner, or from the upper left one.
 * @param {{ readonly paper: import("./types.js").Page, readonly state: { readonly fromTop: boolean } }} app
 * @param {Point} point
 * @returns {Point}
 */
export function shownAt({ paper, state }, point) {
  return state.fromTop ? toPage(point, paper) : point;
}

/**
 * @param {Rect} rect
 * @returns {Point}
 */
export function topLeft({ left, bottom, height }) {
  return { x: left, y: bottom + height };
}

/**
 * @param {number[]} xs
 * @param {number[]} ys
 * @returns {Rect}
 */
function rectAround(xs, ys) {
  const [left, bottom] = [Math.min(...xs), Math.min(...ys)];
  return { left, bottom, width: Math.max(...xs) - left, height: Math.max(...ys) - bottom };
}
