// @ts-check
/** What pulling at a handle does while the pointer is down; and what it snaps to meanwhile. */

import { word } from "./dom.js";
import { outline, topLeft, unionBox } from "./geometry.js";
import { resizeGroup, turnGroup } from "./groups.js";
import { angleTowards, centre, handleAt, resizeByHandle } from "./handles.js";
import { keepsAspect } from "./kinds.js";
import { moveEnd, resize, rotate } from "./layout.js";
import { toNumber } from "./numbers.js";
import { snap } from "./snapping.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./gestures.js").Gesture} Gesture
 * @typedef {import("./types.js").Element} Element
 * @typedef {import("./types.js").Handle} Handle
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Rect} Rect
 * @typedef {import("./snapping.js").Parts} Parts
 */

/** Pixels from which something snaps. */
const PULL = 6;

/**
 * @param {App} app
 * @param {Point} start
 * @param {string} handle
 * @returns {Gesture}
 */
export function pulling(app, start, handle) {
  if (handle.startsWith("group-")) return pullingGroup(app, handle.slice("group-".length));
  const [element] = app.selected;
  const box = element && app.boxes.get(element.key);
  if (!element || !box) return () => {};
  if (handle === "turn") return turning(app, element.key, box);
  if (handle === "start" || handle === "end") return pullingEnd(app, start, element, handle);
  return resizing(app, start, element, /** @type {Handle} */ (handle), box);
}

/**
 * @param {App} app
 * @param {Point} start
 * @param {Element} element a line
 * @param {"start" | "end"} end
 * @returns {Gesture}
 */
function pullingEnd(app, start, { key, data }, end) {
  const { layout } = app.state;
  const snapping = snapper(app, [key]);
  const [width, height] = end === "end" ? [toNumber(data.width), toNumber(data.height)] : [0, 0];
  const [x, y] = [toNumber(data.left) + width, toNumber(data.bottom) + height];
  return (point, event) => {
    const [dx, dy] = [point.x - start.x, point.y - start.y];
    const at = { left: x + dx, bottom: y + dy, width: 0, height: 0 };
    const jump = snapping(at, { x: ["low"], y: ["low"] }, event);
    app.store.update(() => ({ layout: moveEnd(layout, key, end, dx + jump.dx, dy + jump.dy) }));
  };
}

/**
 * @param {App} app
 * @param {Point} start
 * @param {Element} element
 * @param {Handle} handle
 * @param {import("./types.js").Box} box
 * @returns {Gesture}
 */
function resizing(app, start, { key, data }, handle, box) {
  const { layout } = app.state;
  const snapping = snapper(app, [key]);
  return (point, event) => {
    const keepAspect = event.shiftKey || keepsAspect(data);
    const [dx, dy] = [point.x - start.x, point.y - start.y];
    const pulled = resizeByHandle(box, handle, dx, dy, { keepAspect });
    const isFree = !keepAspect && !box.rotation;
    const jump = isFree ? snapping(pulled, sidesOf(handle), event) : { dx: 0, dy: 0 };
    const sized = resizeByHandle(box, handle, dx + jump.dx, dy + jump.dy, { keepAspect });
    app.store.update(() => ({ layout: resize(layout, key, sized) }));
  };
}

/**
 * @param {App} app
 * @param {string} key
 * @param {import("./types.js").Box} box
 * @returns {Gesture}
 */
function turning(app, key, box) {
  const { layout } = app.state;
  return (point, event) => {
    const angle = angleTowards(box, point, event.shiftKey ? 15 : 1);
    app.store.update(() => ({ layout: rotate(layout, key, angle, box) }));
    app.tell(word("turned", { angle }));
  };
}

/**
 * @param {App} app
 * @param {string} handle
 * @returns {Gesture}
 */
function pullingGroup(app, handle) {
  const { layout } = app.state;
  const { movable } = app;
  const boxes = new Map([...app.boxes].filter(([key]) => movable.includes(key)));
  const frame = unionBox(boxes.values());
  if (!frame) return () => {};
  const box = { ...frame, rotation: 0, pivot: topLeft(frame) };
  if (handle === "turn") {
    return (point, event) => {
      const angle = angleTowards(box, point, event.shiftKey ? 15 : 1);
      app.store.update(() => ({ layout: turnGroup(layout, boxes, centre(box), angle) }));
      app.tell(word("turned", { angle }));
    };
  }
  const corner = handleAt(box, /** @type {Handle} */ (handle));
  return (point) => {
    const pulled = resizeByHandle(
      box,
      /** @type {Handle} */ (handle),
      point.x - corner.x,
      point.y - corner.y,
      { keepAspect: true },
    );
    app.store.update(() => ({ layout: resizeGroup(layout, boxes, frame, pulled) }));
  };
}

/**
 * @param {App} app
 * @param {readonly string[]} keys that move, to which nothing snaps
 * @returns {(rect: Rect, parts: Parts, event: PointerEvent) => { dx: number, dy: number }}
 */
export function snapper(app, keys) {
  const { guides, grid, snap: isOn } = app.state;
  const others = [...app.reachable].filter(([key]) => !keys.includes(key)).map(([, box]) => outline(box));
  const surroundings = { elements: others, guides, grid, page: app.paper };
  return (rect, parts, event) => {
    if (!isOn || event.altKey) {
      app.look({ lines: [] });
      return { dx: 0, dy: 0 };
    }
    const { dx, dy, lines } = snap(rect, surroundings, PULL / app.scale, parts);
    app.look({ lines });
    return { dx, dy };
  };
}

/**
 * @param {Handle} handle
 * @returns {Parts}
 */
function sidesOf(handle) {
  return {
    x: handle.includes("w") ? ["low"] : handle.includes("e") ? ["high"] : [],
    y: handle.includes("s") ? ["low"] : handle.includes("n") ? ["high"] : [],
  };
}
