// @ts-check
/** Brings elements in line, and spreads them evenly. */

import { outline, unionBox } from "./geometry.js";
import { move } from "./layout.js";

/**
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Layout} Layout
 * @typedef {import("./types.js").Rect} Rect
 * @typedef {"left" | "hcenter" | "right" | "top" | "vcenter" | "bottom"} Edge
 */

/** @type {Readonly<Record<Edge, (rect: Rect) => number>>} */
const AT = {
  left: ({ left }) => left,
  hcenter: ({ left, width }) => left + width / 2,
  right: ({ left, width }) => left + width,
  top: ({ bottom, height }) => bottom + height,
  vcenter: ({ bottom, height }) => bottom + height / 2,
  bottom: ({ bottom }) => bottom,
};

/**
 * Align elements at what is around all of them, or at another frame, such as the page.
 * @param {Layout} layout
 * @param {ReadonlyMap<string, Box>} boxes of the elements to align, by key
 * @param {Edge} edge
 * @param {Rect | null} frame
 * @returns {Layout}
 */
export function align(layout, boxes, edge, frame = unionBox(boxes.values())) {
  if (!frame) return layout;
  const [at, isLevel] = [AT[edge], ["left", "hcenter", "right"].includes(edge)];
  let aligned = layout;
  for (const [key, box] of boxes) {
    const way = at(frame) - at(outline(box));
    aligned = isLevel ? move(aligned, [key], way, 0) : move(aligned, [key], 0, way);
  }
  return aligned;
}

/**
 * Make the gaps between elements equal; the outermost ones stay.
 * @param {Layout} layout
 * @param {ReadonlyMap<string, Box>} boxes
 * @param {"h" | "v"} axis
 * @returns {Layout}
 */
export function distribute(layout, boxes, axis) {
  const spans = [...boxes].map(([key, box]) => span(key, outline(box), axis));
  spans.sort((one, other) => one.start + one.length / 2 - (other.start + other.length / 2));
  const [first, last] = [spans[0], spans.at(-1)];
  if (!first || !last || spans.length < 3) return layout;
  const taken = spans.reduce((sum, { length }) => sum + length, 0);
  const gap = (last.start + last.length - first.start - taken) / (spans.length - 1);
  let [spread, next] = [layout, first.start];
  for (const { key, start, length } of spans) {
    const way = key === first.key || key === last.key ? 0 : next - start;
    spread = axis === "h" ? move(spread, [key], way, 0) : move(spread, [key], 0, way);
    next += length + gap;
  }
  return spread;
}

/**
 * @param {string} key
 * @param {Rect} rect
 * @param {"h" | "v"} axis
 */
function span(key, rect, axis) {
  return axis === "h"
    ? { key, start: rect.left, length: rect.width }
    : { key, start: rect.bottom, length: rect.height };
}
