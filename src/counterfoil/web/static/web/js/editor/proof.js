// @ts-check
/** A PDF of the ticket that is shown, as it would be printed now: to look at, or to hold against stock. */

import { reason, send } from "./api.js";
import { word } from "./dom.js";
import { toStored } from "./layout.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export async function proof(app) {
  const { layout, ticket } = app.state;
  const body = { elements: toStored(layout), background: layout.background.id, ticket };
  const answer = await send(app.data.urls.proof, body);
  if (!answer.body.pdf) {
    app.tell(reason(answer, word));
    return;
  }
  const link = document.createElement("a");
  link.href = answer.body.pdf;
  link.download = `${layout.name}.pdf`;
  link.click();
}
