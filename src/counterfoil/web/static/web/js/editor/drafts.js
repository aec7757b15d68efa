// @ts-check
/** Keeps unsaved work in the browser, and offers it again after a tab was closed. */

import { whenChanged } from "./app.js";
import { ask, part, word } from "./dom.js";
import { fromStored, toStored } from "./layout.js";
import { spoken } from "./saving.js";

/** @typedef {import("./app.js").App} App */

const SOON = 400;

/** @param {App} app */
export function keepDrafts(app) {
  let timer = 0;
  const keep = () => {
    clearTimeout(timer);
    const { layout, saved } = app.state;
    if (!app.store.isChanged) return forget(app);
    const { name, background } = layout;
    const draft = {
      name,
      background,
      elements: toStored(layout),
      version: saved.version,
      when: new Date().toISOString(),
    };
    try {
      localStorage.setItem(place(app), JSON.stringify(draft));
    } catch {
      // Full or forbidden: the warning before leaving remains.
    }
  };
  app.drawWith(
    whenChanged(
      () => [app.state.layout, app.state.saved],
      () => {
        clearTimeout(timer);
        timer = setTimeout(keep, SOON);
      },
    ),
  );
  window.addEventListener("pagehide", keep);
}

/** @param {App} app */
export function forget(app) {
  localStorage.removeItem(place(app));
}

/**
 * Ask whether unsaved work is wanted back, before anything else is done.
 * @param {App} app
 */
export async function offerDraft(app) {
  const draft = JSON.parse(localStorage.getItem(place(app)) ?? "null");
  if (!draft || !app.data.writable) return;
  part("draft-told", HTMLElement).textContent = word("draft-told", {
    name: draft.name,
    when: spoken(new Date(draft.when)),
  });
  part("draft-older", HTMLElement).hidden = draft.version === app.state.saved.version;
  const wanted = await ask("draft");
  if (wanted === "discard") forget(app);
  if (wanted !== "restore") return;
  const layout = fromStored(draft);
  app.store.edit(() => layout);
  app.store.update(({ saved }) => ({ saved: { ...saved, version: draft.version } }));
  app.tell(word("draft-restored"));
}

/** @param {App} app */
function place(app) {
  return `counterfoil-draft-${app.data.layout.id}`;
}
