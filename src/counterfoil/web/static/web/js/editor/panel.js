// @ts-check
/** The form for what is chosen, made from the engine's description of its kinds of element. */

import { whenChanged } from "./app.js";
import { make, part, set, word } from "./dom.js";
import { problemsOf } from "./elements.js";
import { colour } from "./fields/colour.js";
import { choice, flag, fontfamily, locale, number } from "./fields/plain.js";
import { condition, text, translations, variable } from "./fields/texts.js";
import { replaceData } from "./layout.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.js").Attribute} Attribute
 * @typedef {{ attribute: Attribute, row: HTMLElement, problem: HTMLElement, show: (values: readonly unknown[]) => void }} Row
 */

/** @type {Record<string, import("./fields/field.js").Build>} */
const FIELDS = { colour, choice, flag, fontfamily, locale, condition, text, translations, variable };
const GROUPS = [
  { name: "place", holds: ["left", "bottom", "width", "height", "size", "rotation", "page"] },
  { name: "content", holds: ["content", "text", "text_i18n", "locale"] },
  { name: "look", holds: null },
  { name: "more", holds: ["condition"] },
];
/** Attributes that matter only for one content. */
const OF_CONTENT = /** @type {Record<string, string>} */ ({ text: "other", text_i18n: "other_i18n" });

/** @param {App} app */
export function showPanel(app) {
  const form = part("element-panel", HTMLFormElement);
  form.addEventListener("submit", (event) => event.preventDefault());
  let built = "";
  /** @type {Row[]} */
  let rows = [];
  app.drawWith(
    whenChanged(
      () => [app.state.layout, app.state.selection, app.state.problems, app.state.extents],
      () => {
        const { selected } = app;
        const types = [...new Set(selected.map(({ data }) => data.type))].sort().join();
        form.hidden = !selected.length;
        part("layout-panel", HTMLElement).hidden = !form.hidden;
        if (types !== built) rows = build(app, form);
        built = types;
        fillHead(app, form);
        for (const row of rows) fillRow(app, row);
      },
    ),
  );
}

/**
 * @param {App} app
 * @param {HTMLFormElement} form
 * @returns {Row[]}
 */
function build(app, form) {
  const rows = common(app).map((attribute) => makeRow(app, attribute));
  const named = new Set(GROUPS.flatMap(({ holds }) => holds ?? []));
  const groups = GROUPS.map(({ name, holds }) => {
    const own = holds
      ? holds.flatMap((wanted) => rows.filter(({ attribute }) => attribute.name === wanted))
      : rows.filter(({ attribute }) => !named.has(attribute.name));
    return own.length
      ? [
          make(
            "fieldset",
            { class: `editor-group ${name}` },
            make("legend", {}, word(`group-${name}`)),
            ...own.map(({ row }) => row),
          ),
        ]
      : [];
  });
  form.replaceChildren(make("div", { "data-panel-head": true }), ...groups.flat());
  return rows;
}

/**
 * @param {App} app
 * @returns {readonly Attribute[]} those that all chosen elements have
 */
function common(app) {
  const types = new Set(app.selected.map(({ data }) => data.type));
  const [first, ...others] = [...types].map(
    (type) => app.data.descriptions.find((each) => each.type === type)?.attributes ?? [],
  );
  return (first ?? []).filter(({ name, kind }) =>
    others.every((each) => each.some((other) => other.name === name && other.kind === kind)),
  );
}

/**
 * @param {App} app
 * @param {Attribute} attribute
 * @returns {Row}
 */
function makeRow(app, attribute) {
  const { name, kind, label, unit, help, ours } = attribute;
  const id = `attribute-${name}`;
  const problem = make("p", { class: "errorlist", id: `${id}-problem` });
  const change = (/** @type {unknown} */ value) => {
    const made = (/** @type {unknown} */ old) => (typeof value === "function" ? value(old) : value);
    const { selected } = app;
    if (app.data.writable)
      app.store.edit(
        (layout) =>
          selected.reduce(
            (done, { key, data }) => replaceData(done, key, { [name]: made(data[name]) }),
            layout,
          ),
        name,
      );
  };
  const refuse = (/** @type {string} */ text) => void (problem.textContent = text);
  const { node, show } = (FIELDS[kind] ?? number)({ app, attribute, id, change, refuse });
  const control = node.id === id ? node : (node.querySelector(`#${id}`) ?? node);
  set(control, { "aria-describedby": `${id}-help ${id}-problem` });
  const row = make(
    "div",
    { class: `field ${kind}`, "data-attribute": name },
    make(
      "label",
      { for: id },
      unit ? `${label}, ${unit}` : label,
      ...(ours ? [" ", make("span", { class: "badge", title: word("ours-told") }, word("ours"))] : []),
    ),
    node,
    problem,
    make("p", { class: "help", id: `${id}-help` }, help),
  );
  return { attribute, row, problem, show };
}

/**
 * @param {App} app
 * @param {HTMLFormElement} form
 */
function fillHead(app, form) {
  const { selected } = app;
  const [first] = selected;
  const head = form.querySelector("[data-panel-head]");
  if (!first || !head) return;
  const about = app.data.descriptions.find(({ type }) => type === first.data.type);
  const title = selected.length > 1 ? word("elements", { count: selected.length }) : app.label(first);
  const told = selected.length > 1 ? "" : app.isKnown(first) ? (about?.about ?? "") : word("unknown-told");
  const remarks = selected.length > 1 ? [] : app.remarks(first.key);
  head.replaceChildren(
    make("h2", {}, title),
    ...(about?.ours && selected.length === 1
      ? [make("p", { class: "badge", title: word("ours-told") }, word("ours"))]
      : []),
    make("p", { class: "help" }, told),
    ...(remarks.length
      ? [
          make(
            "ul",
            { class: "editor-problems" },
            ...remarks.map(({ severity, message }) => make("li", { class: severity }, message)),
          ),
        ]
      : []),
  );
}

/**
 * @param {App} app
 * @param {Row} row
 */
function fillRow(app, { attribute, row, problem, show }) {
  const { selected } = app;
  const content = OF_CONTENT[attribute.name];
  row.hidden = content !== undefined && !selected.some(({ data }) => data.content === content);
  const absent = selected.length > 1 ? attribute.default : undefined;
  show(selected.map(({ data }) => (Object.hasOwn(data, attribute.name) ? data[attribute.name] : absent)));
  const control = row.querySelector(`#attribute-${attribute.name}`);
  const said = selected
    .flatMap(({ key }) => problemsOf(app.state, key))
    .find((each) => each.attribute === attribute.name);
  if (said) problem.textContent = said.message;
  else if (document.activeElement !== control) problem.textContent = "";
  if (control) set(control, { "aria-invalid": problem.textContent ? "true" : null });
}
