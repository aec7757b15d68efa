// @ts-check
/** Layouts for the tests of the editor's modules. */

import { fromStored } from "../../../src/counterfoil/web/static/web/js/editor/layout.js";

/** @typedef {import("../../../src/counterfoil/web/static/web/js/editor/types.js").Json} Json */

export const TEXT = {
  type: "textcontainer",
  page: 1,
  left: "20.00",
  bottom: "100.50",
  width: "80.00",
  height: "10.00",
  content: "event_name",
  text: "Sample",
  text_i18n: {},
  locale: "",
  fontsize: "13.0",
  lineheight: "1",
  fontfamily: "Open Sans",
  bold: false,
  italic: false,
  align: "left",
  verticalalign: "middle",
  autoresize: true,
  splitlongwords: true,
  color: [0, 0, 0, 1],
  rotation: 0,
};
export const CODE = {
  type: "barcodearea",
  left: 130.4,
  bottom: 204.5,
  size: 64,
  nowhitespace: true,
};
export const LINE = {
  type: "line",
  left: "10.00",
  bottom: "50.00",
  width: "-5.00",
  height: "0.00",
};
export const BOX = { type: "rectangle", left: 5, bottom: 5, width: 100, height: 40 };

/**
 * @param {...Json} elements
 */
export function layoutOf(...elements) {
  const background = { id: null, pages: [{ width: 210, height: 297 }] };
  return fromStored({ name: "Ticket", elements, background });
}

/**
 * @param {number} left
 * @param {number} bottom
 * @param {number} width
 * @param {number} height
 * @param {number} rotation
 */
export function boxAt(left, bottom, width, height, rotation = 0) {
  return { left, bottom, width, height, rotation, pivot: { x: left, y: bottom + height } };
}

/**
 * Return numbers as people compare them: to a thousandth.
 * @template {object} T
 * @param {T} value
 * @returns {T}
 */
export function rounded(value) {
  return JSON.parse(
    JSON.stringify(value, (_key, each) =>
      typeof each === "number" ? Math.round(each * 1000) / 1000 + 0 : each,
    ),
  );
}
