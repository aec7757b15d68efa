// @ts-check
/** A colour, picked or written; where an element may go without, also none. */

import { make, word } from "../dom.js";
import { MIXED, shared } from "./field.js";

/** @type {import("./field.js").Build} */
export function colour({ attribute, id, change, refuse }) {
  const pick = make("input", { id, type: "color", input: () => change(parts(pick.value)) });
  const hex = make("input", {
    "aria-label": word("colour-of", { label: attribute.label }),
    maxlength: 7,
    spellcheck: "false",
    autocomplete: "off",
  });
  const none = make("input", {
    type: "checkbox",
    change: () => change(none.checked ? null : parts(pick.value)),
  });
  hex.addEventListener("input", () => {
    const isColour = /^#[0-9a-f]{6}$/i.test(hex.value);
    refuse(isColour ? "" : word("not-a-colour"));
    if (isColour) change(parts(hex.value));
  });
  const without = attribute.nullable
    ? [make("label", { class: "editor-inline" }, none, word("no-colour"))]
    : [];
  return {
    node: make("div", { class: "editor-colour" }, pick, hex, ...without),
    show(values) {
      const value = shared(values);
      const known = value === undefined ? attribute.default : value;
      none.checked = known === null;
      const text = Array.isArray(known) ? written(known) : "";
      if (text) pick.value = text;
      hex.placeholder = value === MIXED ? word("mixed") : "";
      if (hex.value.toLowerCase() !== text) hex.value = text;
    },
  };
}

/** @param {string} hex */
function parts(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** @param {readonly unknown[]} colour */
function written(colour) {
  return `#${colour
    .slice(0, 3)
    .map((each) => Math.round(Number(each)).toString(16).padStart(2, "0"))
    .join("")}`;
}
