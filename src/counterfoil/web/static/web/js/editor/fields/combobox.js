// @ts-check
/** A text field that finds one of many options by any part of its name. */

import { make, set, word } from "../dom.js";

/**
 * @typedef {{ readonly value: string, readonly label: string, readonly sample?: string }} Match
 * @param {string} id
 * @param {object} given
 * @param {readonly Match[]} given.options
 * @param {(value: string) => void} given.pick
 * @param {string} [given.name] if no label belongs to it
 * @param {boolean} [given.isFree] whether anything may be typed
 */
export function combobox(id, { options, pick, name, isFree = false }) {
  const list = make("ul", {
    id: `${id}-list`,
    role: "listbox",
    class: "combo-list",
    hidden: true,
    "aria-label": name ?? word("variable"),
  });
  const input = make("input", {
    id,
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: name,
    "aria-label": name,
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
  });
  const said = make("span", { class: "visually-hidden", role: "status" });
  let [shown, at] = ["", -1];
  /** @type {Match[]} */
  let found = [];
  const close = () => {
    list.hidden = true;
    at = -1;
    set(input, { "aria-expanded": "false", "aria-activedescendant": null });
    input.value = shown;
  };
  const take = (/** @type {Match | undefined} */ match) => {
    if (match) shown = name ? "" : match.label;
    close();
    if (match) pick(match.value);
  };
  const point = (/** @type {number} */ to) => {
    at = (to + found.length) % found.length;
    for (const [index, item] of [...list.children].entries())
      set(item, { "aria-selected": String(index === at) });
    set(input, { "aria-activedescendant": `${id}-${at}` });
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const open = (/** @type {string} */ text) => {
    const typed = text.trim().toLowerCase();
    found = options.filter(({ value, label, sample }) =>
      `${value} ${label} ${sample}`.toLowerCase().includes(typed),
    );
    if (isFree && typed && !found.some(({ value }) => value === typed))
      found.push({ value: text.trim(), label: text.trim(), sample: word("use-typed") });
    list.replaceChildren(
      ...found.map(({ label, sample }, index) =>
        make(
          "li",
          {
            id: `${id}-${index}`,
            role: "option",
            "aria-selected": "false",
            pointerdown: (event) => {
              event.preventDefault();
              take(found[index]);
            },
          },
          label,
          make("small", {}, sample ?? ""),
        ),
      ),
    );
    said.textContent = found.length ? word("matches", { count: found.length }) : word("no-matches");
    list.hidden = !found.length;
    at = -1;
    set(input, { "aria-expanded": String(!list.hidden), "aria-activedescendant": null });
    if (typed && found.length) point(0);
  };
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => list.hidden && open(""));
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.hidden) open("");
    else if (step) point(at < 0 && step < 0 ? -1 : at + step);
    else if (event.key === "Enter" && !list.hidden) take(found[at]);
    else if (event.key === "Escape" && !list.hidden) close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    node: make("div", { class: "combo" }, input, list, said),
    /** @param {string} text */
    show(text) {
      shown = text;
      if (list.hidden) input.value = text;
    },
  };
}
