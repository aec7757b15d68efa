// @ts-check
/** Pictures of the event's own: chosen in the panel, dropped on the page, or pasted from elsewhere. */

import { reason, send } from "./api.js";
import { word } from "./dom.js";
import { newElement } from "./elements.js";
import { add, newKey } from "./layout.js";
import { spelled } from "./numbers.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {{ content: string, label: string, width: number, height: number }} Uploaded
 */

const KINDS = ["image/png", "image/jpeg"];
/** What of the page a dropped picture takes up at most, and at how many dots to the inch. */
const [SHARE, DPI] = [0.4, 300];

/** @param {File} file */
export function isPicture(file) {
  return KINDS.includes(file.type);
}

/**
 * @param {App} app
 * @param {File} file
 * @returns {Promise<Uploaded | string>} what went wrong, in a sentence
 */
export async function uploadPicture(app, file) {
  if (!isPicture(file)) return word("picture-kind", { name: file.name });
  app.tell(word("picture-sending"));
  const form = new FormData();
  form.set("file", file);
  const answer = await send(app.data.urls.upload, form);
  if (answer.status !== 200) return reason(answer, word);
  learn(app, [answer.body]);
  return answer.body;
}

/**
 * Put a picture on the page, its middle at a point.
 * @param {App} app
 * @param {File} file
 * @param {import("./types.js").Point} at
 * @returns {Promise<string>} what went wrong; empty if nothing did
 */
export async function dropPicture(app, file, at) {
  const picture = await uploadPicture(app, file);
  const description = app.data.descriptions.find(({ type }) => type === "imagearea");
  if (typeof picture === "string" || !description) return String(picture);
  const [width, height] = [picture.width, picture.height].map((pixels) => (pixels / DPI) * 25.4);
  const room = Math.min(1, (app.paper.width * SHARE) / (width ?? 1), (app.paper.height * SHARE) / (height ?? 1));
  const [across, up] = [(width ?? 1) * room, (height ?? 1) * room];
  const data = {
    ...newElement(description, at, app.state.page, app.data.variables),
    content: picture.content,
    left: spelled(Math.max(0, at.x - across / 2)),
    bottom: spelled(Math.max(0, at.y - up / 2)),
    width: spelled(across),
    height: spelled(up),
  };
  const element = { key: newKey(), data };
  app.store.edit((layout) => ({ layout: add(layout, element), selection: [element.key] }));
  app.tell(word("added", { label: app.label(element) }));
  return "";
}

/**
 * Have this event get the pictures of elements that come from another one.
 * @param {App} app
 * @param {readonly import("./types.js").Json[]} elements
 */
export async function adoptPictures(app, elements) {
  const known = new Set(app.data.variables.map(({ key }) => key));
  const named = elements.map(({ content }) => String(content)).filter((each) => each.startsWith("picture:"));
  if (named.every((each) => known.has(each))) return;
  const answer = await send(app.data.urls.adopt, { elements });
  learn(app, answer.body.pictures ?? []);
}

/**
 * @param {App} app
 * @param {readonly { content: string, label: string }[]} pictures
 */
function learn(app, pictures) {
  const known = new Set(app.data.variables.map(({ key }) => key));
  const made = pictures
    .filter(({ content }) => !known.has(content))
    .map(({ content, label }) => ({ key: content, label, kind: /** @type {const} */ ("image"), sample: "" }));
  app.data = { ...app.data, variables: [...app.data.variables, ...made] };
}
