// @ts-check
/** Suggests an event's short form while its name is typed, until somebody writes their own. */

const form = document.querySelector("form[data-slug]");
const slug = form?.querySelector("input[name=slug]");

if (slug instanceof HTMLInputElement) {
  /** @param {EventTarget | null} field */
  const suggestFrom = (field) => {
    if (field instanceof HTMLInputElement && field.name.startsWith("name_") && !slug.dataset.own) {
      slug.value = slugOf(field.value);
    }
  };
  slug.dataset.own = slug.value;
  slug.addEventListener("input", () => (slug.dataset.own = slug.value));
  form?.addEventListener("input", (event) => suggestFrom(event.target));
  // A name may have been typed before this script was there.
  form?.querySelectorAll("input[name^=name_]").forEach((field) => {
    if (field instanceof HTMLInputElement && field.value) suggestFrom(field);
  });
}

/**
 * @param {string} name
 * @returns {string}
 */
function slugOf(name) {
  const plain = name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/ß/g, "ss");
  const words = plain.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join("-").slice(0, 40).replace(/-$/, "");
}
