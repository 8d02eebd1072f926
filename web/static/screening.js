/** The screening console: which day and station, scoring, what differs, and for coordinators the day itself. */

import { all, create, get } from "./api.js";
import { attempt, busy, find, h, ready } from "./elements.js";
import { latest } from "./latest.js";
import { flush, onChange } from "./outbox.js";
import { makePad } from "./score_pad.js";
import { showDiffering } from "./screening_lead.js";
import { readyForm, showDay } from "./screening_manage.js";
import { dismissRefused, onTaken, refused, unsent } from "./screening_marks.js";
import { item as nameOf } from "./screening_words.js";
import { say, when } from "./words.js";

const { person } = document.documentElement.dataset;
const CHOICE = `patrol.station.${person}`;
const REFRESH_MS = 10_000;

const order = latest();
const at = { days: [], day: null, candidates: new Map() };
const problem = find("#problem");
const managing = find("#managing");
const tabs = [...document.querySelectorAll("[data-shows]")];
const [daySelect, stationSelect] = [find("#day"), find("#station")];

const pad = makePad(find("#scoring"), {
  known: (number) => at.candidates.get(number),
  checkIn: (number, button) => busy(button, async () => {
    learn([await create(`/screening-days/${at.day.id}/candidates/${number}/check-in`)]);
    order.changed();
    pad.changed(number);
  }),
});

const learn = (candidates) => candidates.forEach((candidate) => at.candidates.set(candidate.number, candidate));

function showUnsent() {
  const count = unsent();
  const tag = find("#unsent");
  tag.textContent = count ? say(`미전송 ${count}`, `Not sent: ${count}`) : say("모두 전송됨", "All sent");
  tag.className = `tag ${count ? "warn" : "good"}`;
  const lost = refused();
  const box = find("#refused");
  box.hidden = lost.length === 0;
  box.replaceChildren(
    h("strong", {}, say("받아들여지지 않은 점수", "Marks that were refused")),
    ...lost.map(({ body, message }) => h("p", {}, say(`${body.number}번 ${body.item ? `${nameOf(body.item)} ${body.points}점` : ""}: ${message}`, `Number ${body.number} ${body.item ? `${nameOf(body.item)} ${body.points}` : ""}: ${message}`))),
    h("button", { class: "button", type: "button", onclick: () => { dismissRefused(); showUnsent(); } }, say("확인했습니다", "Seen")));
}

function offerDays() {
  daySelect.replaceChildren(...at.days.map((day) => h("option", { value: day.id }, `${when(day.begins_at)} · ${day.place}${day.state === "closed" ? say(" (마감)", " (closed)") : ""}`)));
  find("#none").hidden = at.days.length > 0;
  find("#choice").hidden = find(".tabs").hidden = at.days.length === 0;
  const kept = JSON.parse(localStorage.getItem(CHOICE) ?? "{}");
  const day = at.days.find((one) => one.id === kept.day) ?? at.days.find((one) => one.state === "open") ?? at.days[0];
  if (day) chooseDay(day, kept.station);
}

function chooseDay(day, station) {
  at.day = day;
  at.candidates.clear();
  daySelect.value = day.id;
  stationSelect.replaceChildren(...day.stations.map((one) => h("option", { value: one.number }, one.name)));
  if (day.stations.some((one) => one.number === station)) stationSelect.value = String(station);
  const leads = Boolean(managing) || day.lead === person;
  find('[data-shows="differing"]').hidden = !leads;
  choose();
  open(shown() === "differing" && !leads ? "scoring" : shown());
}

function choose() {
  const station = at.day.stations.find((one) => String(one.number) === stationSelect.value);
  localStorage.setItem(CHOICE, JSON.stringify({ day: at.day.id, station: station.number }));
  pad.show(at.day, station);
}

const shown = () => tabs.find((tab) => tab.getAttribute("aria-pressed") === "true").dataset.shows;

function open(name) {
  for (const tab of tabs) {
    tab.setAttribute("aria-pressed", String(tab.dataset.shows === name));
    find(`#${tab.dataset.shows}`).hidden = tab.dataset.shows !== name;
  }
  if (managing) find("#making").hidden = name !== "managing" && at.days.length > 0;
  return refresh();
}

/** Everything of the day anew. What the examiner is just entering stays. */
const refresh = async () => at.day && order.read(readDay, show);

async function readDay() {
  const path = `/screening-days/${at.day.id}`;
  const differing = shown() === "differing" ? get(`${path}/differing`) : null;
  return Promise.all([get(path), all(`${path}/candidates`), differing]);
}

function show([fresh, candidates, differing]) {
  if (fresh.id !== at.day.id) return; // another was chosen meanwhile
  at.day = fresh;
  at.days = at.days.map((one) => (one.id === fresh.id ? fresh : one));
  learn(candidates);
  pad.changed(null);
  if (managing && shown() === "managing" && !managing.contains(document.activeElement)) showDay(managing, fresh, refreshAll);
  if (!find('[data-shows="differing"]').hidden) {
    if (differing) showDiffering(find("#differing"), fresh, differing.items, refresh);
    const count = differing ? differing.items.length : fresh.progress.differing;
    find("#differing-count").textContent = count ? String(count) : "";
  }
}

const refreshAll = async () => {
  await refresh();
  if (managing) showDay(managing, at.day, refreshAll);
};

for (const tab of tabs) ready(tab, "click", () => busy(tab, () => open(tab.dataset.shows)));
ready(daySelect, "change", () => chooseDay(at.days.find((day) => day.id === daySelect.value)));
ready(stationSelect, "change", choose);
onChange(showUnsent);
onTaken((candidate, day) => {
  if (day !== at.day?.id || !at.candidates.has(candidate.number)) return;
  learn([candidate]);
  order.changed();
});
showUnsent();
flush();

await attempt(async () => {
  at.days = await all("/screening-days");
  offerDays();
  if (managing) {
    find("#making").open = at.days.length === 0;
    await readyForm(find("#make"), async (day) => {
      at.days = [day, ...at.days];
      localStorage.setItem(CHOICE, JSON.stringify({ day: day.id, station: 1 }));
      find("#making").open = false;
      offerDays();
      await open("managing");
    });
  }
}, { problem });
setInterval(() => document.visibilityState === "visible" && refresh().catch(() => {}), REFRESH_MS);
