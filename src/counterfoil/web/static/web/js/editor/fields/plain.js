// @ts-check
/** Fields of one control: numbers, flags, choices, fonts and languages. */

import { icon, make, set, word } from "../dom.js";
import { toNumber } from "../numbers.js";
import { MIXED, shared } from "./field.js";

/** @typedef {import("./field.js").Build} Build */

/** @type {Build} */
export function number({ attribute, id, change, refuse }) {
  const { minimum, maximum, above, required } = attribute;
  /** @type {unknown} */
  let shown = NaN;
  const input = make("input", {
    id,
    type: "number",
    step: "any",
    min: minimum ?? above,
    max: maximum,
    autocomplete: "off",
  });
  const text = () => (shown === MIXED || shown == null ? "" : String(toNumber(shown)));
  input.addEventListener("input", () => {
    if (input.value === "" && !input.validity.badInput && !required) return change(undefined);
    const value = input.valueAsNumber;
    const isPossible =
      Number.isFinite(value) &&
      !(value <= Number(above)) &&
      !(value < Number(minimum)) &&
      !(value > Number(maximum));
    refuse(isPossible ? "" : word(Number.isFinite(value) ? "out-of-range" : "not-a-number"));
    if (isPossible) change(value);
  });
  input.addEventListener("blur", () => {
    refuse("");
    input.value = text();
  });
  return {
    node: input,
    show(values) {
      const value = shared(values);
      if (value === shown) return;
      shown = value;
      set(input, {
        placeholder:
          value === MIXED ? word("mixed") : attribute.default == null ? null : String(attribute.default),
      });
      const isTyped = document.activeElement === input && input.valueAsNumber === toNumber(value, NaN);
      if (!isTyped) input.value = text();
    },
  };
}

/** @type {Build} */
export function flag({ attribute, id, change }) {
  const input = make("input", { id, type: "checkbox", change: () => change(input.checked) });
  return {
    node: input,
    show(values) {
      const value = shared(values);
      input.indeterminate = value === MIXED;
      input.checked = value === MIXED ? false : Boolean(value ?? attribute.default);
    },
  };
}

/** @type {Build} */
export function choice({ attribute, id, change }) {
  const options = attribute.options ?? [];
  const usual = options.find(({ value }) => value === attribute.default)?.label;
  const absent = attribute.required
    ? []
    : [{ value: "", label: usual ? word("usual", { label: usual }) : word("default") }];
  const isIcons = options.length > 1 && options.every(({ value }) => iconOf(attribute.name, value));
  if (isIcons) return icons(attribute, id, change);
  return select(id, [...absent, ...options], (value) => change(value === "" ? undefined : value));
}

const ICONS = /** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */ ({
  align: { left: "align-left", center: "align-center", right: "align-right", justify: "align-justify" },
  verticalalign: {
    top: "align-start-horizontal",
    middle: "align-center-horizontal",
    bottom: "align-end-horizontal",
  },
});

/**
 * @param {string} name
 * @param {string} value
 */
function iconOf(name, value) {
  return ICONS[name]?.[value];
}

/**
 * One button for each option.
 * @param {import("../types.js").Attribute} attribute
 * @param {string} id
 * @param {(value: unknown) => void} change
 * @returns {import("./field.js").Field}
 */
function icons({ name, label, options = [], default: usual }, id, change) {
  const buttons = options.map((option) =>
    make(
      "button",
      {
        type: "button",
        class: "button small",
        "data-value": option.value,
        "aria-label": option.label,
        title: option.label,
        click: () => change(option.value),
      },
      icon(iconOf(name, option.value) ?? ""),
    ),
  );
  return {
    node: make("div", { id, role: "group", "aria-label": label, class: "editor-icons" }, ...buttons),
    show(values) {
      const value = shared(values) ?? usual;
      for (const button of buttons)
        set(button, { "aria-pressed": String(button.getAttribute("data-value") === value) });
    },
  };
}

/** @type {Build} */
export function locale({ app, id, change }) {
  const languages = app.data.languages.map(({ code, label }) => ({ value: code, label }));
  return select(id, [{ value: "", label: word("ticket-language") }, ...languages], change);
}

/**
 * A family, and which faces there are of it: what is missing prints in Open Sans.
 * @type {Build}
 */
export function fontfamily({ app, id, change }) {
  const used = new Set(app.state.layout.elements.map(({ data }) => data.fontfamily));
  const isFirst = (/** @type {import("../types.js").Font} */ { family, isChosen }) =>
    isChosen || used.has(family);
  const named = (/** @type {import("../types.js").Font} */ { family }) => ({ value: family, label: family });
  const [first, others] = [true, false].map((is) =>
    app.data.fonts.filter((each) => isFirst(each) === is).map(named),
  );
  const { node, show } = select(id, first ?? [], change, (value) => word("not-here", { family: value }));
  if (others?.length)
    node.append(
      make(
        "optgroup",
        { label: word("other-fonts") },
        ...others.map(({ value, label }) => make("option", { value }, label)),
      ),
    );
  const faces = make("small", {});
  return {
    node: make("div", {}, node, faces),
    show(values) {
      show(values);
      const font = app.data.fonts.find(({ family }) => family === node.value);
      const names = font?.faces.map(({ bold, italic }) =>
        word(`face-${bold ? "bold" : ""}${italic ? "italic" : ""}`),
      );
      faces.textContent = names?.join(", ") ?? "";
    },
  };
}

/**
 * @param {string} id
 * @param {readonly import("../types.js").Option[]} options
 * @param {(value: string) => void} change
 * @param {(value: string) => string} [unknown] how a value is called that is no option
 */
export function select(id, options, change, unknown = String) {
  const control = make("select", { id, change: () => change(control.value) });
  for (const { value, label } of options) control.append(make("option", { value }, label));
  return {
    node: control,
    /** @param {readonly unknown[]} values */
    show(values) {
      const value = shared(values) ?? "";
      const text = value === MIXED ? "\0" : String(value);
      control.querySelector("[data-foreign]")?.remove();
      if (![...control.options].some((option) => option.value === text)) {
        const label = value === MIXED ? word("mixed") : unknown(text);
        control.prepend(
          make("option", { value: text, "data-foreign": true, disabled: value === MIXED }, label),
        );
      }
      control.value = text;
    },
  };
}
