// @ts-check
/** Keeps unsaved work in the browser, and offers it again after a tab was closed. */

import { whenChanged } from "./app.js";
import { ask, part, word } from "./dom.js";
import { fromStored, toStored } from "./layout.js";
import { spoken } from "./saving.js";

/** @typedef {import("./app.js").App} App */

const SOON = 400;
/** Each opening of the editor keeps its own, so that none takes away or covers another's. */
const OPENED = Date.now();

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
  const [found] = drafts(app);
  if (!found || !app.data.writable) return;
  const { name, draft } = found;
  part("draft-told", HTMLElement).textContent = word("draft-told", {
    name: draft.name,
    when: spoken(new Date(draft.when)),
  });
  part("draft-older", HTMLElement).hidden = draft.version === app.state.saved.version;
  const wanted = await ask("draft");
  if (!wanted) return; // it is offered again next time
  localStorage.removeItem(name);
  if (wanted === "discard") return;
  const layout = fromStored(draft);
  app.store.edit(() => layout);
  app.store.update(({ saved }) => ({ saved: { ...saved, version: draft.version } }));
  app.tell(word("draft-restored"));
}

/**
 * @param {App} app
 * @returns {{ name: string, draft: any }[]} of this layout, the newest first
 */
function drafts(app) {
  return Object.keys(localStorage)
    .filter((name) => name.startsWith(prefix(app)))
    .map((name) => ({ name, draft: JSON.parse(localStorage.getItem(name) ?? "") }))
    .sort((one, other) => other.draft.when.localeCompare(one.draft.when));
}

/** @param {App} app */
function place(app) {
  return `${prefix(app)}${OPENED}`;
}

/** @param {App} app */
function prefix(app) {
  return `counterfoil-draft-${app.data.layout.id}-`;
}
