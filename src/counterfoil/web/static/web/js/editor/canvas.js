// @ts-check
/**
 * The page on the screen. The engine's picture is the page; what is drawn over it in an SVG, whose
 * unit is the millimetre, are only outlines, handles, guides and marks.
 */

import { whenChanged } from "./app.js";
import { draw, part, set } from "./dom.js";
import { badges, handles, outlines, rectangle } from "./marks.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function showCanvas(app) {
  const canvas = part("canvas", SVGSVGElement);
  const paper = draw("rect", { class: "paper" });
  const picture = draw("image", { preserveAspectRatio: "none" });
  const grid = draw("path", { class: "grid" });
  const marks = draw("g");
  canvas.append(paper, picture, grid, marks);
  app.drawWith(() => {
    const { width, height } = app.paper;
    const { pan } = app.state;
    const [across, down] = [app.view.size.width / app.scale, app.view.size.height / app.scale];
    set(canvas, { viewBox: `${-pan.x / app.scale} ${-pan.y / app.scale} ${across || 1} ${down || 1}` });
    set(paper, { width, height });
    set(picture, { width, height });
    set(grid, { d: gridPath(app) });
    marks.replaceChildren(...guides(app), ...outlines(app), ...handles(app), ...badges(app), ...passing(app));
  });
  app.drawWith(
    whenChanged(
      () => [app.view.picture],
      () => set(picture, { href: app.view.picture }),
    ),
  );
  new ResizeObserver(([entry]) => {
    if (entry) app.look({ size: { width: entry.contentRect.width, height: entry.contentRect.height } });
  }).observe(canvas);
}

/** @param {App} app */
function gridPath(app) {
  const { grid } = app.state;
  const { width, height } = app.paper;
  if (!grid || grid * app.scale < 4) return "";
  const lines = (/** @type {number} */ length) =>
    Array.from({ length: Math.floor(length / grid) }, (_, at) => (at + 1) * grid);
  return [
    ...lines(width).map((x) => `M${x} 0V${height}`),
    ...lines(height).map((y) => `M0 ${height - y}H${width}`),
  ].join("");
}

/** @param {App} app */
function* guides(app) {
  const [from, to] = [-2000, 4000];
  for (const [index, { axis, at }] of app.state.guides.entries()) {
    const y = app.paper.height - at;
    const ends = axis === "x" ? { x1: at, x2: at, y1: from, y2: to } : { x1: from, x2: to, y1: y, y2: y };
    yield draw("line", { ...ends, class: "guide" });
    yield draw("line", { ...ends, class: `guide-grip ${axis}`, "data-guide": index });
  }
}

/** @param {App} app */
function* passing(app) {
  const { height } = app.paper;
  for (const { axis, at, from, to } of app.view.lines) {
    const ends =
      axis === "x"
        ? { x1: at, x2: at, y1: height - from, y2: height - to }
        : { x1: from, x2: to, y1: height - at, y2: height - at };
    yield draw("line", { ...ends, class: "snap" });
  }
  if (app.view.marquee) yield rectangle(app, app.view.marquee, "marquee");
}
