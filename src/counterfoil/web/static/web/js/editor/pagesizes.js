// @ts-check
/** Other pages under the same elements: none of them is lost from view. */

import { boxesOn, outline } from "./geometry.js";
import { move } from "./layout.js";

/**
 * @typedef {import("./types.js").Background} Background
 * @typedef {import("./types.js").Layout} Layout
 * @typedef {import("./types.js").Page} Page
 * @typedef {import("./types.js").Rect} Rect
 */

/** Millimetres by which an element may stand out, as rounded lengths do. */
const TOLERANCE = 0.05;

/**
 * Give a layout another background. Elements stay where they are. If some would lie off a page that
 * was theirs, all of that page keep their way from its upper edge, and those still off it are moved
 * in.
 * @param {Layout} layout
 * @param {Background} background
 * @param {readonly import("./types.js").Extent[]} extents
 * @returns {Layout}
 */
export function withBackground(layout, background, extents = []) {
  let changed = { ...layout, background };
  for (const [index, paper] of background.pages.entries()) {
    const old = layout.background.pages[index];
    if (old) changed = keptInView(changed, boxesOn(layout, index + 1, extents), old, paper);
  }
  return changed;
}

/**
 * @param {Layout} layout
 * @param {ReadonlyMap<string, import("./types.js").Box>} boxes
 * @param {Page} old
 * @param {Page} paper
 */
function keptInView(layout, boxes, old, paper) {
  const seen = [...boxes].map(([key, box]) => ({ key, rect: outline(box) }));
  const shown = seen.filter(({ rect }) => isOn(rect, old));
  if (shown.every(({ rect }) => isOn(rect, paper))) return layout;
  const up = paper.height - old.height;
  return seen.reduce((done, { key, rect }) => {
    const raised = { ...rect, bottom: rect.bottom + up };
    const at = isOn(rect, old) ? movedOn(raised, paper) : raised;
    return move(done, [key], at.left - rect.left, at.bottom - rect.bottom);
  }, layout);
}

/**
 * @param {Rect} rect
 * @param {Page} page
 */
function isOn({ left, bottom, width, height }, page) {
  return (
    left >= -TOLERANCE &&
    bottom >= -TOLERANCE &&
    left + width <= page.width + TOLERANCE &&
    bottom + height <= page.height + TOLERANCE
  );
}

/**
 * What is larger than the page keeps its upper left corner on it.
 * @param {Rect} rect
 * @param {Page} page
 */
function movedOn({ left, bottom, width, height }, page) {
  const top = Math.min(page.height, Math.max(Math.min(height, page.height), bottom + height));
  return { left: Math.max(0, Math.min(left, page.width - width)), bottom: top - height };
}
