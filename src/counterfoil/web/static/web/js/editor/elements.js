// @ts-check
/** New elements, and what an element is called in lists. */

import { boxOf } from "./geometry.js";
import { spelled } from "./numbers.js";

/**
 * @typedef {import("./types.js").Attribute} Attribute
 * @typedef {import("./types.js").Description} Description
 * @typedef {import("./types.js").Element} Element
 * @typedef {import("./types.js").Json} Json
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Variable} Variable
 */

/**
 * What a new element has, beyond what its kind requires.
 * @type {Readonly<Record<string, Readonly<Record<string, unknown>>>>}
 */
const STARTS = {
  textcontainer: {
    width: "80.00",
    height: "10.00",
    content: "event_name",
    fontsize: "13.0",
    lineheight: "1",
    verticalalign: "middle",
    autoresize: true,
    splitlongwords: true,
    rotation: 0,
  },
  textarea: {
    width: "80.00",
    content: "event_name",
    fontsize: "13.0",
    downward: true,
    rotation: 0,
  },
  barcodearea: { size: "40.00", content: "secret" },
  imagearea: { width: "40.00", height: "30.00" },
  poweredby: { size: "12.00" },
  line: { width: "60.00", height: "0.00" },
  rectangle: { width: "60.00", height: "30.00" },
  ellipse: { width: "30.00", height: "30.00" },
};

/** @type {Readonly<Record<string, unknown>>} */
const BY_KIND = {
  length: "20.00",
  fontsize: "13.0",
  fontfamily: "Open Sans",
  flag: false,
  colour: [0, 0, 0],
  factor: 1,
  angle: 0,
  translations: {},
};

/**
 * Return the data of a new element, its middle at a point.
 * @param {Description} description
 * @param {Point} at
 * @param {number} page
 * @param {readonly Variable[]} variables a picture needs one of its kind
 * @returns {Json}
 */
export function newElement(description, at, page, variables = []) {
  const required = description.attributes.filter(({ required }) => required);
  const defaults = required.map((attribute) => [attribute.name, startOf(attribute)]);
  const picture = variables.find(({ kind }) => kind === "image")?.key ?? "";
  const data = {
    type: description.type,
    page,
    ...Object.fromEntries(defaults),
    ...(description.type === "imagearea" && { content: picture }),
    ...STARTS[description.type],
    left: "0.00",
    bottom: "0.00",
  };
  const { left, bottom, width, height } = boxOf({ key: "", data });
  const [x, y] = [at.x - width / 2 - left, at.y - height / 2 - bottom];
  return { ...data, left: spelled(x), bottom: spelled(y) };
}

/**
 * Say what an element is called: by its text, its variable, or its kind.
 * @param {Element} element
 * @param {{ readonly descriptions: readonly Description[], readonly variables: readonly Variable[] }} known
 * @returns {string}
 */
export function labelOf({ data }, { descriptions, variables }) {
  const description = descriptions.find(({ type }) => type === data.type);
  const kind = description?.label ?? data.type;
  const content = description?.attributes.find(({ name }) => name === "content");
  const shown = content?.kind === "variable" ? contentOf(data, variables) : "";
  return shown ? `${kind}: ${shown}` : kind;
}

/**
 * Return what is wrong with one element, by attribute.
 * @param {Pick<State, "layout" | "problems">} state
 * @param {string} key
 * @returns {{ attribute: string, message: string }[]}
 */
export function problemsOf({ layout, problems }, key) {
  const index = layout.elements.findIndex((element) => element.key === key);
  return problems.flatMap(({ pointer, message }) => {
    const [, place, attribute = ""] = pointer.split("/");
    return place === String(index) ? [{ attribute, message }] : [];
  });
}

/**
 * @param {Attribute} attribute
 * @returns {unknown}
 */
function startOf({ kind, options }) {
  return options?.[0]?.value ?? BY_KIND[kind] ?? "";
}

/**
 * @param {Json} data
 * @param {readonly Variable[]} variables
 * @returns {string}
 */
function contentOf(data, variables) {
  if (data.content === "other") return firstLine(data.text);
  if (data.content === "other_i18n") {
    return firstLine(Object.values(data.text_i18n ?? {}).find(Boolean));
  }
  const key = String(data.content ?? (data.type === "barcodearea" ? "secret" : ""));
  return variables.find((variable) => variable.key === key)?.label ?? key;
}

/** @param {unknown} text */
function firstLine(text) {
  return typeof text === "string" ? (text.trim().split("\n")[0] ?? "") : "";
}
