// @ts-check
/** The one place that holds the editor's state. Whoever draws it is told of each change. */

import { History } from "./history.js";
import { fromStored } from "./layout.js";

/**
 * @typedef {import("./types.js").EditorData} EditorData
 * @typedef {import("./types.js").Layout} Layout
 * @typedef {import("./types.js").State} State
 * @typedef {(state: State, before: State) => void} Listener
 * @typedef {Layout | { readonly layout: Layout, readonly selection: readonly string[] }} Edited
 */

/**
 * @param {Pick<EditorData, "layout" | "version">} data
 * @returns {State}
 */
export function initialState(data) {
  const layout = fromStored(data.layout);
  return {
    layout,
    selection: [],
    page: 1,
    locked: [],
    hidden: [],
    zoom: 1,
    pan: { x: 0, y: 0 },
    grid: 0,
    snap: true,
    fromTop: false,
    guides: [],
    extents: [],
    problems: [],
    saved: { layout, version: data.version },
    ticket: "sample",
  };
}

export class Store {
  /** @type {State} */
  #state;
  /** @type {History} */
  #history;
  /** @type {Set<Listener>} */
  #listeners = new Set();

  /** @param {State} state */
  constructor(state) {
    this.#state = state;
    this.#history = new History(state.layout, state.selection);
  }

  get state() {
    return this.#state;
  }

  /** What can be undone and redone. */
  get history() {
    return this.#history;
  }

  /** Whether there is something that is not saved. Undoing back to what was saved counts. */
  get isChanged() {
    return this.#state.layout !== this.#state.saved.layout;
  }

  /**
   * Listen to changes.
   * @param {Listener} listener
   * @returns {() => void} stops it
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Change anything that undo leaves alone: selection, zoom, what the server said. A layout given
   * here is a preview, such as while dragging: `edit` makes it a step, `cancel` takes it back.
   * @param {(state: State) => Partial<State>} change
   */
  update(change) {
    const { selection } = this.#state;
    this.#set({ ...this.#state, ...change(this.#state) });
    const { selection: selected, layout } = this.#state;
    const isSettled = layout === this.#history.present.layout;
    if (selected !== selection && isSettled) this.#history.select(selected);
  }

  /**
   * Change the layout, as a step that can be undone.
   * @param {(layout: Layout, state: State) => Edited} change
   * @param {string} merge steps that follow quickly and have the same are one
   */
  edit(change, merge = "") {
    const edited = change(this.#state.layout, this.#state);
    const { layout, selection } = { selection: this.#state.selection, ...asChange(edited) };
    if (layout !== this.#history.present.layout) {
      this.#history.push(layout, selection.filter(isIn(layout)), { merge });
    }
    this.#set({ ...this.#state, layout, selection });
  }

  /** Take back what was shown but not made a step. */
  cancel() {
    this.#show(this.#history.present);
  }

  undo() {
    const step = this.#history.undo();
    if (step) this.#show(step);
  }

  redo() {
    const step = this.#history.redo();
    if (step) this.#show(step);
  }

  /**
   * @param {Layout} layout as it was sent
   * @param {string} version as it was answered
   */
  markSaved(layout, version) {
    this.#set({ ...this.#state, saved: { layout, version } });
  }

  /** @param {{ readonly layout: Layout, readonly selection: readonly string[] }} step */
  #show({ layout, selection }) {
    this.#set({ ...this.#state, layout, selection });
  }

  /** @param {State} state */
  #set(state) {
    const before = this.#state;
    const pages = Math.max(1, state.layout.background.pages.length);
    const page = Math.min(Math.max(1, state.page), pages);
    const selection = state.selection.every(isIn(state.layout))
      ? state.selection
      : state.selection.filter(isIn(state.layout));
    this.#state = { ...state, page, selection };
    for (const listener of this.#listeners) listener(this.#state, before);
  }
}

/** @param {Edited} edited */
function asChange(edited) {
  return "layout" in edited ? edited : { layout: edited };
}

/**
 * @param {Layout} layout
 * @returns {(key: string) => boolean}
 */
function isIn(layout) {
  const known = new Set(layout.elements.map(({ key }) => key));
  return (key) => known.has(key);
}
