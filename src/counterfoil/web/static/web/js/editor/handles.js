// @ts-check
/** What pulling at a box does to it: resizing by a handle, turning by a point. */

import { SMALLEST, topLeft, turn } from "./geometry.js";

/**
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Handle} Handle
 * @typedef {import("./types.js").Point} Point
 * @typedef {{ readonly keepAspect?: boolean, readonly smallest?: number }} Options
 */

/**
 * Pull a handle. The opposite side stays where it is, however the box is turned.
 * @param {Box} box
 * @param {Handle} handle
 * @param {number} dx mm, on the page
 * @param {number} dy mm, on the page, upward
 * @param {Options} options
 * @returns {Box}
 */
export function resizeByHandle(box, handle, dx, dy, options = {}) {
  const pull = turn({ x: dx, y: dy }, -box.rotation, { x: 0, y: 0 });
  const { width, height } = sizes(box, handle, pull, options);
  const left = handle.includes("w") ? box.left + box.width - width : box.left;
  const bottom = handle.includes("n") ? box.bottom : box.bottom + box.height - height;
  return settled(box, { left, bottom, width, height });
}

/**
 * Say where a handle is on the page.
 * @param {Box} box
 * @param {Handle} handle
 * @returns {Point}
 */
export function handleAt(box, handle) {
  const across = handle.includes("w") ? 0 : handle.includes("e") ? 1 : 0.5;
  const up = handle.includes("s") ? 0 : handle.includes("n") ? 1 : 0.5;
  const x = box.left + across * box.width;
  return turn({ x, y: box.bottom + up * box.height }, box.rotation, box.pivot);
}

/**
 * Say by how much a box is turned when its upper edge's middle is pulled towards a point.
 * @param {Box} box
 * @param {Point} point on the page
 * @param {number} step degrees to which it is rounded
 * @returns {number} 0 to 360, clockwise
 */
export function angleTowards(box, point, step = 1) {
  const middle = centre(box);
  const angle = (Math.atan2(point.x - middle.x, point.y - middle.y) * 180) / Math.PI;
  return (((Math.round(angle / step) * step) % 360) + 360) % 360;
}

/**
 * Turn a box about its middle, as people expect it, though it is stored by its corner.
 * @param {Box} box
 * @param {number} rotation
 * @returns {Box}
 */
export function turnedAboutCentre(box, rotation) {
  const middle = centre(box);
  const { x, y } = { x: middle.x - box.width / 2, y: middle.y + box.height / 2 };
  const pivot = turn({ x, y }, rotation, middle);
  return { ...box, left: pivot.x, bottom: pivot.y - box.height, rotation, pivot };
}

/**
 * @param {Box} box
 * @returns {Point}
 */
export function centre(box) {
  const middle = { x: box.left + box.width / 2, y: box.bottom + box.height / 2 };
  return turn(middle, box.rotation, box.pivot);
}

/**
 * @param {Box} box
 * @param {Handle} handle
 * @param {Point} pull as the box sees it
 * @param {Options} options
 */
function sizes(box, handle, pull, { keepAspect = false, smallest = SMALLEST }) {
  const wider = handle.includes("e") ? pull.x : handle.includes("w") ? -pull.x : 0;
  const higher = handle.includes("n") ? pull.y : handle.includes("s") ? -pull.y : 0;
  const [width, height] = [box.width + wider, box.height + higher];
  if (!keepAspect || !box.width || !box.height) {
    return {
      width: wider ? Math.max(width, smallest) : box.width,
      height: higher ? Math.max(height, smallest) : box.height,
    };
  }
  const least = smallest / Math.min(box.width, box.height);
  const [across, up] = [width / box.width, height / box.height];
  const leading = Math.abs(across - 1) > Math.abs(up - 1) ? across : up;
  const scale = Math.max(leading, least);
  return { width: box.width * scale, height: box.height * scale };
}

/**
 * Let a box that changed in its own frame keep its place on the page: its pivot moves along.
 * @param {Box} old
 * @param {import("./types.js").Rect} rect in the frame of the old pivot
 * @returns {Box}
 */
function settled(old, rect) {
  const pivot = turn(topLeft(rect), old.rotation, old.pivot);
  const { width, height } = rect;
  return { left: pivot.x, bottom: pivot.y - height, width, height, rotation: old.rotation, pivot };
}
