// @ts-check
/** Draws what is being moved to the lines of its neighbours, of guides, the page and the grid. */

/**
 * @typedef {import("./types.js").Guide} Guide
 * @typedef {import("./types.js").Page} Page
 * @typedef {import("./types.js").Rect} Rect
 * @typedef {"x" | "y"} Axis
 * @typedef {{ readonly axis: Axis, readonly at: number, readonly from: number, readonly to: number }} Line
 * `at` on its axis; from and to tell how far along the other axis it is worth drawing.
 * @typedef {object} Surroundings
 * @property {readonly Rect[]} elements those that stay, upright
 * @property {readonly Guide[]} guides
 * @property {number} grid mm; 0: none
 * @property {Page} page
 * @typedef {{ readonly x: readonly Part[], readonly y: readonly Part[] }} Parts
 * @typedef {"low" | "middle" | "high"} Part
 * @typedef {{ low: number, high: number }} Span
 * @typedef {{ at: number, across: Span }} Target
 */

/** @type {Parts} */
const WHOLE = { x: ["low", "middle", "high"], y: ["low", "middle", "high"] };
const SAME = 0.001;

/**
 * Say how far a rectangle should jump, and which lines it then lies on.
 * @param {Rect} rect
 * @param {Surroundings} surroundings
 * @param {number} tolerance mm
 * @param {Parts} parts of the rectangle that may snap: when resizing, only those that move
 * @returns {{ dx: number, dy: number, lines: Line[] }}
 */
export function snap(rect, surroundings, tolerance, parts = WHOLE) {
  const x = snapAxis("x", rect, surroundings, tolerance, parts.x);
  const y = snapAxis("y", rect, surroundings, tolerance, parts.y);
  return { dx: x.way, dy: y.way, lines: [...x.lines, ...y.lines] };
}

/**
 * @param {Axis} axis
 * @param {Rect} rect
 * @param {Surroundings} surroundings
 * @param {number} tolerance
 * @param {readonly Part[]} parts
 * @returns {{ way: number, lines: Line[] }}
 */
function snapAxis(axis, rect, surroundings, tolerance, parts) {
  const places = parts.map((part) => placeOf(part, spanOf(rect, axis)));
  const targets = targetsOf(axis, surroundings);
  const ways = places.flatMap((place) => targets.map(({ at }) => at - place));
  const onGrid = gridWays(places, surroundings.grid);
  const way = nearest(ways, tolerance) ?? nearest(onGrid, tolerance) ?? 0;
  const across = spanOf(rect, axis === "x" ? "y" : "x");
  const met = targets.filter(({ at }) => places.some((place) => Math.abs(at - place - way) < SAME));
  return { way, lines: linesThrough(axis, met, across) };
}

/**
 * @param {Axis} axis
 * @param {Surroundings} surroundings
 * @returns {Target[]}
 */
function targetsOf(axis, { elements, guides, page }) {
  const other = axis === "x" ? "y" : "x";
  const paper = { left: 0, bottom: 0, ...page };
  const lines = guides.filter((guide) => guide.axis === axis);
  return [
    ...[...elements, paper].flatMap((rect) => {
      const [span, across] = [spanOf(rect, axis), spanOf(rect, other)];
      return WHOLE[axis].map((part) => ({ at: placeOf(part, span), across }));
    }),
    ...lines.map(({ at }) => ({ at, across: spanOf(paper, other) })),
  ];
}

/**
 * @param {Axis} axis
 * @param {Target[]} met
 * @param {Span} across
 * @returns {Line[]}
 */
function linesThrough(axis, met, across) {
  /** @type {Map<number, Line>} */
  const lines = new Map();
  for (const target of met) {
    const at = Math.round(target.at / SAME) * SAME;
    const known = lines.get(at);
    const from = Math.min(known?.from ?? across.low, target.across.low);
    const to = Math.max(known?.to ?? across.high, target.across.high);
    lines.set(at, { axis, at: known?.at ?? target.at, from, to });
  }
  return [...lines.values()];
}

/**
 * @param {readonly number[]} places
 * @param {number} grid
 */
function gridWays(places, grid) {
  return grid > 0 ? places.map((place) => Math.round(place / grid) * grid - place) : [];
}

/**
 * @param {readonly number[]} ways
 * @param {number} tolerance
 * @returns {number | undefined}
 */
function nearest(ways, tolerance) {
  const [first] = ways
    .filter((way) => Math.abs(way) <= tolerance)
    .sort((one, other) => Math.abs(one) - Math.abs(other));
  return first;
}

/**
 * @param {Rect} rect
 * @param {Axis} axis
 * @returns {Span}
 */
function spanOf({ left, bottom, width, height }, axis) {
  return axis === "x" ? { low: left, high: left + width } : { low: bottom, high: bottom + height };
}

/**
 * @param {Part} part
 * @param {Span} span
 */
function placeOf(part, { low, high }) {
  return { low, middle: (low + high) / 2, high }[part];
}
