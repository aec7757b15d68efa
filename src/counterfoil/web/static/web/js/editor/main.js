// @ts-check
/** Starts the editor with the data that its page brings along. */

import { App } from "./app.js";
import { listenToBackgrounds } from "./backgrounds.js";
import { showCanvas } from "./canvas.js";
import { chooseNamed } from "./choosing.js";
import { part } from "./dom.js";
import { keepDrafts, offerDraft } from "./drafts.js";
import { showElementList } from "./elementlist.js";
import { listenToKeys } from "./keyboard.js";
import { showLayoutPanel } from "./layoutpanel.js";
import { showPanel } from "./panel.js";
import { showPicture } from "./picture.js";
import { listenToPointer } from "./pointer.js";
import { showRulers } from "./rulers.js";
import { warnOfUnsaved } from "./saving.js";
import { showToolbar } from "./toolbar.js";
import { fit } from "./zoom.js";

const app = new App(JSON.parse(document.getElementById("editor-data")?.textContent ?? ""));
for (const show of [
  showCanvas,
  showRulers,
  showToolbar,
  showElementList,
  showPanel,
  showLayoutPanel,
  showPicture,
])
  show(app);
for (const listen of [listenToPointer, listenToKeys, listenToBackgrounds, warnOfUnsaved]) listen(app);

// The first size of the viewport is known only when it has been laid out.
const started = new ResizeObserver(() => {
  if (!app.view.size.width) return;
  started.disconnect();
  fit(app);
  part("editor", HTMLElement).dataset.ready = "";
});
started.observe(part("viewport", HTMLElement));
await offerDraft(app);
chooseNamed(app, location.hash);
keepDrafts(app);
