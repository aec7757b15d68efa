// @ts-check
/** What lies under the elements: a PDF that is dropped or chosen, or blank pages of some size. */

import { reason, send } from "./api.js";
import { whenChanged } from "./app.js";
import { make, part, word } from "./dom.js";
import { round } from "./numbers.js";
import { withBackground } from "./pagesizes.js";
import { dropPicture, isPicture } from "./pictures.js";
import { pointOf } from "./pointer.js";
import { fit } from "./zoom.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function listenToBackgrounds(app) {
  const file = part("background-file", HTMLInputElement);
  file.addEventListener("change", () => {
    if (file.files?.[0]) void upload(app, file.files[0]);
    file.value = "";
  });
  listenToDrops(app);
  listenToSizes(app);
  app.drawWith(
    whenChanged(
      () => [app.state.layout.background],
      () => {
        const { id, pages } = app.state.layout.background;
        const [width, height] = [pages[0]?.width ?? 0, pages[0]?.height ?? 0].map(
          (each) => Math.round(each * 10) / 10,
        );
        const told = { width: width ?? 0, height: height ?? 0 };
        part("background-now", HTMLElement).textContent =
          id === null
            ? word("background-builtin", told)
            : word("background-own", { count: pages.length, ...told });
      },
    ),
  );
}

/** @param {App} app */
function listenToDrops(app) {
  const [viewport, hint] = [part("viewport", HTMLElement), part("drop", HTMLElement)];
  const hasFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault(); // else a file that misses the page would replace it
    hint.hidden = !(event.target instanceof Node && viewport.contains(event.target));
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget ?? (hint.hidden = true));
  document.addEventListener("drop", (event) => {
    const dropped = event.dataTransfer?.files[0];
    if (!dropped) return;
    event.preventDefault();
    hint.hidden = true;
    if (!(event.target instanceof Node && viewport.contains(event.target))) return;
    if (isPicture(dropped)) void drop(app, dropped, event);
    else void upload(app, dropped);
  });
}

/**
 * @param {App} app
 * @param {File} file
 * @param {DragEvent} event
 */
async function drop(app, file, event) {
  if (!app.data.writable) return;
  const problem = await dropPicture(app, file, pointOf(app, event));
  if (problem) tell(app, problem);
}

/** @param {App} app */
function listenToSizes(app) {
  const [size, width, height] = [
    part("size", HTMLSelectElement),
    part("width", HTMLInputElement),
    part("height", HTMLInputElement),
  ];
  size.prepend(...app.data.sizes.map(({ label }, index) => make("option", { value: index }, label)));
  const take = () => {
    const preset = app.data.sizes[Number(size.value)];
    if (preset) [width.value, height.value] = [String(preset.width), String(preset.height)];
  };
  const pages = part("page-count", HTMLInputElement);
  app.drawWith(
    whenChanged(
      () => [app.state.layout.background],
      () => {
        const { pages: papers } = app.state.layout.background;
        const sides = [papers[0]?.width ?? 210, papers[0]?.height ?? 297].map((each) => round(each, 1));
        const preset = app.data.sizes.findIndex(
          (each) => round(each.width, 1) === sides[0] && round(each.height, 1) === sides[1],
        );
        [width.value, height.value] = sides.map(String);
        size.value = preset < 0 ? "own" : String(preset);
        pages.value = String(Math.max(1, papers.length));
      },
    ),
  );
  size.addEventListener("change", take);
  for (const field of [width, height]) field.addEventListener("input", () => (size.value = "own"));
  part("use-size", HTMLElement).addEventListener("click", () => {
    const wanted = { width: width.valueAsNumber, height: height.valueAsNumber };
    void use(app, { ...wanted, pages: pages.valueAsNumber });
  });
}

/**
 * @param {App} app
 * @param {File} file
 */
async function upload(app, file) {
  if (file.type !== "application/pdf" && !file.name.toLowerCase().endsWith(".pdf")) {
    return tell(app, word("background-not-pdf", { name: file.name }));
  }
  const form = new FormData();
  form.set("file", file);
  app.tell(word("background-sending"));
  await use(app, form);
}

/**
 * @param {App} app
 * @param {unknown} wanted
 */
async function use(app, wanted) {
  if (!app.data.writable) return;
  const answer = await send(app.data.urls.background, wanted);
  if (answer.status !== 200) return tell(app, reason(answer, word));
  const { id, pages } = answer.body;
  app.store.edit((layout, { extents }) => withBackground(layout, { id, pages }, extents));
  fit(app);
  part("background-problem", HTMLElement).textContent = "";
  app.tell(word("background-set"));
}

/**
 * @param {App} app
 * @param {string} problem
 */
function tell(app, problem) {
  app.select([]); // the panel that explains it is the layout's
  part("background-problem", HTMLElement).textContent = problem;
  app.tell(problem);
}
