// The live stream of /api/v1/stream, for any page:
//
//   const stop = follow({ onEvent: ({ seq, kind, content }) => …, onState: (state) => … });
//
// States: "live" (streaming), "polling" (all streams are taken), "waiting" (the server cannot be reached; trying again),
// "signed-out" (over; sign in). The first event, and any other of kind "reset", says that something may have happened
// unseen: fetch the lists. Events come in order and each once, across reconnections and changes to polling and back.

import { dropped, send } from "./line.js";

const API = "/api/v1";
const POLL_MS = 3000;
const SILENCE_MS = 40000; // the server says something every 15 s; a line silent for longer is dead
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;

class SignedOut extends Error {}

export function follow({ onEvent, onState = () => {} }) {
  const stopping = new AbortController();
  run({ onEvent, onState: onChange(onState), signal: stopping.signal });
  return () => stopping.abort();
}

async function run({ onEvent, onState, signal }) {
  const at = { seq: null, failures: 0 };
  const deliver = (event) => {
    if (event.seq !== null && at.seq !== null && event.seq <= at.seq) return;
    at.seq = event.seq ?? at.seq;
    try {
      onEvent(event);
    } catch (error) {
      reportError(error); // the page's own mistake: the next events come nevertheless
    }
  };
  while (!signal.aborted) {
    const line = endedBy(signal, dropped());
    try {
      const busyForMs = await stream(at, { deliver, onState, line });
      if (busyForMs > 0) await poll(at, { deliver, onState, signal: line.signal, forMs: busyForMs });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof SignedOut) return onState("signed-out");
      onState("waiting");
      await pause(waitMs(at.failures++), signal);
    } finally {
      line.abort();
    }
  }
}

// A line that ends with any of `signals`, and is forgotten by them when it ends by itself.
function endedBy(...signals) {
  const line = new AbortController();
  const end = () => line.abort();
  for (const signal of signals) signal.addEventListener("abort", end, { signal: line.signal });
  return line;
}

// Reads the stream until it ends. Answers for how many milliseconds to poll instead: 0, or more when all are taken.
async function stream(at, { deliver, onState, line }) {
  const end = () => line.abort();
  let alarm = setTimeout(end, SILENCE_MS);
  try {
    const headers = { Accept: "text/event-stream" };
    if (at.seq !== null) headers["Last-Event-ID"] = String(at.seq);
    const answer = await send(`${API}/stream`, { headers, cache: "no-store", signal: line.signal });
    if (answer.status === 503) return 1000 * (Number(answer.headers.get("Retry-After")) || 15);
    check(answer);
    onState("live");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const take = blocks((block) => {
      at.failures = 0;
      if (block.id !== null && block.kind === null) begin(at, block.id, deliver);
      if (block.kind !== null) deliver({ seq: block.id, kind: block.kind, content: JSON.parse(block.data) });
    });
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new Error("the stream ended");
      clearTimeout(alarm);
      alarm = setTimeout(end, SILENCE_MS);
      take(value);
    }
  } finally {
    clearTimeout(alarm);
  }
}

// Asks /events until it is time to try the stream again.
async function poll(at, { deliver, onState, signal, forMs }) {
  const until = performance.now() + forMs;
  do {
    const query = at.seq === null ? "" : `?after=${at.seq}`;
    const answer = await send(`${API}/events${query}`, { cache: "no-store", signal });
    check(answer);
    const { items, next, reset } = await answer.json();
    at.failures = 0;
    onState("polling");
    if (reset) at.seq = null;
    if (at.seq === null) begin(at, items.length ? items[0].seq - 1 : next, deliver);
    for (const { seq, kind, content } of items) deliver({ seq, kind, content });
    at.seq = next;
    await pause(Math.min(POLL_MS, Math.max(until - performance.now(), 0)), signal);
  } while (performance.now() < until && !signal.aborted);
}

// Goes on from `seq`; what happened before the first time is in the lists.
function begin(at, seq, deliver) {
  const first = at.seq === null;
  at.seq = seq;
  if (first) deliver({ seq: null, kind: "reset", content: {} });
}

// Takes text in pieces of any size and calls back for each complete block of the stream: {id, kind, data}.
function blocks(onBlock) {
  let rest = "";
  return (text) => {
    const parts = (rest + text).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const block = { id: null, kind: null, data: "" };
      for (const line of part.split("\n")) {
        if (line.startsWith("id: ")) block.id = Number(line.slice(4));
        if (line.startsWith("event: ")) block.kind = line.slice(7);
        if (line.startsWith("data: ")) block.data += line.slice(6);
      }
      onBlock(block);
    }
  };
}

function check(answer) {
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Error(`status ${answer.status}`);
}

// Doubling, and spread so that all pages do not come back at once after the server was away.
function waitMs(failures) {
  return Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

function onChange(onState) {
  let last = null;
  return (state) => {
    if (state !== last) onState((last = state));
  };
}
