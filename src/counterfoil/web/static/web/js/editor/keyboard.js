// @ts-check
/** Keys, and the clipboard's own events. While somebody types into a field, keys are the field's. */

import { run } from "./commands.js";
import { copyChosen, pasteText } from "./copying.js";
import { part } from "./dom.js";

/** @typedef {import("./app.js").App} App */

const KEYS = /** @type {Record<string, string>} */ ({
  "Ctrl+s": "save",
  "Ctrl+z": "undo",
  "Ctrl+y": "redo",
  "Ctrl+Shift+z": "redo",
  "Ctrl+d": "duplicate",
  "Ctrl+a": "choose-all",
  Delete: "remove",
  Backspace: "remove",
  Escape: "choose-none",
  "]": "forward",
  "[": "backward",
  "}": "front",
  "{": "back",
  ",": "turn-1",
  ".": "turn1",
  "<": "turn-15",
  ">": "turn15",
  ";": "turn-15",
  ":": "turn15",
  "+": "zoom-in",
  "=": "zoom-in",
  "-": "zoom-out",
  0: "zoom-fit",
  l: "lock",
  h: "hide",
  "?": "help",
  PageDown: "choose-next",
  PageUp: "choose-previous",
  "Shift+PageDown": "choose-next-too",
  "Shift+PageUp": "choose-previous-too",
});
const WRITTEN = "textarea, select, input:not([type=checkbox], [type=file], [type=color])";

/** @param {App} app */
export function listenToKeys(app) {
  const stage = part("stage", HTMLElement);
  document.addEventListener("keydown", (event) => {
    const name = nameOf(event);
    if (name === "save") event.preventDefault(); // else the browser would save its page
    else if (isElsewhere(event)) return;
    if (event.key === " " && isOnCanvas(event)) {
      stage.classList.add("pushing");
      event.preventDefault();
      return;
    }
    if (name && run(app, name)) event.preventDefault();
  });
  document.addEventListener("keyup", (event) => event.key === " " && stage.classList.remove("pushing"));
  window.addEventListener("blur", () => stage.classList.remove("pushing"));
  listenToClipboard(app);
}

/**
 * @param {KeyboardEvent} event
 * @returns {string | undefined} of a command
 */
function nameOf(event) {
  const isControl = (event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph");
  if (event.key.startsWith("Arrow")) {
    const size = event.altKey ? "-fine" : event.shiftKey ? "-far" : "";
    return isOnCanvas(event)
      ? `${isControl ? "grow" : "nudge"}-${event.key.slice(5).toLowerCase()}${size}`
      : undefined;
  }
  const isShifted = event.shiftKey && (isControl || event.key.length > 1);
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return KEYS[`${isControl ? "Ctrl+" : ""}${isShifted ? "Shift+" : ""}${key}`];
}

/** @param {Event} event */
function isElsewhere(event) {
  const target = event.target instanceof Element ? event.target : document.body;
  return target.closest(`${WRITTEN}, dialog, .masthead`) !== null;
}

/** @param {Event} event */
function isOnCanvas(event) {
  return event.target === document.body || event.target === part("canvas", SVGSVGElement);
}

/** @param {App} app */
function listenToClipboard(app) {
  const put = (/** @type {ClipboardEvent} */ event) => {
    if (isElsewhere(event) || !app.selected.length || String(getSelection())) return false;
    event.clipboardData?.setData("text/plain", copyChosen(app));
    event.preventDefault();
    return true;
  };
  document.addEventListener("copy", put);
  document.addEventListener("cut", (event) => put(event) && run(app, "remove"));
  document.addEventListener("paste", (event) => {
    if (isElsewhere(event) || !app.data.writable) return;
    void pasteText(app, event.clipboardData?.getData("text/plain") ?? "");
    event.preventDefault();
  });
}
