// @ts-check
/** Saves, and asks what to do when someone else has saved or deleted the layout in between. */

import { reason, send } from "./api.js";
import { ask, part, word } from "./dom.js";
import { forget } from "./drafts.js";
import { fromStored, toStored } from "./layout.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.js").ConflictAnswer} ConflictAnswer
 * @typedef {import("./types.js").Layout} Layout
 */

let [isSaving, isWanted] = [false, false];

/**
 * One answer is waited for at a time: who saves meanwhile has what is there by then saved after it.
 * @param {App} app
 */
export async function save(app) {
  isWanted = true;
  if (isSaving) return;
  isSaving = true;
  try {
    for (let isDone = true; isDone && isWanted; ) {
      isWanted = false;
      app.tell(word("saving"));
      const { layout, saved } = app.state;
      isDone = await put(app, layout, saved.version);
    }
  } finally {
    isSaving = false;
  }
}

/** @param {App} app */
export function warnOfUnsaved(app) {
  window.addEventListener("beforeunload", (event) => {
    if (app.store.isChanged) event.preventDefault();
  });
}

/**
 * @param {Date} when
 * @returns {string} as the page's language writes it
 */
export function spoken(when) {
  return when.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}

/**
 * @param {App} app
 * @param {Layout} layout
 * @param {string} version that it is meant to replace
 * @returns {Promise<boolean>} whether it is saved
 */
async function put(app, layout, version) {
  const body = { name: layout.name, elements: toStored(layout), background: layout.background.id, version };
  const answer = await send(app.data.urls.save, body);
  part("name-problem", HTMLElement).textContent = "";
  if (answer.status === 200) {
    app.store.markSaved(layout, answer.body.version);
    if (!app.store.isChanged) forget(app);
    const count = Number(answer.body.printed);
    app.tell(count ? word("saved-printed", { count }) : word("saved"));
    return true;
  }
  if (answer.status === 409) return settle(app, layout, answer.body);
  if (answer.status === 404 || answer.status === 410) await mourn(app, layout);
  else refuse(app, answer);
  return false;
}

/**
 * @param {App} app
 * @param {Layout} mine
 * @param {ConflictAnswer} theirs
 * @returns {Promise<boolean>} whether mine is saved
 */
async function settle(app, mine, theirs) {
  const { by, when, version } = theirs;
  const told = by ? word("conflict-told", { by, when }) : word("conflict-unnamed");
  part("conflict-told", HTMLElement).textContent = told;
  app.tell(told);
  const wanted = await ask("conflict");
  if (wanted === "overwrite") return put(app, mine, version);
  if (wanted === "copy") await saveCopy(app, mine);
  else if (wanted === "theirs") {
    const layout = fromStored(theirs.layout);
    app.store.edit(() => layout);
    app.store.markSaved(layout, version);
    app.tell(word("theirs-shown"));
  }
  return false;
}

/**
 * @param {App} app
 * @param {Layout} mine
 */
async function mourn(app, mine) {
  app.tell(word("not-saved", { reason: word("deleted") }));
  if ((await ask("deleted")) === "copy") await saveCopy(app, mine);
}

/**
 * @param {App} app
 * @param {Layout} layout
 */
async function saveCopy(app, layout) {
  const name = word("copy-name", { name: layout.name });
  const body = { name, elements: toStored(layout), background: layout.background.id };
  const answer = await send(app.data.urls.copy, body);
  if (answer.status !== 200 && answer.status !== 201) return refuse(app, answer);
  app.store.markSaved(layout, app.state.saved.version);
  forget(app);
  location.assign(answer.body.url);
}

/**
 * @param {App} app
 * @param {{ status: number, body: any }} answer
 */
function refuse(app, answer) {
  /** @type {import("./types.js").Problem[]} */
  const problems = answer.body.problems ?? [];
  const ofName = problems.find(({ pointer }) => pointer === "/name");
  part("name-problem", HTMLElement).textContent = ofName?.message ?? "";
  if (ofName) app.select([]);
  app.store.update(() => ({ problems: problems.filter((each) => each !== ofName) }));
  app.tell(word("not-saved", { reason: reason(answer, word) }));
}
