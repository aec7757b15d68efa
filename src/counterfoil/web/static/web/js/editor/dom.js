// @ts-check
/** Finds and makes parts of the page. All words stand in the page's template, where they are translated. */

/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Attributes */

const SVG = "http://www.w3.org/2000/svg";
/** @type {Map<string, string>} */
const words = new Map();

/**
 * Find the part that carries a hook such as `data-canvas`.
 * @template {Element} T
 * @param {string} hook
 * @param {abstract new (...given: any[]) => T} kind
 * @returns {T}
 */
export function part(hook, kind) {
  const found = document.querySelector(`[data-${hook}]`);
  if (found instanceof kind) return found;
  throw new Error(`The page has no ${kind.name} data-${hook}.`);
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} attributes functions listen to the event of that name
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  set(made, attributes);
  made.append(...children);
  return made;
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function draw(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  set(made, attributes);
  made.append(...children);
  return made;
}

/**
 * @param {Element} node
 * @param {Attributes} attributes false, null and undefined take one away
 */
export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === false || value == null) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const href = `${part("editor", HTMLElement).dataset.icons}#${name}`;
  return draw("svg", { class: "icon", "aria-hidden": "true" }, draw("use", { href }));
}

/**
 * Say something in the page's language. With a count, in the form for one or for others.
 * @param {string} name
 * @param {Readonly<Record<string, string | number>>} values
 * @returns {string}
 */
export function word(name, values = {}) {
  if (!words.size) {
    for (const each of part("words", HTMLTemplateElement).content.querySelectorAll("p")) {
      words.set(each.dataset.word ?? "", each.textContent ?? "");
    }
  }
  const form = "count" in values ? `${name}-${values.count === 1 ? "one" : "other"}` : name;
  return (words.get(form) ?? form).replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
}

/**
 * Open a dialog of the page and wait for the button that closes it.
 * @param {string} name
 * @returns {Promise<string>} the button's value; empty after Escape
 */
export function ask(name) {
  const dialog = part(`dialog="${name}"`, HTMLDialogElement);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}
