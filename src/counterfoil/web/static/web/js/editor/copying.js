// @ts-check
/** Elements to the system's clipboard and back. */

import { fromText, paste, toText } from "./clipboard.js";
import { word } from "./dom.js";
import { chosen } from "./editing.js";
import { adoptPictures } from "./pictures.js";

/** @typedef {import("./app.js").App} App */

const KEPT = "counterfoil-clipboard";

/**
 * @param {App} app
 * @returns {string} what the clipboard shall hold; also kept here, where no other is allowed
 */
export function copyChosen(app) {
  const text = toText(app.selected);
  localStorage.setItem(KEPT, text);
  app.tell(word("copied", { count: app.selected.length }));
  return text;
}

/**
 * @param {App} app
 * @param {string} text
 */
export async function pasteText(app, text) {
  const found = fromText(text);
  if (!found) return app.tell(word("no-elements-copied"));
  await adoptPictures(app, found);
  app.store.edit((layout, { page }) => chosen(paste(layout, found, page)));
  app.tell(word("pasted", { count: found.length }));
}

/** @param {App} app */
export async function pasteFromSystem(app) {
  const text = await navigator.clipboard?.readText().catch(() => "");
  await pasteText(app, text && fromText(text) ? text : (localStorage.getItem(KEPT) ?? ""));
}

/** @param {App} app */
export async function copyToSystem(app) {
  const text = copyChosen(app);
  await navigator.clipboard?.writeText(text).catch(() => undefined); // what is kept here serves here
}
