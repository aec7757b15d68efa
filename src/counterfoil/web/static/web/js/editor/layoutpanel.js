// @ts-check
/** What belongs to the whole layout: its name, guides, the ticket that is shown, what is to be looked at. */

import { whenChanged } from "./app.js";
import { reason, send } from "./api.js";
import { ask, icon, make, part, word } from "./dom.js";
import { pageOf, shownAt } from "./geometry.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.js").TicketChoice} TicketChoice
 */

/** @param {App} app */
export function showLayoutPanel(app) {
  const name = part("name", HTMLInputElement);
  part("layout-panel", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
  name.addEventListener("input", () =>
    app.store.edit((layout) => ({ ...layout, name: name.value }), "name"),
  );
  app.drawWith(
    whenChanged(
      () => [app.state.layout.name],
      () => {
        if (name.value !== app.state.layout.name) name.value = app.state.layout.name;
      },
    ),
  );
  app.drawWith(
    whenChanged(
      () => [app.state.guides, app.state.fromTop, app.paper],
      () => showGuides(app),
    ),
  );
  app.drawWith(
    whenChanged(
      () => [app.state.layout, app.state.extents, app.state.problems, app.view.warnings],
      () => showProblems(app),
    ),
  );
  listenToTickets(app);
}

/** @param {App} app */
function showGuides(app) {
  const rows = part("guides", HTMLElement);
  const { guides } = app.state;
  const change = (/** @type {number} */ index, /** @type {number} */ at) => {
    if (Number.isFinite(at))
      app.store.update(() => ({
        guides: guides.map((each, place) => (place === index ? { ...each, at } : each)),
      }));
  };
  const heightOf = (/** @type {"x" | "y"} */ axis, /** @type {number} */ at) =>
    axis === "y" ? shownAt(app, { x: 0, y: at }).y : at;
  const drop = (/** @type {number} */ index) =>
    app.store.update(() => ({ guides: guides.filter((_, place) => place !== index) }));
  rows.replaceChildren(
    ...guides.map(({ axis, at }, index) =>
      make(
        "p",
        { class: "editor-inline" },
        make("label", { for: `guide-${index}` }, word(axis === "y" && app.state.fromTop ? "guide-top" : `guide-${axis}`)),
        make("input", {
          id: `guide-${index}`,
          type: "number",
          step: "any",
          value: heightOf(axis, at),
          change: (event) => change(index, heightOf(axis, event.target.valueAsNumber)),
        }),
        make(
          "button",
          { type: "button", class: "link", "aria-label": word("guide-remove"), click: () => drop(index) },
          icon("x"),
        ),
      ),
    ),
  );
}

/** @param {App} app */
function showProblems(app) {
  const ofElements = app.state.layout.elements.flatMap((element) =>
    app.remarks(element.key).map(({ severity, message }) =>
      make(
        "li",
        { class: severity },
        make(
          "button",
          {
            type: "button",
            class: "link",
            click: () => {
              app.store.update(() => ({ page: pageOf(element), selection: [element.key] }));
              part("canvas", SVGSVGElement).focus();
            },
          },
          make("strong", {}, app.label(element)),
          make("br"),
          message,
        ),
      ),
    ),
  );
  const known = new Set(app.state.layout.elements.map((_, index) => `${index}`));
  const others = app.state.problems.filter(({ pointer }) => !known.has(pointer.split("/")[1] ?? ""));
  const ofAll = [...others, ...app.view.warnings].map(({ message }) => make("li", {}, message));
  part("problem-list", HTMLElement).replaceChildren(...ofElements, ...ofAll);
  part("problems", HTMLElement).hidden = !(ofElements.length + ofAll.length);
}

/** @param {App} app */
function listenToTickets(app) {
  const select = part("ticket", HTMLSelectElement);
  const search = part("ticket-search", HTMLInputElement);
  select.addEventListener("change", () => {
    if (select.value !== "real") return show(app, select.value === "longest" ? "longest" : "sample");
    search.value = "";
    void ask("ticket").then(() => app.look({})); // the choice shows again what it is
  });
  const look = () => void find(app, search.value.trim());
  part("ticket-show", HTMLElement).addEventListener("click", look);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // else the dialog's other button is pressed
    look();
  });
  app.drawWith(() => {
    if (!part('dialog="ticket"', HTMLDialogElement).open)
      select.value = typeof app.state.ticket === "string" ? app.state.ticket : "real";
  });
}

/**
 * @param {App} app
 * @param {string} search
 */
async function find(app, search) {
  const ticket = { search };
  const told = part("ticket-problem", HTMLElement);
  const answer = await send(app.data.urls.picture, {
    elements: [],
    background: null,
    ticket,
    page: 1,
    dpi: 20,
    hidden: [],
  });
  const isFound = Boolean(answer.body.picture); // though something may keep it from being printed
  told.textContent = isFound ? "" : reason(answer, word);
  if (!isFound) return;
  part('dialog="ticket"', HTMLDialogElement).close();
  show(app, ticket);
}

/**
 * @param {App} app
 * @param {TicketChoice} ticket
 */
function show(app, ticket) {
  app.store.update(() => ({ ticket }));
}
