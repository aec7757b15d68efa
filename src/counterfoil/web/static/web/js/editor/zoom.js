// @ts-check
/** How large the page is on the screen, and which part of it is seen. */

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.js").Point} Point
 */

const [LEAST, MOST] = [0.1, 12];
const MARGIN = 24;

/**
 * Zoom, so that a point of the screen keeps its place.
 * @param {App} app
 * @param {number} factor
 * @param {Point} [at] pixels; the middle if not given
 */
export function zoomAt(app, factor, at = { x: app.view.size.width / 2, y: app.view.size.height / 2 }) {
  const { zoom, pan } = app.state;
  const next = Math.min(MOST, Math.max(LEAST, zoom * factor));
  const way = next / zoom;
  app.store.update(() => ({
    zoom: next,
    pan: { x: at.x - (at.x - pan.x) * way, y: at.y - (at.y - pan.y) * way },
  }));
}

/** @param {App} app */
export function fit(app) {
  const { width, height } = app.view.size;
  const { paper } = app;
  const room = Math.min((width - 2 * MARGIN) / paper.width, (height - 2 * MARGIN) / paper.height);
  const zoom = Math.min(4, Math.max(LEAST, (room * app.state.zoom) / app.scale));
  const scale = (zoom * app.scale) / app.state.zoom;
  app.store.update(() => ({
    zoom,
    pan: { x: (width - paper.width * scale) / 2, y: (height - paper.height * scale) / 2 },
  }));
}

/** @param {App} app */
export function actualSize(app) {
  zoomAt(app, 1 / app.state.zoom);
}
