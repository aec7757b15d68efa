// @ts-check
/** A text field that finds one of many options by any part of its name. */

import { make, set, word } from "../dom.js";

/**
 * @typedef {{ readonly value: string, readonly label: string, readonly sample?: string }} Match
 * @typedef {object} Given
 * @property {readonly Match[]} options
 * @property {(value: string) => void} pick
 * @property {string} [name] if no label belongs to it
 * @property {boolean} [isFree] whether anything may be typed
 */

export class Combobox {
  #id;
  #given;
  #list;
  #input;
  #said = make("span", { class: "visually-hidden", role: "status" });
  /** What the field says while nothing is typed. */
  #shown = "";
  /** Which of the found options Enter takes; -1 is none. */
  #at = -1;
  /** @type {Match[]} */
  #found = [];

  /**
   * @param {string} id
   * @param {Given} given
   */
  constructor(id, given) {
    this.#id = id;
    this.#given = given;
    this.#list = makeList(id, given.name ?? word("variable"));
    this.#input = makeInput(id, this.#list.id, given.name);
    this.node = make("div", { class: "combo" }, this.#input, this.#list, this.#said);
    this.#listen();
  }

  /** @param {string} text */
  show(text) {
    this.#shown = text;
    if (this.#list.hidden) this.#input.value = text;
  }

  #listen() {
    const input = this.#input;
    input.addEventListener("input", () => this.#open(input.value));
    input.addEventListener("click", () => this.#list.hidden && this.#open(""));
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => this.#close());
    input.addEventListener("keydown", (event) => {
      if (!this.#typed(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /**
   * Do what a key asks for; false if it means nothing here.
   * @param {string} key
   */
  #typed(key) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    const isOpen = !this.#list.hidden;
    if (step && !isOpen) this.#open("");
    else if (step) this.#point(this.#at < 0 && step < 0 ? -1 : this.#at + step);
    else if (key === "Enter" && isOpen) this.#take(this.#found[this.#at]);
    else if (key === "Escape" && isOpen) this.#close();
    else return false;
    return true;
  }

  /** @param {string} text */
  #open(text) {
    this.#found = this.#matching(text.trim());
    this.#list.replaceChildren(...this.#found.map((match, index) => this.#item(match, index)));
    const count = this.#found.length;
    this.#said.textContent = count ? word("matches", { count }) : word("no-matches");
    this.#list.hidden = !count;
    this.#at = -1;
    set(this.#input, { "aria-expanded": String(count > 0), "aria-activedescendant": null });
    if (text.trim() && count) this.#point(0);
  }

  /**
   * @param {string} typed
   * @returns {Match[]}
   */
  #matching(typed) {
    const part = typed.toLowerCase();
    const found = this.#given.options.filter(({ value, label, sample }) =>
      `${value} ${label} ${sample}`.toLowerCase().includes(part),
    );
    if (this.#given.isFree && typed && !found.some(({ value }) => value === part))
      found.push({ value: typed, label: typed, sample: word("use-typed") });
    return found;
  }

  /**
   * @param {Match} match
   * @param {number} index
   */
  #item(match, index) {
    const pointerdown = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#take(match);
    };
    return make(
      "li",
      { id: `${this.#id}-${index}`, role: "option", "aria-selected": "false", pointerdown },
      match.label,
      make("small", {}, match.sample ?? ""),
    );
  }

  /** @param {number} to */
  #point(to) {
    this.#at = (to + this.#found.length) % this.#found.length;
    for (const [index, item] of [...this.#list.children].entries())
      set(item, { "aria-selected": String(index === this.#at) });
    set(this.#input, { "aria-activedescendant": `${this.#id}-${this.#at}` });
    this.#list.children[this.#at]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {Match | undefined} match */
  #take(match) {
    if (match) this.#shown = this.#given.name ? "" : match.label;
    this.#close();
    if (match) this.#given.pick(match.value);
  }

  #close() {
    this.#list.hidden = true;
    this.#at = -1;
    set(this.#input, { "aria-expanded": "false", "aria-activedescendant": null });
    this.#input.value = this.#shown;
  }
}

/**
 * @param {string} id
 * @param {string} name
 */
function makeList(id, name) {
  return make("ul", {
    id: `${id}-list`,
    role: "listbox",
    class: "combo-list",
    hidden: true,
    "aria-label": name,
  });
}

/**
 * @param {string} id
 * @param {string} list
 * @param {string} [name]
 */
function makeInput(id, list, name) {
  return make("input", {
    id,
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: name,
    "aria-label": name,
    "aria-expanded": "false",
    "aria-controls": list,
    "aria-autocomplete": "list",
  });
}
