// @ts-check
/** Everything that a button or a key does, by name. */

import { chooseNext, flip } from "./choosing.js";
import { copyToSystem, pasteFromSystem } from "./copying.js";
import { ask, word } from "./dom.js";
import { alignAt, duplicateChosen, grow, nudge, order, removeChosen, spread, turnBy } from "./editing.js";
import { pageOf } from "./geometry.js";
import { proof } from "./proof.js";
import { save } from "./saving.js";
import { actualSize, fit, zoomAt } from "./zoom.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {object} Command
 * @property {(app: App) => void} run
 * @property {(app: App) => boolean} [can]
 * @property {(app: App) => boolean} [is] whether it is switched on
 */

const NEARER = 1.25;
const hasChosen = (/** @type {App} */ app) => app.state.selection.length > 0;
const mayChange = (/** @type {App} */ app) => app.data.writable && app.movable.length > 0;

/** @type {Record<string, Command>} */
export const commands = {
  save: { run: (app) => void save(app), can: (app) => app.data.writable },
  proof: { run: (app) => void proof(app) },
  undo: { run: (app) => travel(app, "undo"), can: (app) => app.store.history.canUndo },
  redo: { run: (app) => travel(app, "redo"), can: (app) => app.store.history.canRedo },
  copy: { run: (app) => void copyToSystem(app), can: hasChosen },
  paste: { run: (app) => void pasteFromSystem(app), can: (app) => app.data.writable },
  duplicate: { run: duplicateChosen, can: mayChange },
  remove: { run: removeChosen, can: mayChange },
  lock: {
    run: (app) => flip(app, "locked", app.state.selection),
    can: hasChosen,
    is: (app) => hasChosen(app) && app.selected.every((each) => app.isLocked(each)),
  },
  hide: {
    run: (app) => flip(app, "hidden", app.state.selection),
    can: hasChosen,
    is: (app) => hasChosen(app) && app.state.selection.every((key) => app.state.hidden.includes(key)),
  },
  snap: { run: (app) => app.store.update(({ snap }) => ({ snap: !snap })), is: (app) => app.state.snap },
  "ruler-top": {
    run: (app) => app.store.update(({ fromTop }) => ({ fromTop: !fromTop })),
    is: (app) => app.state.fromTop,
  },
  help: { run: () => void ask("keys") },
  "distribute-h": { run: (app) => spread(app, "h"), can: (app) => mayChange(app) && app.movable.length > 2 },
  "distribute-v": { run: (app) => spread(app, "v"), can: (app) => mayChange(app) && app.movable.length > 2 },
  "zoom-in": { run: (app) => zoomAt(app, NEARER) },
  "zoom-out": { run: (app) => zoomAt(app, 1 / NEARER) },
  "zoom-actual": { run: actualSize },
  "zoom-fit": { run: fit },
  "page-next": {
    run: (app) => turnPage(app, 1),
    can: (app) => app.state.page < app.state.layout.background.pages.length,
  },
  "page-previous": { run: (app) => turnPage(app, -1), can: (app) => app.state.page > 1 },
  "guide-x": { run: (app) => addGuide(app, "x", app.paper.width / 2) },
  "guide-y": { run: (app) => addGuide(app, "y", app.paper.height / 2) },
  "choose-all": { run: (app) => app.select([...app.reachable.keys()]) },
  "choose-none": { run: (app) => app.select([]) },
  "choose-next": { run: (app) => chooseNext(app, 1, false) },
  "choose-previous": { run: (app) => chooseNext(app, -1, false) },
  "choose-next-too": { run: (app) => chooseNext(app, 1, true) },
  "choose-previous-too": { run: (app) => chooseNext(app, -1, true) },
};
for (const edge of /** @type {const} */ (["left", "hcenter", "right", "top", "vcenter", "bottom"])) {
  commands[`align-${edge}`] = { run: (app) => alignAt(app, edge), can: mayChange };
}
for (const way of /** @type {const} */ (["front", "forward", "backward", "back"])) {
  commands[way] = { run: (app) => order(app, way), can: mayChange };
}
for (const [name, x, y] of /** @type {const} */ ([
  ["right", 1, 0],
  ["left", -1, 0],
  ["up", 0, 1],
  ["down", 0, -1],
])) {
  for (const [size, step] of /** @type {const} */ ([
    ["", 1],
    ["-far", 10],
    ["-fine", 0.1],
  ])) {
    commands[`nudge-${name}${size}`] = { run: (app) => nudge(app, x * step, y * step), can: mayChange };
    commands[`grow-${name}${size}`] = { run: (app) => grow(app, x * step, -y * step), can: mayChange };
  }
}
for (const degrees of [-15, -1, 1, 15]) {
  commands[`turn${degrees}`] = { run: (app) => turnBy(app, degrees), can: mayChange };
}

/**
 * @param {App} app
 * @param {string} name
 * @returns {boolean} whether it could be done
 */
export function run(app, name) {
  const command = commands[name];
  if (!command || (command.can && !command.can(app))) return false;
  command.run(app);
  return true;
}

/**
 * @param {App} app
 * @param {"undo" | "redo"} way
 */
function travel(app, way) {
  app.store[way]();
  const element = app.selected[0];
  if (element) app.store.update(() => ({ page: pageOf(element) }));
  app.tell(word(way === "undo" ? "undone" : "redone"));
}

/**
 * @param {App} app
 * @param {number} step
 */
function turnPage(app, step) {
  app.store.update(({ page }) => ({ page: page + step, selection: [], extents: [] }));
}

/**
 * @param {App} app
 * @param {"x" | "y"} axis
 * @param {number} at
 */
function addGuide(app, axis, at) {
  app.store.update(({ guides }) => ({ guides: [...guides, { axis, at: Math.round(at) }] }));
}
