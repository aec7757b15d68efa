// @ts-check
/** Several elements as one: resized and turned together. */

import { centre } from "./handles.js";
import { turn } from "./geometry.js";
import { kindOf } from "./kinds.js";
import { replaceData, resize, rotate } from "./layout.js";
import { round, toNumber } from "./numbers.js";

/**
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Layout} Layout
 * @typedef {import("./types.js").Rect} Rect
 */

/**
 * Fit elements, and the size of their texts, from one frame into another of the same shape.
 * @param {Layout} layout
 * @param {ReadonlyMap<string, Box>} boxes by key
 * @param {Rect} from
 * @param {Rect} to
 * @returns {Layout}
 */
export function resizeGroup(layout, boxes, from, to) {
  const factor = from.width ? to.width / from.width : to.height / from.height;
  return [...boxes].reduce((done, [key, box]) => {
    const x = to.left + (box.pivot.x - from.left) * factor;
    const y = to.bottom + (box.pivot.y - from.bottom) * factor;
    const [width, height] = [box.width * factor, box.height * factor];
    const scaled = { ...box, left: x, bottom: y - height, width, height, pivot: { x, y } };
    const data = layout.elements.find((each) => each.key === key)?.data;
    const size = toNumber(data?.fontsize, 0);
    const sized = resize(done, key, scaled);
    return size ? replaceData(sized, key, { fontsize: round(size * factor, 1) }) : sized;
  }, layout);
}

/**
 * Turn elements about a point. Those that cannot be turned go round it upright.
 * @param {Layout} layout
 * @param {ReadonlyMap<string, Box>} boxes by key
 * @param {import("./types.js").Point} about
 * @param {number} angle degrees, clockwise
 * @returns {Layout}
 */
export function turnGroup(layout, boxes, about, angle) {
  return [...boxes].reduce((done, [key, box]) => {
    const element = layout.elements.find((each) => each.key === key);
    if (!element) return done;
    const [was, is] = [centre(box), turn(centre(box), angle, about)];
    const rect = { ...box, left: box.left + is.x - was.x, bottom: box.bottom + is.y - was.y };
    const moved = { ...rect, pivot: { x: box.pivot.x + is.x - was.x, y: box.pivot.y + is.y - was.y } };
    if (!kindOf(element.data).turns) return resize(done, key, moved);
    return rotate(done, key, toNumber(element.data.rotation) + angle, moved);
  }, layout);
}
