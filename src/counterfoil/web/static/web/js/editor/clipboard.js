// @ts-check
/**
 * Elements as text, so that the system's clipboard carries them from layout to layout.
 *
 * A layout exported from pretix or from here can be pasted as well.
 */

import { pageOf } from "./geometry.js";
import { add, move, newKey } from "./layout.js";
import { toNumber } from "./numbers.js";

/**
 * @typedef {import("./types.js").Element} Element
 * @typedef {import("./types.js").Json} Json
 * @typedef {import("./types.js").Layout} Layout
 */

const MARKER = "counterfoil-elements";
/** How far from what is at its place already a pasted element goes, to the right and down, in mm. */
const OFFSET = 5;
/** As many as any layout may have. */
const MOST = 1000;

/**
 * @param {readonly Element[]} elements
 * @returns {string}
 */
export function toText(elements) {
  return JSON.stringify({ [MARKER]: 1, elements: elements.map(({ data }) => data) });
}

/**
 * @param {string} text
 * @returns {Json[] | null} null: it is something else
 */
export function fromText(text) {
  const parsed = parse(text);
  const found = isObject(parsed) && MARKER in parsed ? parsed.elements : parsed;
  if (!Array.isArray(found) || !found.length || found.length > MOST) return null;
  return found.every(isElement) ? found : null;
}

/**
 * Put elements on top, on one page, with new keys.
 * @param {Layout} layout
 * @param {readonly Json[]} pasted
 * @param {number} page
 * @returns {{ layout: Layout, keys: string[] }} with the keys of the new elements
 */
export function paste(layout, pasted, page) {
  const elements = pasted.map((data) => ({ key: newKey(), data: onPage(data, page) }));
  const keys = elements.map(({ key }) => key);
  let steps = 0;
  while (elements.some((element) => isTaken(layout, element, steps * OFFSET))) steps += 1;
  return { layout: move(add(layout, ...elements), keys, steps * OFFSET, -steps * OFFSET), keys };
}

/**
 * @param {Json} data
 * @param {number} page
 * @returns {Json}
 */
function onPage(data, page) {
  return pageOf({ key: "", data }) === page ? data : { ...data, page };
}

/**
 * @param {Layout} layout
 * @param {Element} element
 * @param {number} offset
 */
function isTaken(layout, { data }, offset) {
  const [left, bottom] = [toNumber(data.left) + offset, toNumber(data.bottom) - offset];
  return layout.elements.some(
    (other) =>
      other.data.type === data.type &&
      pageOf(other) === pageOf({ key: "", data }) &&
      Math.abs(toNumber(other.data.left) - left) < 0.01 &&
      Math.abs(toNumber(other.data.bottom) - bottom) < 0.01,
  );
}

/**
 * @param {string} text
 * @returns {unknown}
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @returns {value is Json}
 */
function isElement(value) {
  return isObject(value) && typeof value.type === "string";
}
