// @ts-check
/** Rulers in millimetres, from the page's lower left corner or, by choice, its upper left one. A guide is dragged out of them. */

import { whenChanged } from "./app.js";
import { part } from "./dom.js";
import { guiding } from "./gestures.js";
import { follow, pointOf } from "./pointer.js";

/** @typedef {import("./app.js").App} App */

/** Millimetres from mark to mark, of which the first is taken that is not too dense. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200];

/** @param {App} app */
export function showRulers(app) {
  for (const axis of /** @type {const} */ (["x", "y"])) {
    const ruler = part(`ruler="${axis}"`, HTMLCanvasElement);
    app.drawWith(
      whenChanged(
        () => [app.state.zoom, app.state.pan, app.view.size, app.state.page, app.paper, app.state.fromTop],
        () => paint(app, ruler, axis),
      ),
    );
    ruler.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      // What is pulled out of the upper ruler lies level, and shows a height.
      /** @type {"x" | "y"} */
      const shown = axis === "x" ? "y" : "x";
      const index = app.state.guides.length;
      const guide = { axis: shown, at: pointOf(app, event)[shown] };
      app.store.update(({ guides }) => ({ guides: [...guides, guide] }));
      follow(app, event, guiding(app, index));
    });
  }
}

/**
 * @param {App} app
 * @param {HTMLCanvasElement} ruler
 * @param {"x" | "y"} axis
 */
function paint(app, ruler, axis) {
  const { clientWidth: width, clientHeight: height } = ruler;
  const pen = ruler.getContext("2d");
  if (!pen || !width || !height) return;
  [ruler.width, ruler.height] = [width * devicePixelRatio, height * devicePixelRatio];
  pen.scale(devicePixelRatio, devicePixelRatio);
  pen.fillStyle = pen.strokeStyle = getComputedStyle(ruler).color;
  pen.font = "10px system-ui, sans-serif";
  const {
    scale,
    paper,
    state: { pan, fromTop },
  } = app;
  const upper = fromTop ? pan.y : pan.y + paper.height * scale;
  const [zero, length] = axis === "x" ? [pan.x, width] : [upper, height];
  const way = axis === "x" || fromTop ? scale : -scale;
  const step = STEPS.find((mm) => mm * scale >= 6) ?? 500;
  const [from, to] = [-zero / way, (length - zero) / way].sort((one, other) => one - other);
  for (let at = Math.ceil((from ?? 0) / step) * step; at <= (to ?? 0); at += step) {
    const place = Math.round(zero + at * way) + 0.5;
    const tall = at % (step * 10) === 0 ? 12 : at % (step * 5) === 0 ? 8 : 4;
    if (axis === "x") pen.fillRect(place, height - tall, 1, tall);
    else pen.fillRect(width - tall, place, tall, 1);
    if (tall < 12) continue;
    pen.save();
    pen.translate(axis === "x" ? place + 3 : 9, axis === "x" ? 9 : place - 3);
    if (axis === "y") pen.rotate(-Math.PI / 2);
    pen.fillText(String(at), 0, 0);
    pen.restore();
  }
}
