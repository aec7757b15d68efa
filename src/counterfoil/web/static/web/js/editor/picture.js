// @ts-check
/**
 * Asks the server for the picture of the page. One question is under way at a time; what changed
 * meanwhile is asked afterwards, at once, and only as it is then.
 */

import { reason, send } from "./api.js";
import { whenChanged } from "./app.js";
import { part, word } from "./dom.js";
import { indexes, toStored } from "./layout.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.js").PictureAnswer} PictureAnswer
 */

/** Changes within so many milliseconds are asked for together. */
const GATHERED = 10;
const AGAIN = 2000;
const SLOW = 700;
/** A picture is drawn at one of these, so that zooming a little needs no new one. */
const RESOLUTIONS = [48, 72, 96, 144, 192, 250, 300];

/** @param {App} app */
export function showPicture(app) {
  let [isBusy, isWanted, timer] = [false, false, 0];
  const want = (wait = GATHERED) => {
    isWanted = true;
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
  const run = async () => {
    if (isBusy || !isWanted) return;
    [isBusy, isWanted] = [true, false];
    const slow = setTimeout(() => app.tell(word("drawing")), SLOW);
    const isDone = await ask(app);
    clearTimeout(slow);
    isBusy = false;
    if (isWanted) want(0);
    else if (!isDone) want(AGAIN);
  };
  app.drawWith(
    whenChanged(
      () => seen(app),
      () => want(),
    ),
  );
  app.drawWith(
    whenChanged(
      () => [app.view.stale, app.view.ticket],
      () => {
        const stale = part("stale", HTMLElement);
        stale.hidden = !app.view.stale;
        stale.textContent = app.view.stale && word("stale", { reason: app.view.stale });
        part("ticket-shown", HTMLElement).textContent =
          app.view.ticket && word("ticket-shown", { ticket: app.view.ticket });
      },
    ),
  );
}

/**
 * What a picture depends on.
 * @param {App} app
 */
function seen(app) {
  const { layout, page, hidden, ticket } = app.state;
  return [layout.elements, layout.background, page, hidden, ticket, resolution(app)];
}

/** @param {App} app */
function resolution(app) {
  const wanted = 96 * app.state.zoom * Math.min(devicePixelRatio, 2);
  return RESOLUTIONS.find((dpi) => dpi >= wanted * 0.99) ?? 300;
}

/**
 * @param {App} app
 * @returns {Promise<boolean>} whether there was an answer
 */
async function ask(app) {
  const { layout, page, hidden, ticket } = app.state;
  const elements = layout.elements.filter((each) => app.isKnown(each));
  // Without any element something else would be drawn: what prints where a layout is empty.
  const known = elements.length ? { ...layout, elements } : layout;
  const answer = await send(app.data.urls.picture, {
    elements: toStored(known),
    background: layout.background.id,
    ticket,
    page,
    dpi: resolution(app),
    hidden: indexes(known, hidden),
  });
  if (answer.body.picture) await take(app, known, answer.body);
  else app.look({ stale: reason(answer, word, word("trying-again")) });
  return answer.status > 0 && answer.status < 500;
}

/**
 * @param {App} app
 * @param {import("./types.js").Layout} layout as it was asked for
 * @param {PictureAnswer} answer
 */
async function take(app, { elements: asked }, { picture, elements, warnings, ticket, problems = [] }) {
  const image = new Image();
  image.src = picture;
  await image.decode().catch(() => undefined); // a picture swapped before it is decoded would flicker
  const extents = elements.flatMap((drawn, index) => {
    const key = asked[index]?.key ?? "";
    return drawn
      ? [{ ...drawn, key, pivot: drawn.pivot ?? { x: drawn.left, y: drawn.bottom + drawn.height } }]
      : [];
  });
  app.look({ picture, warnings, ticket, stale: "" });
  app.store.update(({ layout }) => ({
    extents,
    problems: problems.map((each) => moved(each, asked, layout)),
  }));
}

/**
 * Let a problem point to its element among all elements, of which only those were sent that are known.
 * @param {import("./types.js").Problem} problem
 * @param {readonly import("./types.js").Element[]} asked
 * @param {import("./types.js").Layout} layout
 */
function moved({ pointer, message }, asked, layout) {
  const [start, index, ...rest] = pointer.split("/");
  const [place] = indexes(layout, [asked[Number(index)]?.key ?? ""]);
  return { pointer: place === undefined ? pointer : [start, place, ...rest].join("/"), message };
}
