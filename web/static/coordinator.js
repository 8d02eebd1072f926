/** The coordinators' page: blocks and tonight's routes on the map, the plan beside it, kept true by the stream. */

import { all, get } from "./api.js";
import { blockPopup, drawBlocks, drawBoxes, drawOffer, drawRoutes, fadeBlocks } from "./plan_map.js";
import { city } from "./city.js";
import { attempt, find, ready, toast } from "./elements.js";
import { latest } from "./latest.js";
import { shows } from "./link_state.js";
import { follow } from "./live.js";
import { makeMap, onTheme } from "./map.js";
import { makePins } from "./pins.js";
import { keepQueue } from "./queue_view.js";
import { listRemedies, makeSlots } from "./remedies.js";
import { listDays, listLeftOut, listRoutes, listStops } from "./route_list.js";
import { makeRunPanel } from "./run_panel.js";
import { isOpen } from "./sighting_card.js";
import { flagWalks, listGates } from "./welfare.js";
import { say } from "./words.js";

const SHIFTS_EVERY_MS = 60_000; // teams' answers come without an event

const problem = find("#problem");
const { bbox = null } = (await attempt(city, { problem })) ?? {};
const { map } = makeMap(find("#map"), { bbox, label: say("순찰 지도", "Patrol map") });
const state = { known: false, blocks: new Map(), boxes: [], teams: [], run: null, routes: [], day: null, shifts: new Map(), leftOut: [], remedies: [], chosen: null };
const layers = { blocks: L.layerGroup().addTo(map), boxes: L.layerGroup().addTo(map), routes: L.layerGroup().addTo(map) };
const offered = L.layerGroup().addTo(map);
const shiftsOf = latest();
const flags = latest();
const legend = find(".legend");
let drawn = null;

legend.open = innerWidth > 860;
map.on("zoomend", () => drawn?.spread());

for (const box of document.querySelectorAll("[data-layer]")) {
  ready(box, "change", () => (box.checked ? map.addLayer(layers[box.dataset.layer]) : map.removeLayer(layers[box.dataset.layer])));
}

/** The routes of the day on show; of an evening's plan all. */
const onShow = () => state.routes.filter((route) => !state.day || route.evening === state.day);

function drawLines() {
  drawn = drawRoutes(map, layers.routes, onShow(), { blocks: state.blocks, onChoose: choose, onNear: near });
}

function draw() {
  drawBlocks(layers.blocks, state.blocks.values(), { popup: (block) => blockPopup(block, { ...state, routes: onShow() }, pins) });
  drawBoxes(layers.boxes, state.boxes);
  drawLines();
  drawn.choose(state.chosen);
}

function choose(key) {
  offered.clearLayers();
  for (const button of document.querySelectorAll(".offer")) button.setAttribute("aria-pressed", "false");
  state.chosen = key === state.chosen ? null : key;
  drawn.choose(state.chosen);
  const route = onShow().find((one) => one.key === state.chosen);
  for (const button of document.querySelectorAll(".route")) button.setAttribute("aria-pressed", String(button.dataset.route === state.chosen));
  find("#show-all").hidden = !route;
  fadeBlocks(layers.blocks, Boolean(route));
  listStops(route, state.blocks, pins);
  if (route) map.fitBounds(drawn.boundsOf(route.key), { paddingTopLeft: [48, 48], paddingBottomRight: [legend.open ? legend.offsetWidth + 24 : 48, 48], maxZoom: 18 });
}

function near(key) {
  drawn.near(key);
  for (const button of document.querySelectorAll(".route")) button.classList.toggle("near", button.dataset.route === key);
}

function showOffer(blocks) {
  if (blocks && state.chosen) {
    state.chosen = null;
    showDay(state.day);
  }
  fadeBlocks(layers.blocks, Boolean(blocks || state.chosen));
  drawOffer(map, offered, blocks, state.blocks);
  if (blocks && innerWidth <= 860) find(".map-side").scrollIntoView(); // there the map is above the lists
}

function showDay(day) {
  Object.assign(state, { day, chosen: null });
  drawLines();
  offered.clearLayers();
  fadeBlocks(layers.blocks, false);
  listDays(state, { onDay: showDay });
  listRoutes({ ...state, routes: onShow() }, { onChoose: choose, onNear: near });
  listStops(null, state.blocks, pins);
  find("#show-all").hidden = true;
}

async function showRun(run) {
  const finished = run && ["done", "cancelled", "published", "withdrawn"].includes(run.state);
  state.run = run;
  const [routes, leftOut, remedies, gates] = finished
    ? await Promise.all([get(`/plan-runs/${run.id}/routes`), all(`/plan-runs/${run.id}/left-out`), get(`/plan-runs/${run.id}/remedies`), get(`/plan-runs/${run.id}/welfare`)])
    : [[], [], [], []];
  if (state.run !== run) return; // another is on show by now
  routes.forEach((route, index) => Object.assign(route, { index, key: `${route.evening} ${route.team.id}` }));
  Object.assign(state, { routes, leftOut, remedies });
  state.day = run?.kind === "week" ? (routes.find((route) => route.evening === state.day) ?? routes[0])?.evening ?? null : null;
  await readShifts();
  if (state.run !== run) return;
  listLeftOut(leftOut, state.blocks, { pins, teams: state.teams });
  listGates(gates, { week: run?.kind === "week" });
  listRemedies(remedies, state.blocks, { onShow: showOffer });
  slots.show(run, state);
  showDay(state.day);
}

async function readShifts() {
  const run = state.run;
  const days = state.routes.map((route) => route.evening).sort();
  const published = run?.state === "published" && days.length;
  await shiftsOf.read(async () => (published ? all(`/shifts?from=${days[0]}&until=${days.at(-1)}`) : []), (shifts) => {
    if (state.run !== run) return;
    state.shifts = new Map(shifts.filter((shift) => shift.state !== "withdrawn").map((shift) => [`${shift.evening} ${shift.team.id}`, shift]));
    listRoutes({ ...state, routes: onShow() }, { onChoose: choose, onNear: near });
  });
}

const readFlags = () => flags.read(
  () => Promise.all(["walking", "paused"].map((walks) => all(`/walks?state=${walks}`))),
  (out) => flagWalks(out.flat()),
);

function pinsChanged() {
  const route = state.routes.find((one) => one.key === state.chosen);
  if (route) listStops(route, state.blocks, pins);
  listLeftOut(state.leftOut, state.blocks, { pins, teams: state.teams });
  map.closePopup();
}

ready(find("#show-all"), "click", () => {
  choose(state.chosen);
  if (bbox) map.fitBounds([[bbox[1], bbox[0]], [bbox[3], bbox[2]]]);
});

const mayAct = Boolean(find("#ask"));
const pins = makePins({ mayAct, changed: pinsChanged });
const slots = makeSlots({ onShow: showOffer });
const panel = makeRunPanel({ shown: showRun });
const section = find("#sightings-section");
const queue = keepQueue(find(".queue", section), {
  path: "/sightings",
  belongs: (sighting) => isOpen(sighting) && section.dataset.routed.split(" ").includes(sighting.routed_to),
  shown: (sightings) => {
    find(".empty", section).hidden = sightings.length > 0;
    find("#sightings-count").textContent = String(sightings.length);
    find("#sightings-count").classList.toggle("bad", sightings.length > 0);
  },
  arrived: () => toast(say("코디네이터에게 새 신고가 왔습니다.", "A new sighting for coordinators.")),
});

/** What stays as it is while the page is open. */
async function readPlaces() {
  const [blocks, boxes, teams] = await Promise.all([all("/blocks?active=true"), all("/boxes"), all("/teams?state=active")]);
  Object.assign(state, {
    known: true,
    blocks: new Map(blocks.map((block) => [block.id, block])),
    boxes,
    teams: teams.sort((one, other) => one.code.localeCompare(other.code)),
  });
  draw();
  await pins.refresh();
  onTheme(draw);
  if (blocks.length === 0) {
    find("#map-empty").textContent = say("순찰 구간이 아직 없습니다. 구간을 만들거나 불러오면 여기에 나타납니다.", "There are no target blocks yet; build or import them and they appear here.");
    find("#map-empty").hidden = false;
  }
}

const refresh = () => attempt(async () => {
  if (!state.known) await readPlaces();
  await Promise.all([panel.refresh().then(readShifts), queue.refresh(), readFlags()]);
}, { problem });
setInterval(() => document.visibilityState === "visible" && readShifts().catch(() => {}), SHIFTS_EVERY_MS);
follow({
  onState: shows(find("#link")),
  onEvent: (event) => {
    if (event.kind === "reset") return refresh();
    queue.onEvent(event);
    panel.onEvent(event);
    const walks = event.kind === "shift" && ["walking", "walked"].includes(event.content.state);
    if (event.kind === "walk" || walks) readFlags().catch(() => {});
    return (walks || event.content.kind?.startsWith("shift")) && readShifts();
  },
});
