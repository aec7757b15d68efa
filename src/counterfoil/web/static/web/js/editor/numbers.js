// @ts-check
/**
 * Numbers as layouts store them: JSON numbers, or strings that spell one ("130.40").
 *
 * pretix writes lengths as strings with two decimals; other programs write numbers. Whoever
 * wrote a layout finds each number again in the form that it had.
 */

const SPELLED = /^-?[0-9]+(?:\.([0-9]+))?$/;

/** Beyond these decimals a length is finer than any printer. */
const DECIMALS = 3;
const SPELLED_DECIMALS = 2;

/**
 * Read a stored number, as the engine would.
 * @param {unknown} value
 * @param {number} fallback for what is no number
 * @returns {number}
 */
export function toNumber(value, fallback = 0) {
  const number = typeof value === "string" && SPELLED.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : fallback;
}

/**
 * Write a number in the form of the one that it replaces.
 * @param {unknown} old
 * @param {number} value
 * @returns {number | string}
 */
export function inFormOf(old, value) {
  const spelled = typeof old === "string" ? SPELLED.exec(old) : null;
  if (!spelled) return round(value, DECIMALS);
  const decimals = spelled[1]?.length ?? 0;
  const rounded = round(value, Math.max(decimals, SPELLED_DECIMALS));
  return rounded.toFixed(Math.max(decimals, decimalsOf(rounded)));
}

/**
 * Write a length as pretix's editor does.
 * @param {number} value
 * @returns {string}
 */
export function spelled(value) {
  return round(value, SPELLED_DECIMALS).toFixed(SPELLED_DECIMALS);
}

/**
 * @param {number} value
 * @param {number} decimals
 * @returns {number}
 */
export function round(value, decimals) {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale + 0; // + 0: no minus zero
}

/**
 * @param {number} value rounded before
 * @returns {number}
 */
function decimalsOf(value) {
  return String(value).split(".")[1]?.length ?? 0;
}
