// @ts-check
/** Changes to the attributes of one element. */

import { inFormOf } from "./numbers.js";

/** @typedef {import("./types.js").Json} Json */

/**
 * Return an element's data with other values; undefined takes an attribute away. Numbers are
 * written in the form of those that they replace, and equal ones leave them as they were.
 * @param {Json} data
 * @param {Readonly<Record<string, unknown>>} changes
 * @returns {Json}
 */
export function changed(data, changes) {
  const entries = Object.entries(changes).filter(([name, value]) => !isSame(data[name], value));
  if (!entries.length) return data;
  /** @type {Record<string, unknown> & { type: string }} */
  const result = { ...data };
  for (const [name, value] of entries) {
    if (value === undefined) delete result[name];
    else result[name] = typeof value === "number" ? inFormOf(data[name], value) : value;
  }
  return result;
}

/**
 * @param {unknown} old
 * @param {unknown} value
 */
function isSame(old, value) {
  return typeof value === "number" && old !== undefined && old !== null
    ? inFormOf(old, value) === old
    : old === value;
}
