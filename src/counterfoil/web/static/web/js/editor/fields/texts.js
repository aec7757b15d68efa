// @ts-check
/** Fields for what an element says: a variable, own text, own texts by language, and when. */

import { icon, make, set, word } from "../dom.js";
import { replaceData } from "../layout.js";
import { uploadPicture } from "../pictures.js";
import { Combobox } from "./combobox.js";
import { fill, MIXED, shared } from "./field.js";
import { select } from "./plain.js";

/** Names of properties, which need not be there yet. */
const PROPERTY = /^(meta|itemmeta|data):\S/;

/**
 * @typedef {import("./field.js").Build} Build
 * @typedef {import("./field.js").Wanted} Wanted
 */

/** @type {Build} */
export function variable({ app, id, change }) {
  const isPicture = app.selected.every(({ data }) => data.type === "imagearea");
  const own = [
    { value: "other", label: word("own-text"), sample: word("own-text-sample") },
    { value: "other_i18n", label: word("own-texts"), sample: word("own-text-sample") },
  ];
  if (isPicture) return picture({ app, id, change });
  const options = [...own, ...matches(app)];
  // What is no variable is the element's own text.
  const pick = (/** @type {string} */ value) => {
    const isName = PROPERTY.test(value) || options.some((option) => option.value === value);
    if (isName || !value.trim()) change(value);
    else writeOwnText(app, value);
  };
  const combo = new Combobox(id, { options, pick, isFree: true });
  return {
    node: combo.node,
    show(values) {
      const value = shared(values) ?? (app.selected[0]?.data.type === "barcodearea" ? "secret" : "");
      combo.show(
        value === MIXED
          ? word("mixed")
          : (options.find((option) => option.value === value)?.label ?? String(value)),
      );
    },
  };
}

/**
 * A picture of the event, or one that each ticket has of its own.
 * @param {Pick<Wanted, "app" | "id" | "change">} wanted
 * @returns {import("./field.js").Field}
 */
function picture({ app, id, change }) {
  const problem = make("p", { class: "errorlist", role: "alert" });
  const chooser = make("select", { id, change: () => change(chooser.value) });
  const file = make("input", {
    type: "file",
    class: "visually-hidden",
    id: `${id}-file`,
    accept: ".png,.jpg,.jpeg,image/png,image/jpeg",
  });
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (!chosen || !app.data.writable) return;
    const done = await uploadPicture(app, chosen);
    file.value = "";
    problem.textContent = typeof done === "string" ? done : "";
    if (typeof done !== "string") change(done.content);
  });
  return {
    node: make(
      "div",
      {},
      chooser,
      file,
      make("label", { class: "button small", for: file.id }, icon("upload"), word("picture-choose")),
      problem,
    ),
    show(values) {
      const value = shared(values) ?? "";
      const none = value === MIXED ? word("mixed") : value || word("no-picture");
      const options = matches(app, "image");
      const isKnown = options.some((option) => option.value === value);
      chooser.replaceChildren(
        ...(isKnown ? [] : [make("option", { value: value === MIXED ? "" : value }, none)]),
        ...options.map((option) => make("option", { value: option.value }, option.label)),
      );
      chooser.value = value === MIXED ? "" : value;
    },
  };
}

/**
 * @param {Wanted["app"]} app
 * @param {string} text
 */
function writeOwnText(app, text) {
  const { selected } = app;
  app.store.edit(
    (layout) =>
      selected.reduce((done, { key }) => replaceData(done, key, { content: "other", text }), layout),
    "content",
  );
}

/** @type {Build} */
export function text({ app, id, change }) {
  const area = make("textarea", { id, rows: 3, input: () => change(area.value) });
  return {
    node: make(
      "div",
      {},
      area,
      inserter(app, `${id}-insert`, () => area),
    ),
    show(values) {
      fillText(area, values);
    },
  };
}

/** @type {Build} */
export function translations({ app, id, change }) {
  const areas = app.data.languages.map(({ code, label }, index) => {
    const own = index ? `${id}-${code}` : id;
    const area = make("textarea", {
      id: own,
      rows: 2,
      lang: code,
      "aria-label": label,
      input: () => change((/** @type {object} */ own) => ({ ...own, [code]: area.value })),
    });
    return { code, label, area };
  });
  let last = areas[0]?.area;
  const rows = areas.map(({ label, area }) =>
    make(
      "div",
      { class: "editor-language", focusin: () => (last = area) },
      make("span", { "aria-hidden": "true" }, label),
      area,
    ),
  );
  return {
    node: make(
      "div",
      {},
      ...rows,
      inserter(app, `${id}-insert`, () => last),
    ),
    show(values) {
      const all = /** @type {(Record<string, string> | undefined)[]} */ (values);
      for (const { code, area } of areas) {
        fillText(
          area,
          all.map((texts) => texts?.[code] ?? ""),
        );
      }
    },
  };
}

/**
 * @param {HTMLTextAreaElement} area
 * @param {readonly unknown[]} values
 */
function fillText(area, values) {
  const value = shared(values);
  set(area, { placeholder: value === MIXED ? word("mixed") : null });
  fill(area, value === MIXED ? "" : (value ?? ""));
}

/** @type {Build} */
export function condition({ app, id, change }) {
  /** @type {Record<string, any>} */
  let now = {};
  const kinds = ["is", "is_not", "empty", "filled"].map((value) => ({ value, label: word(`test-${value}`) }));
  const send = (/** @type {string} */ test) => {
    const { variable = "item", is, is_not: isNot } = now;
    const values = is ?? isNot ?? "";
    if (!test) change(undefined);
    else if (test === "empty" || test === "filled") change({ variable, empty: test === "empty" });
    else change({ variable, [test]: values });
  };
  const test = select(id, [{ value: "", label: word("always") }, ...kinds], send);
  const about = new Combobox(`${id}-variable`, {
    options: matches(app),
    isFree: true,
    pick: (variable) => change({ ...now, variable }),
  });
  set(about.node.querySelector("input") ?? about.node, { "aria-label": word("variable") });
  const area = make("textarea", {
    rows: 2,
    "aria-label": word("values"),
    placeholder: word("values"),
    input: () => {
      const lines = area.value.split("\n");
      change({
        variable: now.variable,
        [now.is === undefined ? "is_not" : "is"]:
          lines.length > 1 ? lines.filter((line) => line.trim()) : area.value,
      });
    },
  });
  return {
    node: make("div", { class: "editor-condition" }, test.node, about.node, area),
    show(values) {
      const value = shared(values) ?? null;
      now = value === MIXED ? {} : (value ?? {});
      const name = Object.keys(now).find((key) => key !== "variable") ?? "";
      test.show([value === MIXED ? MIXED : name === "empty" && now.empty === false ? "filled" : name]);
      about.node.hidden = !name;
      area.hidden = name !== "is" && name !== "is_not";
      about.show(matches(app).find((option) => option.value === now.variable)?.label ?? now.variable ?? "");
      const texts = now.is ?? now.is_not ?? "";
      if (document.activeElement !== area)
        fill(area, Array.isArray(texts) ? texts.join("\n") : String(texts));
    },
  };
}

/**
 * Offer variables that are put into a text where its caret is.
 * @param {Wanted["app"]} app
 * @param {string} id
 * @param {() => HTMLTextAreaElement | undefined} into
 */
function inserter(app, id, into) {
  return new Combobox(id, {
    options: matches(app),
    name: word("insert"),
    pick: (key) => {
      const area = into();
      area?.setRangeText(`{${key}}`, area.selectionStart, area.selectionEnd, "end");
      area?.dispatchEvent(new Event("input"));
      area?.focus();
    },
  }).node;
}

/**
 * @param {Wanted["app"]} app
 * @param {string} wanted
 */
function matches(app, wanted = "text") {
  return app.data.variables
    .filter(({ kind }) => kind === wanted)
    .map(({ key, label, sample }) => ({ value: key, label, sample }));
}
