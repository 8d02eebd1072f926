/** The API as pages call it: the session's cookie, the page's CSRF token, problems as errors with words. */

import { alone, send, waits } from "./line.js";
import { released } from "./press.js";
import { language, say } from "./words.js";

const BASE = "/api/v1";
const csrf = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** A problem document (RFC 9457). `status` 0: the server was not reached. `message` is for the person. */
export class Problem extends Error {
  constructor(status, content) {
    super(content.detail || content.title || String(status));
    this.status = status;
    this.type = (content.type ?? "").split("/").pop();
    this.errors = content.errors ?? [];
    this.retryAfter = content.retryAfter ?? 0;
  }
}

/** Call the API. Returns the content, or null where there is none. Raises Problem. */
export async function call(method, path, body, headers = {}) {
  return contentOf(await reach(method, path, body, { headers }));
}

/** The page's last call, as after it nobody is signed in here: no other is made beside it, and none after it. */
export const leave = (path, body) => alone(async () => contentOf(await reach("DELETE", path, body, { by: fetch })));

/** A file that the API makes, as a Blob. Raises Problem. */
export async function download(method, path, body) {
  const { answer, came } = await reach(method, path, body, { headers: { Accept: "*/*" }, as: "blob" });
  return answer.ok ? came : contentOf({ answer, came: await came.text() });
}

/** POST a file as it is; the server looks at what it holds, not at what it is called. */
export const upload = (path, file) => call("POST", path, file, { "Content-Type": "application/octet-stream" });

function contentOf({ answer, came }) {
  const content = came && answer.headers.get("Content-Type")?.includes("json") ? JSON.parse(came) : null;
  if (answer.ok) return content;
  if (answer.status === 401 && csrf) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
  if (answer.status === 403 && content?.type?.endsWith("/missing-csrf-token") && !document.querySelector("dialog[open]")) location.reload();
  throw new Problem(answer.status, { ...content, retryAfter: Number(answer.headers.get("Retry-After") ?? 0) });
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);
export const remove = (path) => call("DELETE", path);

const AGAIN_MS = 600_000;
const unanswered = new Map(); // what was asked for, and whether it was done is not known → its key

/** POST something new. Asked for again soon, because no answer came, it is made once. */
export async function create(path, body) {
  const asked = JSON.stringify([path, body]);
  const key = unanswered.get(asked) ?? crypto.randomUUID();
  unanswered.set(asked, key);
  try {
    const made = await call("POST", path, body, { "Idempotency-Key": key });
    unanswered.delete(asked);
    return made;
  } catch (error) {
    if (error.status !== 0 && error.status < 500) unanswered.delete(asked);
    else setTimeout(() => unanswered.delete(asked), AGAIN_MS);
    throw error;
  }
}

/** Every item of a list, however many pages it has; no further page once there are `most`. */
export async function all(path, most = Infinity) {
  const items = [];
  let next = null;
  do {
    const mark = path.includes("?") ? "&" : "?";
    const page = await get(`${path}${mark}limit=200${next ? `&cursor=${encodeURIComponent(next)}` : ""}`);
    items.push(...page.items);
    next = page.next;
  } while (next && items.length < most);
  return items;
}

async function reach(method, path, body, { headers = {}, as = "text", by = send }) {
  try {
    const answer = await by(BASE + path, {
      method,
      headers: {
        Accept: "application/json, application/problem+json",
        "Accept-Language": language,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(csrf && method !== "GET" ? { "X-CSRF-Token": csrf } : {}),
        ...headers,
      },
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
    });
    const came = await waits(answer[as]());
    await released(); // an answer is mostly drawn at once
    return { answer, came };
  } catch {
    throw new Problem(0, { detail: say("서버에 연결할 수 없습니다. 인터넷 연결을 확인해 주세요.", "The server cannot be reached; check the connection.") });
  }
}
