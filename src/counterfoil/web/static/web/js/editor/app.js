// @ts-check
/** What all parts of the editor share: the state, what only the screen knows, and when to draw. */

import { part, word } from "./dom.js";
import { labelOf, problemsOf } from "./elements.js";
import { boxesOn } from "./geometry.js";
import { initialState, Store } from "./store.js";

/**
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Element} Element
 * @typedef {import("./types.js").Finding} Finding
 * @typedef {import("./types.js").Rect} Rect
 * @typedef {object} View what passes: nothing of it is a change of the layout
 * @property {{ width: number, height: number }} size of the viewport, in CSS pixels
 * @property {string | null} hover key
 * @property {Rect | null} marquee
 * @property {readonly import("./snapping.js").Line[]} lines that something snaps to
 * @property {string} picture a data: URL
 * @property {string} stale why the picture is not of today; empty if it is
 * @property {string} ticket what the ticket shown is called
 * @property {readonly Finding[]} warnings of no single element
 */

/** CSS pixels to a millimetre at zoom 1. */
const PIXELS = 96 / 25.4;

export class App {
  /** @type {(() => void)[]} */
  #drawers = [];
  #frame = 0;
  #told = 0;

  /** @param {import("./types.js").EditorData} data */
  constructor(data) {
    this.data = data;
    this.store = new Store(initialState(data));
    /** @type {View} */
    this.view = {
      size: { width: 0, height: 0 },
      hover: null,
      marquee: null,
      lines: [],
      picture: "",
      stale: "",
      ticket: "",
      warnings: [],
    };
    this.store.subscribe(() => this.#wake());
  }

  get state() {
    return this.store.state;
  }

  /** Pixels to a millimetre now. */
  get scale() {
    return this.state.zoom * PIXELS;
  }

  get paper() {
    const { layout, page } = this.state;
    return layout.background.pages[page - 1] ?? { width: 210, height: 297 };
  }

  /** @returns {readonly Element[]} in drawing order */
  get selected() {
    const { layout, selection } = this.state;
    return layout.elements.filter(({ key }) => selection.includes(key));
  }

  /** @returns {string[]} keys of what is selected and may be changed on the canvas */
  get movable() {
    return this.selected.filter((each) => !this.isLocked(each)).map(({ key }) => key);
  }

  /** @returns {Map<string, Box>} of the elements of this page */
  get boxes() {
    return boxesOn(this.state.layout, this.state.page, this.state.extents);
  }

  /** @returns {Map<string, Box>} of those that a pointer can take hold of */
  get reachable() {
    const { elements } = this.state.layout;
    const boxes = this.boxes;
    for (const each of elements) {
      if (this.isLocked(each) || this.state.hidden.includes(each.key)) boxes.delete(each.key);
    }
    return boxes;
  }

  /** @param {Element} element */
  isKnown({ data }) {
    return this.data.descriptions.some(({ type }) => type === data.type);
  }

  /** @param {Element} element */
  isLocked(element) {
    return this.state.locked.includes(element.key) || !this.isKnown(element);
  }

  /** @param {Element} element */
  label(element) {
    const { type } = element.data;
    return this.isKnown(element) ? labelOf(element, this.data) : word("unknown", { type });
  }

  /**
   * @param {string} key
   * @returns {readonly Finding[]} what the server said of an element
   */
  remarks(key) {
    const type = this.state.layout.elements.find((each) => each.key === key)?.data.type;
    const about = this.data.descriptions.find((each) => each.type === type)?.attributes;
    /** @type {Finding[]} */
    const problems = problemsOf(this.state, key).map(({ attribute, message }) => {
      const label = about?.find(({ name }) => name === attribute)?.label ?? attribute;
      return { severity: "error", message: label ? `${label}: ${message}` : message };
    });
    const found = this.state.extents.find((extent) => extent.key === key)?.findings ?? [];
    return [
      ...problems,
      ...found.filter(({ message }) => problems.every((each) => each.message !== message)),
    ];
  }

  /** @param {readonly string[]} selection keys */
  select(selection) {
    this.store.update(() => ({ selection }));
  }

  /** @param {Partial<View>} changes */
  look(changes) {
    this.view = { ...this.view, ...changes };
    this.#wake();
  }

  /** @param {() => void} draw called after changes, before the screen is painted */
  drawWith(draw) {
    this.#drawers.push(draw);
  }

  /**
   * Tell people in the status line, where screen readers notice it.
   * @param {string} text
   */
  tell(text) {
    clearTimeout(this.#told);
    const line = part("message", HTMLElement);
    line.textContent = text;
    this.#told = setTimeout(() => (line.textContent = ""), 8000);
  }

  #wake() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      for (const draw of this.#drawers) draw();
    });
  }
}

/**
 * Make a drawer that works only when what it looks at has changed.
 * @param {() => readonly unknown[]} seen
 * @param {() => void} draw
 * @returns {() => void}
 */
export function whenChanged(seen, draw) {
  /** @type {readonly unknown[]} */
  let before = [];
  return () => {
    const now = seen();
    if (before.length === now.length && now.every((each, index) => each === before[index])) return;
    before = now;
    draw();
  };
}
