// @ts-check
/** All elements as a list, the topmost first: for the keyboard, for screen readers, for what is small. */

import { whenChanged } from "./app.js";
import { choose, flip } from "./choosing.js";
import { icon, make, part, word } from "./dom.js";
import { pageOf } from "./geometry.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.js").Element} Element
 */

const ICONS = /** @type {Record<string, string>} */ ({
  textcontainer: "type",
  textarea: "type",
  barcodearea: "qr-code",
  imagearea: "image",
  poweredby: "ticket",
  line: "minus",
  rectangle: "square",
  ellipse: "circle",
});

/** @param {App} app */
export function showElementList(app) {
  const list = part("element-list", HTMLElement);
  app.drawWith(
    whenChanged(
      () => [
        ...Object.values(app.state).filter((each) => typeof each === "object" && each !== app.state.pan),
        app.state.page,
      ],
      () => fill(app, list),
    ),
  );
  list.addEventListener("click", (event) => press(app, event));
  list.addEventListener("keydown", (event) => type(app, list, event));
}

/**
 * @param {App} app
 * @param {HTMLElement} list
 */
function fill(app, list) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const at = focused && {
    key: focused.closest("[data-key]")?.getAttribute("data-key"),
    toggle: focused.getAttribute("data-toggle"),
  };
  const elements = app.state.layout.elements.filter((each) => pageOf(each) === app.state.page).reverse();
  const current = app.state.selection[0] ?? elements[0]?.key;
  const rows = elements.map((each) => row(app, each, each.key === current));
  // What is being pressed must not be replaced under the pointer by the same once more.
  if (
    rows.length &&
    rows.every((each, index) => list.children[index]?.isEqualNode(each)) &&
    rows.length === list.children.length
  )
    return;
  list.replaceChildren(...rows);
  list.hidden = !elements.length;
  const isBuiltIn = !app.state.layout.elements.length;
  part("built-in", HTMLElement).hidden = !isBuiltIn;
  part("no-elements", HTMLElement).hidden = isBuiltIn || !list.hidden;
  if (at) {
    const own = list.querySelector(`[data-key="${at.key}"]`) ?? list.querySelector("[tabindex='0']");
    const wanted = at.toggle ? own?.querySelector(`[data-toggle="${at.toggle}"]`) : own;
    if (wanted instanceof HTMLElement) wanted.focus();
  }
}

/**
 * @param {App} app
 * @param {Element} element
 * @param {boolean} isCurrent
 */
function row(app, element, isCurrent) {
  const { selection, hidden } = app.state;
  const { key, data } = element;
  const label = app.label(element);
  const count = app.remarks(key).length;
  const remarks = count
    ? [
        make(
          "span",
          { class: "badge warn" },
          icon("triangle-alert"),
          make("span", { class: "visually-hidden" }, word("remarks", { count })),
        ),
      ]
    : [];
  const toggle = (/** @type {string} */ name, /** @type {boolean} */ isOn, /** @type {string} */ shape) =>
    make(
      "span",
      { role: "gridcell" },
      make(
        "button",
        {
          type: "button",
          class: "link",
          tabindex: -1,
          "data-toggle": name,
          "aria-pressed": String(isOn),
          "aria-label": word(name, { label }),
          title: word(name, { label }),
        },
        icon(shape),
      ),
    );
  return make(
    "div",
    {
      role: "row",
      "data-key": key,
      tabindex: isCurrent ? 0 : -1,
      "aria-selected": String(selection.includes(key)),
      class: hidden.includes(key) && "away",
    },
    make(
      "span",
      { role: "gridcell", class: "editor-name" },
      icon(ICONS[data.type] ?? "info"),
      make("span", {}, label),
      ...remarks,
    ),
    toggle("lock", app.isLocked(element), app.isLocked(element) ? "lock" : "lock-open"),
    toggle("hide", hidden.includes(key), hidden.includes(key) ? "eye-off" : "eye"),
  );
}

/**
 * @param {App} app
 * @param {MouseEvent} event
 */
function press(app, event) {
  const target = event.target instanceof Element ? event.target : null;
  const key = target?.closest("[data-key]")?.getAttribute("data-key");
  const name = target?.closest("[data-toggle]")?.getAttribute("data-toggle");
  if (!key) return;
  if (name) flip(app, name === "lock" ? "locked" : "hidden", [key]);
  else {
    choose(app, key, event.shiftKey || event.ctrlKey || event.metaKey);
    takeToCanvas(app);
  }
}

/**
 * Have the arrow keys move what was chosen.
 * @param {App} app
 */
function takeToCanvas(app) {
  part("canvas", SVGSVGElement).focus({ preventScroll: true });
  const [element] = app.selected;
  if (element) app.tell(word("selected", { label: app.label(element), count: app.selected.length }));
}

/**
 * @param {App} app
 * @param {HTMLElement} list
 * @param {KeyboardEvent} event
 */
function type(app, list, event) {
  const target = event.target instanceof HTMLElement ? event.target : list;
  const own = target.closest("[data-key]");
  const rows = [...list.children];
  const step = { ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length }[event.key];
  const cells = [own, ...(own?.querySelectorAll("button") ?? [])];
  const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (event.altKey || event.ctrlKey || event.metaKey || !own) return;
  if (step) {
    const next = rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(own) + step))];
    if (next instanceof HTMLElement) {
      next.focus();
      choose(app, next.dataset.key ?? "", event.shiftKey, true);
    }
  } else if (side) {
    const cell = cells[cells.indexOf(target) + side];
    if (cell instanceof HTMLElement) cell.focus();
  } else if ((event.key === " " || event.key === "Enter") && target === own) {
    choose(app, own.getAttribute("data-key") ?? "", event.key === " ");
    if (event.key === "Enter") takeToCanvas(app);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
