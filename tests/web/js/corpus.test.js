// @ts-check
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

import { fromText, toText } from "../../../src/counterfoil/web/static/web/js/editor/clipboard.js";
import { boxOf } from "../../../src/counterfoil/web/static/web/js/editor/geometry.js";
import {
  fromStored,
  move,
  resize,
  toStored,
} from "../../../src/counterfoil/web/static/web/js/editor/layout.js";

/** @typedef {import("../../../src/counterfoil/web/static/web/js/editor/types.js").Layout} Layout */

const CASES = new URL("../../render/corpus/cases/", import.meta.url);
const BUILT_IN = new URL("../../../src/counterfoil/layouts/builtin/layout.json", import.meta.url);

/** @type {Map<string, URL>} */
const files = new Map([["built-in", BUILT_IN]]);
for (const name of readdirSync(CASES)) files.set(name, new URL(`${name}/layout.json`, CASES));

for (const [name, file] of files) {
  const source = readFileSync(file, "utf8");
  const load = () =>
    fromStored({ name, elements: JSON.parse(source), background: { id: null, pages: [] } });

  test(`the layout ${name} is stored as it was loaded, and copied as it is`, () => {
    const layout = load();

    assert.deepEqual(toStored(layout), JSON.parse(source));
    assert.deepEqual(fromText(toText(layout.elements)), JSON.parse(source));
  });

  test(`moving all of ${name} there and back, and filling each box anew, changes nothing`, () => {
    const layout = load();
    const keys = layout.elements.map(({ key }) => key);

    let same = move(move(layout, keys, 1.25, -3), keys, -1.25, 3);
    for (const element of layout.elements) same = resize(same, element.key, boxOf(element));

    assert.deepEqual(toStored(same), toStored(layout));
  });
}
