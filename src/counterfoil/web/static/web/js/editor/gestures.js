// @ts-check
/** What a pointer does while it is down: each gesture shows its layout, and makes it a step at the end. */

import { outline, touches, unionBox } from "./geometry.js";
import { move } from "./layout.js";
import { snapper } from "./pulling.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Rect} Rect
 * @typedef {(point: Point, event: PointerEvent) => void} Gesture
 */

const ALL = /** @type {const} */ (["low", "middle", "high"]);

/**
 * @param {App} app
 * @param {Point} start
 * @returns {Gesture}
 */
export function moving(app, start) {
  const { layout } = app.state;
  const keys = app.movable;
  const rect = unionBox(pick(app, keys));
  const snapping = snapper(app, keys);
  return (point, event) => {
    let [dx, dy] = [point.x - start.x, point.y - start.y];
    const isLevel = Math.abs(dx) > Math.abs(dy);
    if (event.shiftKey) [dx, dy] = isLevel ? [dx, 0] : [0, dy];
    const parts = { x: event.shiftKey && !isLevel ? [] : ALL, y: event.shiftKey && isLevel ? [] : ALL };
    const jump = rect ? snapping(shifted(rect, dx, dy), parts, event) : { dx: 0, dy: 0 };
    app.store.update(() => ({ layout: move(layout, keys, dx + jump.dx, dy + jump.dy) }));
  };
}

/**
 * @param {App} app
 * @param {Point} start
 * @param {boolean} isAdded to what is selected
 * @returns {Gesture}
 */
export function marking(app, start, isAdded) {
  const before = isAdded ? app.state.selection : [];
  return (point) => {
    const marquee = {
      left: Math.min(start.x, point.x),
      bottom: Math.min(start.y, point.y),
      width: Math.abs(point.x - start.x),
      height: Math.abs(point.y - start.y),
    };
    const met = [...app.reachable].filter(([, box]) => touches(outline(box), marquee)).map(([key]) => key);
    app.look({ marquee });
    app.select([...before, ...met.filter((key) => !before.includes(key))]);
  };
}

/**
 * @param {App} app
 * @param {PointerEvent} start
 * @returns {Gesture}
 */
export function panning(app, start) {
  const { pan } = app.state;
  return (_, event) => {
    const [x, y] = [pan.x + event.clientX - start.clientX, pan.y + event.clientY - start.clientY];
    app.store.update(() => ({ pan: { x, y } }));
  };
}

/**
 * Pull a guide about. Away from the page it is gone at the end.
 * @param {App} app
 * @param {number} index
 * @returns {Gesture}
 */
export function guiding(app, index) {
  return (point) => {
    app.store.update(({ guides }) => ({
      guides: guides.map((guide, at) =>
        at === index ? { ...guide, at: Math.round(point[guide.axis] * 2) / 2 } : guide,
      ),
    }));
  };
}

/**
 * @param {App} app
 * @param {readonly string[]} keys
 */
function pick(app, keys) {
  return [...app.boxes].filter(([key]) => keys.includes(key)).map(([, box]) => box);
}

/**
 * @param {Rect} rect
 * @param {number} dx
 * @param {number} dy
 */
function shifted(rect, dx, dy) {
  return { ...rect, left: rect.left + dx, bottom: rect.bottom + dy };
}
