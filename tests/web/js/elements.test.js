// @ts-check
import assert from "node:assert/strict";
import test from "node:test";

import { CODE, TEXT, layoutOf } from "./editor.js";
import { boxOf } from "../../../src/counterfoil/web/static/web/js/editor/geometry.js";
import {
  labelOf,
  newElement,
  problemsOf,
} from "../../../src/counterfoil/web/static/web/js/editor/elements.js";

/** @typedef {import("../../../src/counterfoil/web/static/web/js/editor/types.js").Attribute} Attribute */

/**
 * @param {string} name
 * @param {string} kind
 * @param {Partial<Attribute>} more
 * @returns {Attribute}
 */
const attribute = (name, kind, more = {}) => ({
  name,
  kind,
  label: name,
  help: "",
  required: true,
  ours: false,
  ...more,
});

const PLACE = [attribute("left", "length"), attribute("bottom", "length")];
const TEXT_BOX = {
  type: "textcontainer",
  label: "Text box",
  about: "",
  ours: false,
  attributes: [
    ...PLACE,
    attribute("width", "length"),
    attribute("height", "length"),
    attribute("content", "variable"),
    attribute("color", "colour"),
    attribute("bold", "flag"),
    attribute("fontfamily", "fontfamily"),
    attribute("align", "choice", { options: [{ value: "left", label: "Left" }] }),
    attribute("locale", "locale", { required: false, default: "" }),
  ],
};
const PICTURE = {
  type: "imagearea",
  label: "Picture",
  about: "",
  ours: false,
  attributes: [...PLACE, attribute("content", "variable")],
};
const MARK = {
  type: "poweredby",
  label: "Mark",
  about: "",
  ours: false,
  attributes: [
    ...PLACE,
    attribute("content", "choice", { options: [{ value: "dark", label: "Dark" }] }),
  ],
};
const VARIABLES = /** @type {const} */ ([
  { key: "event_name", label: "Event", kind: "text", sample: "" },
  { key: "secret", label: "Secret", kind: "text", sample: "" },
  { key: "question_photo", label: "Photo", kind: "image", sample: "" },
]);
const KNOWN = { descriptions: [TEXT_BOX, PICTURE, MARK], variables: VARIABLES };

test("a new element has what its kind requires, its middle where it was wanted", () => {
  const data = newElement(TEXT_BOX, { x: 100, y: 50 }, 2);

  const { left, bottom, width, height } = boxOf({ key: "", data });
  assert.deepEqual([left + width / 2, bottom + height / 2], [100, 50]);
  assert.equal(data.left, "60.00");
  assert.deepEqual(
    [data.page, data.align, data.bold, data.fontfamily],
    [2, "left", false, "Open Sans"],
  );
  assert.equal("locale" in data, false);
});

test("a kind that the editor does not know starts from its description alone", () => {
  const data = newElement({ ...TEXT_BOX, type: "hologram" }, { x: 0, y: 0 }, 1);

  assert.deepEqual(
    [data.type, data.width, data.content, data.left],
    ["hologram", "20.00", "", "-10.00"],
  );
});

test("a new picture shows the first variable that is one", () => {
  assert.equal(newElement(PICTURE, { x: 0, y: 0 }, 1, VARIABLES).content, "question_photo");
  assert.equal(newElement(PICTURE, { x: 0, y: 0 }, 1).content, "");
});

for (const [data, label] of /** @type {const} */ ([
  [TEXT, "Text box: Event"],
  [{ ...TEXT, content: "other", text: "Row 3\nSeat 4" }, "Text box: Row 3"],
  [{ ...TEXT, content: "other", text: 3 }, "Text box"],
  [{ ...TEXT, content: "other_i18n", text_i18n: { de: "", en: "Welcome" } }, "Text box: Welcome"],
  [{ ...TEXT, content: "meta:Hall" }, "Text box: meta:Hall"],
  [{ type: "poweredby", content: "dark" }, "Mark"],
  [{ type: "hologram", content: "x" }, "hologram"],
])) {
  test(`an element is called “${label}”`, () => {
    assert.equal(labelOf({ key: "", data }, KNOWN), label);
  });
}

test("problems are told at the element whose place their pointer names", () => {
  const layout = layoutOf(TEXT, CODE);
  const keys = layout.elements.map(({ key }) => key);
  const problems = [
    { pointer: "/1/size", message: "must be greater than 0" },
    { pointer: "/0", message: "odd" },
    { pointer: "", message: "of all" },
    { pointer: "/1/color/3", message: "a number" },
  ];

  assert.deepEqual(problemsOf({ layout, problems }, String(keys[1])), [
    { attribute: "size", message: "must be greater than 0" },
    { attribute: "color", message: "a number" },
  ]);
  assert.deepEqual(problemsOf({ layout, problems }, String(keys[0])), [
    { attribute: "", message: "odd" },
  ]);
});
