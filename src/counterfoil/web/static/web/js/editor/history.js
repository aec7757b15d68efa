// @ts-check
/**
 * Undo and redo, without end: whole layouts are kept, which share what did not change.
 */

/**
 * @typedef {import("./types.js").Layout} Layout
 * @typedef {{ readonly layout: Layout, readonly selection: readonly string[] }} Step
 */

/** Nudges and keystrokes that follow each other within so many milliseconds are one step. */
const PAUSE = 1000;

export class History {
  /** @type {Step[]} */
  #past = [];
  /** @type {Step} */
  #present;
  /** @type {Step[]} */
  #future = [];
  /** @type {{ merge: string, at: number } | null} */
  #last = null;

  /**
   * @param {Layout} layout
   * @param {readonly string[]} selection
   */
  constructor(layout, selection = []) {
    this.#present = { layout, selection };
  }

  get present() {
    return this.#present;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * Add a step. What could be redone is gone.
   * @param {Layout} layout
   * @param {readonly string[]} selection
   * @param {{ merge?: string, at?: number }} options steps that follow quickly and have the same
   *   `merge` are one; such as "nudge", or the name of the field that is typed into
   */
  push(layout, selection, { merge = "", at = Date.now() } = {}) {
    const continues = merge !== "" && this.#last?.merge === merge && at - this.#last.at < PAUSE;
    if (!continues || !this.canUndo) this.#past.push(this.#present);
    this.#present = { layout, selection };
    this.#future = [];
    this.#last = { merge, at };
  }

  /**
   * Remember what is selected now: undoing a later step comes back to it. A new step begins.
   * @param {readonly string[]} selection
   */
  select(selection) {
    this.#last = null;
    this.#present = { ...this.#present, selection };
  }

  /** @returns {Step | null} what is there after undoing; null if nothing can be undone */
  undo() {
    return this.#go(this.#past, this.#future);
  }

  /** @returns {Step | null} */
  redo() {
    return this.#go(this.#future, this.#past);
  }

  /**
   * @param {Step[]} from
   * @param {Step[]} to
   * @returns {Step | null}
   */
  #go(from, to) {
    const step = from.pop();
    if (!step) return null;
    to.push(this.#present);
    this.#present = step;
    this.#last = null;
    return step;
  }
}
