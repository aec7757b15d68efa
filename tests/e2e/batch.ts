// Creates a batch, waits for it, renders it and saves its PDF, with the types that
// openapi-typescript makes of the API's description:
//
//     node batch.js SERVER TOKEN FILE
import { writeFile } from "node:fs/promises";

import type { components, paths } from "./schema";

type Method = "get" | "post";
type Responses<Operation> = Operation extends { responses: infer Found } ? Found : never;
type Json<Answer> = Answer extends { content: { "application/json": infer Body } } ? Body : never;
type JsonBody<Operation> = Operation extends {
  requestBody?: { content: { "application/json": infer Body } };
}
  ? Body
  : never;
type PathOf<Operation> = Operation extends { parameters: { path: infer Found } } ? Found : never;
type Answer<Operation> = {
  [Status in keyof Responses<Operation>]: {
    status: Status;
    body: Json<Responses<Operation>[Status]>;
  };
}[keyof Responses<Operation>];

const [server, token, file] = process.argv.slice(2) as [string, string, string];
const headers = { Authorization: `Token ${token}`, "Content-Type": "application/json" };

/** Call an operation; the status of the answer tells the type of its body. */
async function call<Path extends keyof paths, Verb extends Method & keyof paths[Path]>(
  method: Verb,
  path: Path,
  names: PathOf<paths[Path][Verb]>,
  body?: JsonBody<paths[Path][Verb]>,
): Promise<Answer<paths[Path][Verb]>> {
  const values = names as Record<string, string | number>;
  const address = path.replace(/{(\w+)}/g, (_all, name: string) => String(values[name]));
  const answer = await fetch(server + address, {
    method: method.toUpperCase(),
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() } as Answer<paths[Path][Verb]>;
}

function failed(answer: { status: number | string; body: unknown }): Error {
  return new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

async function made(job: string): Promise<components["schemas"]["BatchDetail"]> {
  for (;;) {
    const state = await call(
      "get",
      "/api/v1/organizers/{organizer}/events/{event}/offlinesalesbatches/check/{job}/",
      { ...night, job },
    );
    if (state.status === 200) return state.body;
    if (state.status !== 409) throw failed(state);
    if (state.body.progress.total < state.body.progress.done) throw failed(state);
    await pause();
  }
}

async function downloaded(address: string): Promise<Uint8Array> {
  for (;;) {
    const answer = await fetch(address, { headers });
    if (answer.status === 200) return new Uint8Array(await answer.arrayBuffer());
    if (answer.status !== 409) throw failed({ status: answer.status, body: await answer.text() });
    await answer.text();
    await pause();
  }
}

const night = { organizer: "demo", event: "night" };
const items = await call("get", "/api/v1/organizers/{organizer}/events/{event}/items/", night);
if (items.status !== 200) throw failed(items);
const item = items.body.results[0]!.id;

const batches = "/api/v1/organizers/{organizer}/events/{event}/offlinesalesbatches/";
const refused = await call("post", batches, night, { item, amount: 0 });
if (refused.status !== 400 || Array.isArray(refused.body)) throw failed(refused);

const asked = await call("post", batches, night, { item, amount: 3, comment: "TypeScript" });
if (asked.status !== 202) throw failed(asked);
const check: string = asked.body.check;
const batch = await made(check.split("/").at(-2)!);

const accepted = await call(
  "post",
  "/api/v1/organizers/{organizer}/events/{event}/offlinesalesbatches/{id}/render/",
  { ...night, id: batch.id },
  {},
);
if (accepted.status !== 202) throw failed(accepted);
const download: string = accepted.body.download;
await writeFile(file, await downloaded(download));

const orders: string[] = batch.orders;
const comment: string = batch.comment;
console.log(JSON.stringify({ refused: Object.keys(refused.body), orders, comment }));
