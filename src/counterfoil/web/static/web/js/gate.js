// @ts-check
/** The scanning page: the next code can be scanned at once, and each outcome is heard. */

/** Pitch in hertz and length in seconds of each outcome. */
const SOUNDS = { good: [[880, 0.12]], warn: [[440, 0.15], [330, 0.25]], bad: [[165, 0.5]] };

const scanning = document.querySelector("[data-gate]");
const unreached = document.querySelector("[data-gate-away]");
/** @type {AudioContext | undefined} */
let audio;

if (scanning instanceof HTMLFormElement && unreached instanceof HTMLElement) {
  const field = scanning.elements.namedItem("secret");
  if (field instanceof HTMLInputElement) {
    scanning.addEventListener("submit", (event) => {
      if (field.value.trim()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, { capture: true });
    // What is on its way is noted by then; the next code has room.
    scanning.addEventListener("htmx:beforeSend", () => {
      field.value = "";
      unreached.hidden = true;
    });
    scanning.addEventListener("htmx:afterRequest", () => field.focus());
    for (const trouble of ["htmx:sendError", "htmx:responseError"]) {
      scanning.addEventListener(trouble, () => {
        unreached.hidden = false;
        sound("bad");
      });
    }
    document.addEventListener("htmx:afterSwap", () => sound(outcome()));
    // A click beside the field, or a key pressed elsewhere, goes on scanning.
    document.addEventListener("keydown", (event) => {
      if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && document.activeElement === document.body) {
        field.focus();
      }
    });
  }
}

/** @returns {string} */
function outcome() {
  const plate = document.querySelector("[data-outcome]");
  return plate instanceof HTMLElement ? (plate.dataset.outcome ?? "") : "";
}

/** @param {string} name */
function sound(name) {
  if (!(name in SOUNDS)) return;
  audio ??= new AudioContext();
  let start = audio.currentTime;
  for (const [pitch, length] of SOUNDS[/** @type {keyof typeof SOUNDS} */ (name)]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.value = 0.2;
    tone.frequency.value = pitch;
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + length);
    start += length;
  }
}
