// @ts-check
/**
 * What the editor must know of a kind of element to grasp it: where its box stands in its
 * attributes, by which handles it is resized, whether it turns.
 *
 * A kind that is missing here is taken to have left, bottom, width and height.
 */

import { toNumber } from "./numbers.js";

/**
 * @typedef {import("./types.js").Json} Json
 * @typedef {import("./types.js").Rect} Rect
 * @typedef {import("./types.js").Handle} Handle
 * @typedef {object} Kind
 * @property {(data: Json, drawn?: Rect) => Rect} rect
 * @property {(data: Json, rect: Rect) => Record<string, number>} place attributes that make the box so
 * @property {(data: Json) => readonly Handle[]} handles
 * @property {boolean} turns
 */

const MM_PER_PT = 25.4 / 72;
/** What a line height of 1 is, in font sizes; and what a line takes up without any (Open Sans). */
const LEADING = 1.15;
const NATURAL_LEADING = 1.0054;
const MARK_ASPECT = 1024 / 629;

const CORNERS = /** @type {const} */ (["nw", "ne", "se", "sw"]);
const SIDES = /** @type {const} */ (["e", "w"]);
const ALL = /** @type {const} */ (["nw", "n", "ne", "e", "se", "s", "sw", "w"]);
const OBLONG = ["pdf417", "code128", "ean13"];

/** @type {Kind} */
const spanned = {
  rect(data) {
    const { left, bottom, width, height } = numbers(data);
    return {
      left: Math.min(left, left + width),
      bottom: Math.min(bottom, bottom + height),
      width: Math.abs(width),
      height: Math.abs(height),
    };
  },
  place(data, rect) {
    const { width, height } = numbers(data);
    return {
      left: width < 0 ? rect.left + rect.width : rect.left,
      bottom: height < 0 ? rect.bottom + rect.height : rect.bottom,
      width: width < 0 ? -rect.width : rect.width,
      height: height < 0 ? -rect.height : rect.height,
    };
  },
  handles: () => ALL,
  turns: false,
};

/** @type {Kind} */
const code = {
  rect(data) {
    const { left, bottom, size } = numbers(data);
    const height = isOblong(data) ? toNumber(data.height, size / 2) : size;
    return { left, bottom, width: size, height };
  },
  place(data, { left, bottom, width, height }) {
    return { left, bottom, size: width, ...(isOblong(data) ? { height } : {}) };
  },
  handles: (data) => (isOblong(data) ? ALL : CORNERS),
  turns: false,
};

/** @type {Kind} */
const mark = {
  rect(data) {
    const { left, bottom, size } = numbers(data);
    return { left, bottom, width: size * MARK_ASPECT, height: size };
  },
  place: (_data, { left, bottom, height }) => ({ left, bottom, size: height }),
  handles: () => CORNERS,
  turns: false,
};

/**
 * Text without a lower end. Its height is what the engine made of it.
 * @type {Kind}
 */
const flowing = {
  rect(data, drawn) {
    const { left, bottom, width } = numbers(data);
    const height = drawn?.height ?? lineOf(data);
    return { left, bottom: data.downward === true ? bottom - height : bottom, width, height };
  },
  place(data, { left, bottom, width, height }) {
    return { left, bottom: data.downward === true ? bottom + height : bottom, width };
  },
  handles: () => SIDES,
  turns: true,
};

/** @type {Readonly<Record<string, Kind>>} */
const KINDS = {
  textcontainer: { ...spanned, turns: true },
  textarea: flowing,
  barcodearea: code,
  poweredby: mark,
};

/**
 * @param {Json} data
 * @returns {Kind}
 */
export function kindOf(data) {
  return Object.hasOwn(KINDS, data.type) ? /** @type {Kind} */ (KINDS[data.type]) : spanned;
}

/**
 * Tell whether an element's width and height depend on each other.
 * @param {Json} data
 * @returns {boolean}
 */
export function keepsAspect(data) {
  return kindOf(data).handles(data) === CORNERS;
}

/** @param {Json} data */
function isOblong(data) {
  return OBLONG.includes(String(data.symbology));
}

/** @param {Json} data */
function lineOf(data) {
  const height = data.lineheight;
  const factor = height == null ? NATURAL_LEADING : toNumber(height, 1) * LEADING;
  return toNumber(data.fontsize, 12) * factor * MM_PER_PT;
}

/** @param {Json} data */
function numbers(data) {
  return {
    left: toNumber(data.left),
    bottom: toNumber(data.bottom),
    width: toNumber(data.width),
    height: toNumber(data.height),
    size: toNumber(data.size),
  };
}
