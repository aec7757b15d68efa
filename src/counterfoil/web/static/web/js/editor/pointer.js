// @ts-check
/** Mouse, pen and finger on the canvas: which gesture begins, and when it ends. */

import { part, word } from "./dom.js";
import { shownAt, toPage } from "./geometry.js";
import { guiding, marking, moving, panning } from "./gestures.js";
import { hits } from "./hitting.js";
import { pulling } from "./pulling.js";
import { zoomAt } from "./zoom.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./gestures.js").Gesture} Gesture
 * @typedef {import("./types.js").Point} Point
 */

/** Pixels below which a press is a click. */
const STILL = 3;

/** @param {App} app */
export function listenToPointer(app) {
  const canvas = part("canvas", SVGSVGElement);
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button === 2) return;
    canvas.focus({ preventScroll: true });
    const before = app.state.selection;
    const gesture = begin(app, event);
    if (gesture) follow(app, event, gesture, () => click(app, event, before));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) return;
    const hover = under(app, event)[0] ?? null;
    if (hover !== app.view.hover) app.look({ hover });
    const { x, y } = shownAt(app, pointOf(app, event));
    part("position", HTMLElement).textContent = word("position", { x: x.toFixed(1), y: y.toFixed(1) });
  });
  canvas.addEventListener("pointerleave", () => app.look({ hover: null }));
  canvas.addEventListener("dblclick", () => {
    const fields = part("element-panel", HTMLElement).querySelectorAll("textarea, [role=combobox]");
    const field = [...fields].find((each) => each.checkVisibility());
    if (field instanceof HTMLElement) field.focus();
  });
  canvas.addEventListener("wheel", (event) => turnWheel(app, event), { passive: false });
}

/**
 * Follow a pointer until it is let go. Escape takes everything back.
 * @param {App} app
 * @param {PointerEvent} start
 * @param {Gesture} gesture
 * @param {() => void} [onClick] for a press that went nowhere
 */
export function follow(app, start, gesture, onClick) {
  const canvas = part("canvas", SVGSVGElement);
  const stop = new AbortController();
  const { signal } = stop;
  let hasMoved = false;
  canvas.setPointerCapture(start.pointerId);
  const finish = (/** @type {boolean} */ isKept) => {
    stop.abort();
    if (isKept && app.data.writable) app.store.edit((layout) => layout);
    else app.store.cancel();
    app.look({ marquee: null, lines: [] });
  };
  canvas.addEventListener(
    "pointermove",
    (event) => {
      hasMoved ||= Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) >= STILL;
      if (hasMoved) gesture(pointOf(app, event), event);
    },
    { signal },
  );
  canvas.addEventListener(
    "pointerup",
    () => {
      finish(true);
      if (!hasMoved) onClick?.();
      dropGuides(app);
    },
    { signal },
  );
  canvas.addEventListener("pointercancel", () => finish(false), { signal });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      event.stopImmediatePropagation();
      finish(false);
    },
    { signal, capture: true },
  );
}

/**
 * @param {App} app
 * @param {MouseEvent} event
 * @returns {Point} mm on the page
 */
export function pointOf(app, event) {
  const { left, top } = part("canvas", SVGSVGElement).getBoundingClientRect();
  const { pan } = app.state;
  const x = (event.clientX - left - pan.x) / app.scale;
  return toPage({ x, y: (event.clientY - top - pan.y) / app.scale }, app.paper);
}

/**
 * @param {App} app
 * @param {PointerEvent} event
 * @returns {Gesture | null}
 */
function begin(app, event) {
  const point = pointOf(app, event);
  const { handle, guide } = event.target instanceof SVGElement ? event.target.dataset : {};
  if (event.button === 1 || part("stage", HTMLElement).matches(".pushing")) return panning(app, event);
  if (handle) return pulling(app, point, handle);
  const met = under(app, event);
  const key = met[0];
  if (!key) return guide ? guiding(app, Number(guide)) : marking(app, point, event.shiftKey);
  if (event.ctrlKey || event.metaKey)
    app.select([met[(met.indexOf(app.state.selection[0] ?? "") + 1) % met.length] ?? key]);
  else if (!app.state.selection.includes(key))
    app.select(event.shiftKey ? [...app.state.selection, key] : [key]);
  return app.data.writable ? moving(app, point) : null;
}

/**
 * A press without a way: of several that are selected only this one stays, or none. With Shift, one
 * that was selected before is no longer.
 * @param {App} app
 * @param {PointerEvent} event
 * @param {readonly string[]} before
 */
function click(app, event, before) {
  const target = event.target instanceof SVGElement ? event.target : null;
  if (target?.dataset.handle || event.ctrlKey || event.metaKey || event.button) return;
  const key = target?.closest("[data-remarks]")?.getAttribute("data-remarks") ?? under(app, event)[0];
  if (!event.shiftKey) app.select(key ? [key] : []);
  else if (key && before.includes(key)) app.select(before.filter((each) => each !== key));
}

/**
 * @param {App} app
 * @param {MouseEvent} event
 */
function under(app, event) {
  return hits(app.state.layout.elements, app.reachable, pointOf(app, event), STILL / app.scale);
}

/** @param {App} app */
function dropGuides(app) {
  const { guides } = app.state;
  const { width, height } = app.paper;
  const kept = guides.filter(({ axis, at }) => at >= 0 && at <= (axis === "x" ? width : height));
  if (kept.length < guides.length) app.store.update(() => ({ guides: kept }));
}

/**
 * @param {App} app
 * @param {WheelEvent} event
 */
function turnWheel(app, event) {
  event.preventDefault();
  const { left, top } = part("canvas", SVGSVGElement).getBoundingClientRect();
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
  const [dx, dy] = [event.deltaX * lines, event.deltaY * lines];
  if (event.ctrlKey || event.metaKey) {
    zoomAt(app, Math.exp(-dy / 300), { x: event.clientX - left, y: event.clientY - top });
  } else {
    const [x, y] = event.shiftKey && !dx ? [dy, 0] : [dx, dy];
    app.store.update(({ pan }) => ({ pan: { x: pan.x - x, y: pan.y - y } }));
  }
}
