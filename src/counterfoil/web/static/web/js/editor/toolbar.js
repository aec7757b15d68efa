// @ts-check
/** Buttons, menus and small choices above the page. */

import { addNew } from "./editing.js";
import { commands, run } from "./commands.js";
import { make, part, set, word } from "./dom.js";

/** @typedef {import("./app.js").App} App */

/** Kinds of pretix's older layouts, which are offered only where they are used. */
const LEGACY = ["textarea"];

/** @param {App} app */
export function showToolbar(app) {
  const buttons = [...document.querySelectorAll("[data-command]")];
  for (const button of buttons) {
    if (!button.hasAttribute("title"))
      set(button, { title: button.getAttribute("aria-label") ?? button.textContent?.trim() });
    button.addEventListener("click", () => run(app, button.getAttribute("data-command") ?? ""));
  }
  const grid = part("grid", HTMLSelectElement);
  grid.addEventListener("change", () => app.store.update(() => ({ grid: Number(grid.value) })));
  part("add", HTMLElement).append(
    ...app.data.descriptions.map((each) =>
      make(
        "button",
        { type: "button", "data-type": each.type, title: each.about, click: () => addNew(app, each) },
        each.label,
        ...(each.ours ? [make("small", {}, word("ours"))] : []),
      ),
    ),
  );
  listenToMenus();
  app.drawWith(() => {
    for (const button of buttons) draw(app, button);
    const { page, zoom, layout } = app.state;
    const pages = layout.background.pages.length;
    grid.value = String(app.state.grid);
    for (const button of part("add", HTMLElement).querySelectorAll("[data-type]")) {
      const type = button.getAttribute("data-type") ?? "";
      const isUsed = layout.elements.some(({ data }) => data.type === type);
      set(button, { hidden: LEGACY.includes(type) && !isUsed });
    }
    part("arrange", HTMLElement).hidden = !app.selected.length;
    part("zoom", HTMLElement).textContent = `${Math.round(zoom * 100)} %`;
    part("pages", HTMLElement).hidden = pages < 2;
    part("page-number", HTMLElement).textContent = word("page-of", { page, pages });
    part("title", HTMLElement).textContent = layout.name;
    part("unsaved", HTMLElement).hidden = !app.store.isChanged;
  });
}

/**
 * @param {App} app
 * @param {Element} button
 */
function draw(app, button) {
  const command = commands[button.getAttribute("data-command") ?? ""];
  // Not `disabled`: a button that is pressed until it no longer can would lose the focus.
  set(button, { "aria-disabled": command?.can && !command.can(app) ? "true" : null });
  if (command?.is) set(button, { "aria-pressed": String(command.is(app)) });
}

function listenToMenus() {
  const menus = [...document.querySelectorAll("details[data-menu]")];
  const close = (/** @type {Event} */ event) => {
    for (const menu of menus) {
      const isInside = event.target instanceof Node && menu.contains(event.target);
      const isPicked = event.target instanceof Element && event.target.closest("button");
      if (!isInside || isPicked) menu.removeAttribute("open");
    }
  };
  document.addEventListener("click", close);
  document.addEventListener(
    "keydown",
    (event) => {
      const menu = menus.find((each) => each.hasAttribute("open"));
      if (event.key !== "Escape" || !menu) return;
      menu.removeAttribute("open");
      menu.querySelector("summary")?.focus();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
}
