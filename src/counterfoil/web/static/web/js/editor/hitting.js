// @ts-check
/** Which element is under a point. What is hollow is hit at its outline only. */

import { boxOf, turn } from "./geometry.js";
import { toNumber } from "./numbers.js";

/**
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Element} Element
 * @typedef {import("./types.js").Json} Json
 * @typedef {import("./types.js").Point} Point
 */

/**
 * Return the keys of all elements under a point, the topmost first.
 * @param {readonly Element[]} elements in drawing order
 * @param {ReadonlyMap<string, Box>} boxes of those that can be hit
 * @param {Point} point
 * @param {number} slack mm beside an element that still count
 * @returns {string[]}
 */
export function hits(elements, boxes, point, slack) {
  return elements
    .filter((element) => isHit(element, boxes.get(element.key), point, slack))
    .map(({ key }) => key)
    .reverse();
}

/**
 * @param {Element} element
 * @param {Box | undefined} box
 * @param {Point} point
 * @param {number} slack
 * @returns {boolean}
 */
function isHit(element, box, point, slack) {
  if (!box) return false;
  const near = turn(point, -box.rotation, box.pivot);
  if (!isInside(box, near, slack)) return false;
  const reach = slack + thickness(element.data);
  if (element.data.type === "line") return distanceToLine(element, near) <= reach;
  return !isHollow(element.data) || !isInside(box, near, -reach);
}

/**
 * @param {Box} box
 * @param {Point} point
 * @param {number} slack
 */
function isInside({ left, bottom, width, height }, { x, y }, slack) {
  return (
    x >= left - slack &&
    x <= left + width + slack &&
    y >= bottom - slack &&
    y <= bottom + height + slack
  );
}

/**
 * @param {Element} element
 * @param {Point} point
 */
function distanceToLine(element, { x, y }) {
  const { left, bottom, width, height } = boxOf(element);
  const rises = toNumber(element.data.width) * toNumber(element.data.height) >= 0;
  const [dx, dy] = [width, rises ? height : -height];
  const [px, py] = [x - left, y - (rises ? bottom : bottom + height)];
  const length = dx * dx + dy * dy;
  const along = length ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
  return Math.hypot(px - along * dx, py - along * dy);
}

/** @param {Json} data */
function isHollow(data) {
  return (data.type === "rectangle" || data.type === "ellipse") && data.fill == null;
}

/** @param {Json} data */
function thickness(data) {
  return toNumber(data.thickness, 0.25) / 2;
}
