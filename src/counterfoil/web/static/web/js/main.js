// @ts-check
/** What every page does beyond HTML: texts are copied, choices are sent, forms only once, the menu shows where we are. */

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (button instanceof HTMLElement) {
    void copy(button);
  }
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field instanceof HTMLElement && field.matches("[data-send-at-once]")) {
    field.closest("form")?.requestSubmit();
  }
});

// Where an organizer's first event takes place: most likely where the browser is.
const guessed = document.querySelector("form[data-browser-zone]");
if (guessed instanceof HTMLFormElement) {
  choose(guessed, "timezone", Intl.DateTimeFormat().resolvedOptions().timeZone);
  choose(guessed, "region", new Intl.Locale(navigator.language).region ?? "");
}

/**
 * Choose an option of a field, if the field has it.
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} value
 */
function choose(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLSelectElement && [...field.options].some((option) => option.value === value)) {
    field.value = value;
  }
}

// Boxes of a list: all at once, and how many are ticked.
document.addEventListener("change", (event) => {
  const box = event.target;
  const list = box instanceof HTMLInputElement ? box.closest("[data-bulk]") : null;
  if (!(box instanceof HTMLInputElement) || !list) return;
  /** @type {HTMLInputElement[]} */
  const boxes = [...list.querySelectorAll("input[name=ticket]")].filter((each) => each instanceof HTMLInputElement);
  if (box.matches("[data-select-all]")) {
    for (const each of boxes) each.checked = box.checked;
  }
  const all = list.querySelector("[data-select-all]");
  const ticked = boxes.filter((each) => each.checked).length;
  if (all instanceof HTMLInputElement) {
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
});

// A page that showed progress makes room for the result. Back leads to the page before both.
document.addEventListener("page-replaced", (event) => {
  if (event instanceof CustomEvent) location.replace(event.detail.path);
});

// Scanners end a code by Enter: it goes on in the same field. A second Enter leaves the field, as Tab does.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || !(field instanceof HTMLInputElement) || !field.matches("[data-scanned]")) return;
  event.preventDefault();
  const text = field.value.trimEnd();
  if (text && !field.value.endsWith(" ")) {
    field.value = `${text} `;
    return;
  }
  const next = field.form?.elements.namedItem("counted");
  if (next instanceof HTMLElement) next.focus();
});

/** Forms on their way. An answer that is a file leaves the page as it is: they may go again later. */
const underWay = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (underWay.has(form)) {
    event.preventDefault();
    return;
  }
  underWay.add(form);
  refreshToken(form);
  setTimeout(() => underWay.delete(form), 10_000);
});

addEventListener("pageshow", () => underWay.clear());

/**
 * Whoever signed in again in another tab has a new token, and this page an old one.
 * @param {HTMLFormElement} form
 */
function refreshToken(form) {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  const field = form.elements.namedItem("csrfmiddlewaretoken");
  if (token && field instanceof HTMLInputElement) field.value = token;
}

/**
 * Copy a text, and say so on the button for a moment.
 * @param {HTMLElement} button
 */
async function copy(button) {
  const text = button.dataset.copy ?? "";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copySelected(button, text)) return;
  }
  const label = button.textContent;
  button.textContent = button.dataset.copied ?? label;
  setTimeout(() => (button.textContent = label), 2000);
}

/**
 * Copy as people do: without HTTPS browsers give pages no clipboard.
 * @param {HTMLElement} button
 * @param {string} text
 */
function copySelected(button, text) {
  const area = document.createElement("textarea");
  area.value = text;
  button.after(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  button.focus();
  return isCopied;
}
