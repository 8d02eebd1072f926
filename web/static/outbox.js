/**
 * What a phone has to say while the network comes and goes: kept on the phone until the server has it, sent again under
 * the same id, reports before positions. Kept apart for each person, as phones change hands.
 */

import { call, Problem } from "./api.js";

const KEY = `patrol.outbox.${document.documentElement.dataset.person}`;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 60_000;
const ANSWER_MS = 30_000; // a line on which nothing has come by then is dead
const PHOTO_MS = 120_000;
const LATER = [0, 401, 408, 429]; // what is sent may be right, and its time is to come
const RANK = ["sighting", "walk", "photo", "positions", "end"];

const listeners = new Set();
const watchers = new Set();
let sending = null;
let failures = 0;
let timer = null;

const read = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");

const tell = () => watchers.forEach((watcher) => watcher());

function write(entries) {
  localStorage.setItem(KEY, JSON.stringify(entries));
  tell();
}

/** What still waits, oldest first: [{what, method, path, body}]. */
export const waiting = () => read();

/** Whether the last try to send failed. */
export const isStuck = () => failures > 0;

/** Remove from the phone whatever is kept for this person. */
export function forget() {
  const { person } = document.documentElement.dataset;
  Object.keys(localStorage).filter((key) => key.endsWith(person)).forEach((key) => localStorage.removeItem(key));
}

/** Hear when something was kept, has left, or could not be sent. */
export const onChange = (watcher) => watchers.add(watcher);

/** Hear of each entry's end: {what, path, body, answer} when the server took it, {…, problem} when it never will. */
export const onSettled = (listener) => listeners.add(listener);

/** Keep something until the server has it. `what` is one of sighting, photo, walk, positions, end. */
export function keep(what, method, path, body) {
  write([...read(), { what, method, path, body }]);
  return flush();
}

/** Send what waits, now. Resolves when nothing is left or the server is out of reach. */
export function flush() {
  sending ??= sendAll().finally(() => { sending = null; });
  return sending;
}

async function sendAll() {
  clearTimeout(timer);
  try {
    for (let entry = first(); entry; entry = first()) await settle(entry);
    failures = 0;
    tell();
  } catch {
    timer = setTimeout(flush, Math.min(FIRST_WAIT_MS * 2 ** failures++, LONGEST_WAIT_MS));
    tell();
  }
}

// A walk's own entries stay in order; a report goes before them, as somebody waits for it.
const first = () => [...read()].sort((one, other) => Math.min(1, RANK.indexOf(one.what)) - Math.min(1, RANK.indexOf(other.what)))[0];

async function settle(entry) {
  let outcome;
  try {
    outcome = { answer: await (entry.what === "photo" ? within(PHOTO_MS, sendPhoto(entry)) : within(ANSWER_MS, call(entry.method, entry.path, entry.body))) };
  } catch (problem) {
    if (LATER.includes(problem.status) || problem.status >= 500 || problem.type === "missing-csrf-token") throw problem;
    outcome = { problem };
  }
  write(read().filter((other) => other.path !== entry.path));
  for (const listener of listeners) listener({ ...entry, ...outcome });
}

/** What comes of `asked`, unless that takes too long: it is sent again then, under the same id. */
function within(ms, asked) {
  let alarm = null;
  const late = new Promise((_, reject) => { alarm = setTimeout(reject, ms, new Problem(0, {})); });
  return Promise.race([asked, late]).finally(() => clearTimeout(alarm));
}

async function sendPhoto({ method, path, body }) {
  const image = Uint8Array.from(atob(body.image.split(",")[1]), (letter) => letter.charCodeAt(0));
  return call(method, path, new Blob([image]), { "Content-Type": "image/jpeg" });
}

addEventListener("online", flush);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
