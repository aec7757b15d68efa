// @ts-check
/** The only place that speaks to the server. */

/**
 * Send JSON, or a form with a file.
 * @param {string} url
 * @param {unknown} body
 * @returns {Promise<{ status: number, body: any }>} status 0: no answer; 401: signed out
 */
export async function send(url, body) {
  const isForm = body instanceof FormData;
  const token = csrfToken();
  const headers = {
    "X-CSRFToken": token,
    Accept: "application/json",
    ...(isForm ? {} : { "Content-Type": "application/json" }),
  };
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body: isForm ? body : JSON.stringify(body),
      redirect: "manual",
    });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    return {
      status: answer.type === "opaqueredirect" ? 401 : answer.status,
      body: isJson ? await answer.json() : {},
    };
  } catch {
    return { status: 0, body: {} };
  }
}

/** The cookie's token is newer than the page's when somebody has signed in again in another tab. */
function csrfToken() {
  const meta = document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? "";
  return /(?:^|; )csrftoken=(\w+)/.exec(document.cookie)?.[1] ?? meta;
}

/**
 * @param {{ status: number, body: any }} answer one that is no success
 * @param {(name: string) => string} word
 * @param {string} silence what to say where the server does not answer
 * @returns {string} why, in a sentence
 */
export function reason({ status, body }, word, silence = word("no-answer")) {
  if (status === 0 || status >= 500) return silence;
  if (status === 401 || status === 403) return body.message ?? word("signed-out");
  if (status === 404) return body.message ?? word("no-event");
  const problems = /** @type {{ message: string }[]} */ (body.problems ?? []);
  return body.message ?? body.detail ?? (problems.map(({ message }) => message).join(" ") || String(status));
}
