/** The walker's page: the shift, the way, the walk, reports. One hand, at night, with a dog on the other. */

import { all, get, post, put } from "./api.js";
import { announce, attempt, busy, find, ready, toast } from "./elements.js";
import { latest } from "./latest.js";
import { shows } from "./link_state.js";
import { follow } from "./live.js";
import { flush, isStuck, keep, onChange, onSettled, waiting } from "./outbox.js";
import { keepNotices } from "./notices.js";
import { offerPush } from "./push_offer.js";
import { openReport } from "./report.js";
import { makeReports } from "./reports.js";
import { track } from "./tracking.js";
import { makeWalkMap } from "./walk_map.js";
import { ahead, noShift, shiftView, underWay, walkedView } from "./walk_view.js";
import { dayOf, say } from "./words.js";

const holder = find("#shift");
const problem = find("#problem");
const refreshNotices = keepNotices(find("#notices"));
const reports = makeReports(find("#mine"));
const GATE_EVERY_MS = 120_000; // the sun sets, the air cools
const order = latest();
const at = { teams: [], gate: null, shift: null, route: null, walk: null, tracking: null, map: null };

/** The shift that matters now: one being walked, else the next to answer or walk, else the last of today. */
function pick(shifts) {
  const begun = unsent()?.shift;
  const stateOf = (shift) => (shift.id === begun ? "walking" : shift.state);
  const rank = { walking: 0, accepted: 1, offered: 1, walked: 2 };
  const now = Date.now();
  const open = shifts.filter((shift) => stateOf(shift) === "walking" || (["accepted", "offered"].includes(shift.state) && Date.parse(shift.closes_at) > now) || (shift.state === "walked" && Date.parse(shift.ends_at) > now - 12 * 3_600_000));
  return open.sort((one, other) => rank[stateOf(one)] - rank[stateOf(other)] || one.starts_at.localeCompare(other.starts_at))[0] ?? null;
}

/** Fetch tonight anew. News of what is on show already leaves the page alone: a finger may be on it, a box ticked. */
const refresh = () => order.read(readTonight, (tonight) => {
  Object.assign(at, tonight);
  return facts() === onShow ? undefined : show();
});

let onShow = null;
const facts = () => JSON.stringify([at.teams, at.shift, at.route, told(at.gate), at.walk]);
const told = (gate) => gate && [gate.verdict, gate.most_min, gate.reasons, gate.until];

async function readTonight() {
  const yesterday = dayOf(Date.now() - 24 * 3_600_000);
  const [shifts, walks, teams] = await Promise.all([all(`/shifts?from=${yesterday}`), all("/walks?mine=true"), get("/teams/mine")]);
  const shift = pick(shifts.filter((one) => teams.items.some((team) => team.id === one.team.id)));
  const known = shift && at.shift?.id === shift.id && at.route;
  const route = shift && !known ? await get(`/shifts/${shift.id}/route`) : at.route;
  const gate = shift ? await gateOf(shift) : at.gate;
  const walk = walks.find((one) => one.shift === shift?.id) ?? unsent();
  return { teams: teams.items, shift, route, gate, walk: walk && walk.shift === shift?.id ? (ending(walk) ?? walk) : null };
}

const gateOf = (shift) => get(`/teams/mine/welfare?shift=${shift.id}`);

/** What the dogs may do changes by itself; what is on show is left alone unless it has. */
async function lookAtDogs() {
  at.gate = await gateOf(at.shift);
  if (facts() !== onShow) await show();
}

/** Refresh for news that nobody pressed for: without a network the next news, or the next press, brings it. */
const refreshQuietly = () => refresh().catch(() => {});

/** A walk that was begun without a network and has not arrived yet. */
function unsent() {
  const entry = waiting().find((one) => one.what === "walk");
  return entry ? { id: entry.path.split("/").pop(), state: "walking", blocks_walked: [], ...entry.body } : null;
}

/** A walk whose end has not reached the server yet, as the phone knows it. */
function ending(walk) {
  const entry = waiting().find((one) => one.what === "end" && one.path.includes(walk.id));
  return entry ? { ...walk, state: "ended", ended_at: entry.body.ended_at, unsent: true } : null;
}

async function show() {
  onShow = null;
  const shown = facts();
  await draw();
  onShow = shown;
}

async function draw() {
  const { shift, route, walk } = at;
  const walking = walk && walk.state !== "ended";
  find("#reach").hidden = !shift;
  find("#end").hidden = !walking;
  find("#report").classList.toggle("danger", Boolean(walking));
  find("#map").hidden = !shift;
  if (!walking) stopTracking();
  if (!shift) return holder.replaceChildren(noShift(at.teams[0]));
  at.map = await map();
  at.map.draw(route, doneBlocks());
  if (walking) {
    inPlace(underWay({ shift, route, walk, done: doneBlocks() }, { pause, resume }));
    follows();
    if (at.tracking?.last()) onFix(at.tracking.last());
  } else if (walk) holder.replaceChildren(walkedView(shift, route, walk));
  else holder.replaceChildren(shiftView(shift, route, { leash: holder.dataset.leash, gate: at.gate, accept, decline, start }));
  return undefined;
}

/** Show a walk as it is by now; what its walker has opened to read stays open, and who works by keyboard goes on. */
function inPlace(view) {
  const controls = () => [...holder.querySelectorAll("summary, button")];
  const opened = [...holder.querySelectorAll("details[open]")].map((one) => one.dataset.part);
  const held = controls().indexOf(document.activeElement);
  holder.replaceChildren(view);
  for (const one of holder.querySelectorAll("details")) one.open = opened.includes(one.dataset.part);
  controls()[held]?.focus({ preventScroll: true });
}

let mapAsked = null;

/** The map, made once. */
function map() {
  mapAsked ??= makeWalkMap(find("#map")).catch((error) => {
    mapAsked = null;
    throw error;
  });
  return mapAsked;
}

const doneBlocks = () => new Set((at.walk?.blocks_walked ?? []).map((one) => one.block));

const accept = (button) => busy(button, async () => {
  await post(`/shifts/${at.shift.id}/accept`);
  announce(say("수락했습니다.", "Accepted."));
  await refresh();
});

const decline = (button, reason) => busy(button, async () => {
  await post(`/shifts/${at.shift.id}/decline`, { reason });
  toast(say("거절했습니다. 코디네이터에게 알렸습니다.", "Declined; the coordinators have been told."));
  at.route = null;
  await refresh();
});

const start = (button, trouble) => busy(button, async () => {
  const id = crypto.randomUUID();
  const body = { shift: at.shift.id, started_at: new Date().toISOString(), leash_attested: true };
  try {
    at.walk = await put(`/walks/${id}`, body);
  } catch (error) {
    if (error.status !== 0) throw error;
    keep("walk", "PUT", `/walks/${id}`, body);
    at.walk = { id, state: "walking", blocks_walked: [], ...body };
  }
  order.changed();
  announce(say("순찰을 시작했습니다.", "The walk has begun."));
  scrollTo({ top: 0 });
  await show();
}, { problem: trouble });

function follows() {
  if (at.walk.state === "paused") return at.tracking?.pause();
  at.tracking ??= track(at.walk, { onFix, onTrouble });
  return at.tracking.resume();
}

/** A walk that is over, whoever ended it, is followed no more. */
function stopTracking() {
  at.tracking?.stop();
  at.tracking = null;
  at.map?.here(null);
}

function onFix(position) {
  problem.hidden = true;
  at.map.here(position);
  ahead(at.route, doneBlocks(), position);
}

function onTrouble(kind) {
  problem.textContent = kind === "denied"
    ? say("위치 사용이 꺼져 있습니다. 브라우저 설정에서 이 사이트의 위치를 허용해 주세요.", "Location is switched off; allow it for this site in the browser’s settings.")
    : say("지금은 위치를 알 수 없습니다. 하늘이 보이는 곳에서 다시 시도합니다.", "The phone does not know where it is at the moment; it goes on trying.");
  problem.hidden = false;
}

const pause = (button) => busy(button, async () => {
  at.tracking?.pause();
  await flush();
  try {
    at.walk = await post(`/walks/${at.walk.id}/pause`, {});
    order.changed();
  } finally {
    await show(); // follows the walk on where it could not be paused
  }
});

const resume = (button) => busy(button, async () => {
  at.walk = await post(`/walks/${at.walk.id}/resume`, {});
  order.changed();
  await show();
});

ready(find("#end"), "click", (event) => busy(event.currentTarget, async () => {
  if (!confirm(say("순찰을 마칠까요?", "End the walk?"))) return;
  stopTracking();
  const ended_at = new Date().toISOString();
  at.walk = { ...at.walk, state: "ended", ended_at, unsent: true };
  const sent = keep("end", "POST", `/walks/${at.walk.id}/end`, { ended_at }); // before anything that may fail
  await show();
  await sent;
}));

ready(find("#report"), "click", ({ currentTarget }) => busy(currentTarget, () =>
  openReport({ position: at.tracking?.last() ?? null, walk: at.walk?.state === "ended" ? null : at.walk?.id, sent: reports.show })));

onSettled(({ what, path, body, answer, problem: refused }) => {
  if (what === "sighting") reports.settled(path.split("/").pop(), body, answer, refused);
  else if (what === "photo") reports.photo({ path, body }, refused);
  else if (refused) toast(refused.message);
  if (what === "positions" && answer && at.walk && path.includes(at.walk.id)) {
    at.walk = { ...at.walk, distance_m: answer.distance_m, blocks_walked: answer.blocks_walked, welfare: answer.welfare };
    show().catch(() => {}); // its map was not to be had; it is asked for again with the next
  }
  if (what === "end") {
    if (answer) announce(say("순찰을 마쳤습니다. 수고하셨습니다.", "The walk is done. Thank you!"));
    refreshQuietly();
  }
  if (what === "walk" && refused) {
    stopTracking();
    refreshQuietly();
  }
});

function showWaiting() {
  const count = waiting().length;
  const line = find("#waiting");
  line.hidden = count === 0 || (navigator.onLine && !isStuck());
  line.textContent = say(`연결이 되면 보낼 것 ${count}건. 휴대전화에 보관하고 있습니다.`, `${count} to send once there is a connection; kept on this phone.`);
}
onChange(showWaiting);
setInterval(() => document.visibilityState === "visible" && at.shift && !at.walk && lookAtDogs().catch(() => {}), GATE_EVERY_MS);
addEventListener("offline", showWaiting);
addEventListener("online", showWaiting);

function begin() {
  const reads = [refresh(), reports.refresh(), refreshNotices()];
  offerAfter(reads);
  return attempt(() => Promise.all([...reads, flush()]), { problem });
}

let offered = false;

/** Nothing is offered before: it would move under a thumb as the rest comes in above it. */
async function offerAfter(reads) {
  if (offered) return;
  offered = true;
  await Promise.allSettled(reads);
  await offerPush().catch(() => {}); // an offer: the page does without
}

follow({
  onState: shows(find("#link")),
  onEvent: ({ kind, content }) => {
    if (kind === "reset") begin();
    else if (kind === "notice" || content.kind === "notice") refreshNotices().catch(() => {});
    else if (kind === "receipt") reports.news(content.id);
    else if (kind === "shift" || content.kind?.startsWith("shift") || content.kind === "walk_welfare") refreshQuietly();
  },
});
