// @ts-check
/** What every page does beyond HTML: texts are copied, choices are sent, the menu shows where we are. */

// On a phone the menu is a strip that scrolls.
document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

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

/**
 * Copy a text, and say so on the button for a moment.
 * @param {HTMLElement} button
 */
async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy ?? "");
  const label = button.textContent;
  button.textContent = button.dataset.copied ?? label;
  setTimeout(() => (button.textContent = label), 2000);
}
