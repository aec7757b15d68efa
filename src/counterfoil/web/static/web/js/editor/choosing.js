// @ts-check
/** Which elements are chosen, locked and hidden. */

import { word } from "./dom.js";
import { pageOf } from "./geometry.js";

/** @typedef {import("./app.js").App} App */

/**
 * @param {App} app
 * @param {"locked" | "hidden"} what
 * @param {readonly string[]} keys all are switched as the first is
 */
export function flip(app, what, keys) {
  const before = app.state[what];
  const others = before.filter((key) => !keys.includes(key));
  const isOn = keys[0] !== undefined && before.includes(keys[0]);
  app.store.update(() => ({ [what]: isOn ? others : [...others, ...keys] }));
}

/**
 * @param {App} app
 * @param {string} key
 * @param {boolean} isMore than what is chosen already
 * @param {boolean} isKept whether one that is chosen stays so
 */
export function choose(app, key, isMore, isKept = false) {
  const { selection } = app.state;
  if (!isMore) app.select([key]);
  else if (!selection.includes(key)) app.select([...selection, key]);
  else if (!isKept) app.select(selection.filter((each) => each !== key));
}

/**
 * Choose the element that a link to the editor names, such as `#element=3`, and show its page.
 * @param {App} app
 * @param {string} hash
 */
export function chooseNamed(app, hash) {
  const place = new URLSearchParams(hash.slice(1)).get("element");
  const element = place === null ? undefined : app.state.layout.elements[Number(place)];
  if (element) app.store.update(() => ({ page: pageOf(element), selection: [element.key] }));
}

/**
 * Choose the element after or before the one chosen, as the list has them.
 * @param {App} app
 * @param {1 | -1} step
 * @param {boolean} isMore
 */
export function chooseNext(app, step, isMore) {
  const keys = app.state.layout.elements
    .filter((each) => pageOf(each) === app.state.page)
    .map(({ key }) => key)
    .reverse();
  const last = keys.indexOf(app.state.selection.at(-1) ?? "");
  const key = keys[(last < 0 && step < 0 ? keys.length - 1 : last + step + keys.length) % keys.length];
  if (!key) return;
  choose(app, key, isMore, true);
  const element = app.selected.find((each) => each.key === key);
  if (element) app.tell(word("selected", { label: app.label(element), count: app.selected.length }));
}
