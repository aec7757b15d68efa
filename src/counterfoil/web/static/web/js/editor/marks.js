// @ts-check
/** Outlines, handles and signs of warning over the elements. All keep their size on the screen. */

import { draw } from "./dom.js";
import { corners, fromPage, unionBox } from "./geometry.js";
import { handleAt } from "./handles.js";
import { kindOf } from "./kinds.js";
import { toNumber } from "./numbers.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Rect} Rect
 */

const HANDLE = 9;
/** From the upper edge to the handle that turns, in pixels. */
const STALK = 24;

/** @param {App} app */
export function* outlines(app) {
  const { selection, hidden } = app.state;
  const selected = new Map();
  for (const [key, box] of app.boxes) {
    const element = app.state.layout.elements.find((each) => each.key === key);
    const isSelected = selection.includes(key);
    if (isSelected) selected.set(key, box);
    const isUnknown = element && !app.isKnown(element);
    const kind = isSelected
      ? "selected"
      : key === app.view.hover
        ? "hovered"
        : isUnknown
          ? "unknown"
          : hidden.includes(key)
            ? "away"
            : "";
    if (kind) yield polygon(app, box, `outline ${kind}`);
  }
  const around = selected.size > 1 && unionBox(selected.values());
  if (around) yield rectangle(app, around, "outline group");
}

/** @param {App} app */
export function* handles(app) {
  const [element, ...others] = app.selected;
  const box = element && app.boxes.get(element.key);
  if (others.length) yield* groupHandles(app);
  if (!box || others.length || app.isLocked(element) || !app.data.writable) return;
  if (element.data.type === "line") {
    const { left, bottom, width, height } = element.data;
    const [x, y] = [toNumber(left), toNumber(bottom)];
    yield grip(app, { x, y }, "start");
    yield grip(app, { x: x + toNumber(width), y: y + toNumber(height) }, "end");
    return;
  }
  const { turns, handles } = kindOf(element.data);
  if (turns) {
    const foot = handleAt(box, "n");
    const top = handleAt({ ...box, height: box.height + STALK / app.scale }, "n");
    const [{ x: x1, y: y1 }, { x: x2, y: y2 }] = [fromPage(foot, app.paper), fromPage(top, app.paper)];
    yield draw("line", { class: "outline selected", x1, y1, x2, y2 });
    yield draw("circle", {
      class: "handle",
      "data-handle": "turn",
      cx: x2,
      cy: y2,
      r: HANDLE / 1.6 / app.scale,
    });
  }
  for (const handle of handles(element.data)) yield grip(app, handleAt(box, handle), handle);
}

/**
 * Handles of what is around several elements.
 * @param {App} app
 */
function* groupHandles(app) {
  const movable = new Set(app.movable);
  const frame = unionBox([...app.boxes].filter(([key]) => movable.has(key)).map(([, box]) => box));
  if (!frame || movable.size < 2 || !app.data.writable) return;
  const { left, bottom, width, height } = frame;
  const [right, top] = [left + width, bottom + height];
  const stalk = { x: left + width / 2, y: top + STALK / app.scale };
  const [foot, end] = [fromPage({ x: stalk.x, y: top }, app.paper), fromPage(stalk, app.paper)];
  yield draw("line", { class: "outline selected", x1: foot.x, y1: foot.y, x2: end.x, y2: end.y });
  yield draw("circle", {
    class: "handle",
    "data-handle": "group-turn",
    cx: end.x,
    cy: end.y,
    r: HANDLE / 1.6 / app.scale,
  });
  yield grip(app, { x: left, y: top }, "group-nw");
  yield grip(app, { x: right, y: top }, "group-ne");
  yield grip(app, { x: right, y: bottom }, "group-se");
  yield grip(app, { x: left, y: bottom }, "group-sw");
}

/** @param {App} app */
export function* badges(app) {
  for (const [key, box] of app.boxes) {
    const remarks = app.remarks(key);
    if (!remarks.length) continue;
    const { x, y } = fromPage(corners(box)[1], app.paper);
    const size = 1 / app.scale;
    const isBad = remarks.some(({ severity }) => severity === "error");
    yield draw(
      "g",
      {
        class: `mark ${isBad ? "bad" : "warn"}`,
        transform: `translate(${x} ${y}) scale(${size})`,
        "data-remarks": key,
      },
      draw("title", {}, remarks.map(({ message }) => message).join("\n")),
      draw("path", { d: "M0-17 9-1H-9z" }),
      draw("path", { class: "stroke", d: "M0-11.5v5M0-4.5v1" }),
    );
  }
}

/**
 * @param {App} app
 * @param {Point} at
 * @param {string} handle
 */
function grip(app, at, handle) {
  const { x, y } = fromPage(at, app.paper);
  const size = HANDLE / app.scale;
  return draw("rect", {
    class: "handle",
    "data-handle": handle,
    x: x - size / 2,
    y: y - size / 2,
    width: size,
    height: size,
  });
}

/**
 * @param {App} app
 * @param {Box} box
 * @param {string} style
 */
function polygon(app, box, style) {
  const points = corners(box).map((corner) => fromPage(corner, app.paper));
  return draw("polygon", { class: style, points: points.map(({ x, y }) => `${x},${y}`).join(" ") });
}

/**
 * @param {App} app
 * @param {Rect} rect
 * @param {string} style
 */
export function rectangle(app, { left, bottom, width, height }, style) {
  return draw("rect", { class: style, x: left, y: app.paper.height - bottom - height, width, height });
}
