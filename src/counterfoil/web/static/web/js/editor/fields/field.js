// @ts-check
/** What a field of the panel is: a control that shows what the chosen elements have in common. */

/**
 * @typedef {object} Wanted
 * @property {import("../app.js").App} app
 * @property {import("../types.js").Attribute} attribute
 * @property {string} id of the control, to which the label belongs
 * @property {(value: unknown) => void} change undefined takes the attribute away; a function makes
 *   each element's new value of its old one
 * @property {(problem: string) => void} refuse says what is wrong with what is typed
 * @typedef {{ node: HTMLElement, show: (values: readonly unknown[]) => void }} Field
 * @typedef {(wanted: Wanted) => Field} Build
 */

/** Stands for values that differ. */
export const MIXED = Symbol("mixed");

/**
 * @param {readonly unknown[]} values
 * @returns {any} the value that all have; MIXED if there is none
 */
export function shared(values) {
  const [first, ...others] = values;
  return others.every((each) => JSON.stringify(each) === JSON.stringify(first)) ? first : MIXED;
}

/**
 * Fill a field, unless somebody is writing the same into it.
 * @param {HTMLInputElement | HTMLTextAreaElement} control
 * @param {string} text
 */
export function fill(control, text) {
  if (control.value !== text) control.value = text;
}
