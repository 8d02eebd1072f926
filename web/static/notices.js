/** Notices: walkers read those sent to them, officers write, extend and withdraw them. */

import { all, call, create } from "./api.js";
import { city } from "./city.js";
import { alone, announce, find, h, ready, toast } from "./elements.js";
import { submits } from "./forms.js";
import { latest } from "./latest.js";
import { makeMap, pin } from "./map.js";
import { openPlace } from "./place.js";
import { metres, said, say, when } from "./words.js";

const HOUR_MS = 3_600_000;

/** Keep `holder` showing the notices in force. Returns refresh(). Each goes by itself when its time is over. */
export function keepNotices(holder) {
  const order = latest();
  let timer = null;
  const refresh = () => order.read(() => all("/notices"), show);
  const show = (notices) => {
    const known = new Set([...holder.children].map((one) => one.id));
    holder.replaceChildren(...notices.map((notice) => shown(notice, refresh)));
    holder.hidden = notices.length === 0;
    const fresh = notices.filter((notice) => !known.has(`notice-${notice.id}`));
    if (fresh.length) announce(say(`알림: ${text(fresh[0])}`, `Notice: ${text(fresh[0])}`), { atOnce: fresh[0].kind === "missing_person" });
    clearTimeout(timer);
    const ends = Math.min(...notices.map((notice) => Date.parse(notice.expires_at)));
    if (notices.length) timer = setTimeout(() => refresh().catch(() => holder.replaceChildren()), Math.max(1000, Math.min(ends - Date.now(), HOUR_MS)));
  };
  return refresh;
}

const text = (notice) => said(notice.words) || notice.words.ko || notice.words.en;

function shown(notice, refresh) {
  const problem = h("p", { class: "note bad", hidden: true });
  return h("article", { class: `note stack tight ${notice.kind === "missing_person" ? "bad" : "warn"}`, id: `notice-${notice.id}` },
    h("div", { class: "row ends" },
      h("strong", {}, said(notice.kind_name)),
      h("span", { class: "quiet-text" }, say(`${when(notice.expires_at)}까지`, `until ${when(notice.expires_at)}`))),
    h("p", { class: "said" }, text(notice)),
    h("div", { class: "row" },
      h("button", { class: "button", type: "button", onclick: () => openPlace([notice.lon, notice.lat], said(notice.kind_name)) },
        say(`지도 · 반경 ${metres(notice.radius_m)}`, `Map · within ${metres(notice.radius_m)}`)),
      notice.told !== null && h("span", { class: "quiet-text" }, say(`${notice.told}팀에 알림`, `${notice.told} told`)),
      ...(notice.may_change ? changes(notice, refresh, problem) : [])),
    notice.told === null && h("p", { class: "hint" }, say("보이면 112에 먼저 전화하고, 직접 개입하지 마세요.", "If you see something, call 112 first and never step in yourself.")),
    problem);
}

function changes(notice, refresh, problem) {
  const version = { "If-Match": `"${notice.version}"` };
  const button = (words, work) => h("button", { class: "button", type: "button", "data-action": true, onclick: (event) => alone(event.currentTarget, async () => {
    await work();
    await refresh();
  }, { problem }) }, words);
  return [
    button(say("2시간 더", "2 hours more"), () => {
      const until = new Date(Math.max(Date.parse(notice.expires_at), Date.now()) + 2 * HOUR_MS).toISOString();
      return call("POST", `/notices/${notice.id}/extend`, { expires_at: until }, version);
    }),
    button(say("거두기", "Withdraw"), () => call("DELETE", `/notices/${notice.id}`, undefined, version)),
  ];
}

const LOOK_OUT = "look-out";

/** Opens the officer's form for a notice about a place [lon, lat]. */
export const lookOutButton = (at) =>
  h("button", { class: "button compact", type: "button", onclick: () => document.dispatchEvent(new CustomEvent(LOOK_OUT, { detail: at })) }, say("근처 팀에 알리기…", "Tell teams near here…"));

/** The officer's form, opened by `opener`. `written()` is called when one has gone out. */
export function offerWriting(opener, form, { written }) {
  const problem = find("[data-problem]", form);
  let place = null;
  let map = null;
  let mark = null;
  let ends = null; // of one that may have gone out without an answer: asked for again it is the same
  const put = (lon, lat) => {
    place = [lon, lat];
    mark?.remove();
    mark = pin(place, "!", { kind: "next", size: 30 }).addTo(map);
    find("[data-place]", form).textContent = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
  };
  ready(opener, "click", () => {
    form.hidden = !form.hidden;
    opener.setAttribute("aria-expanded", String(!form.hidden));
    if (form.hidden) return;
    if (!map) {
      map = makeMap(find(".map", form), { label: say("알림을 보낼 곳", "Where the notice is about") }).map;
      map.on("click", ({ latlng }) => put(latlng.lng, latlng.lat));
      city().then(({ bbox }) => bbox && !place && map.fitBounds([[bbox[1], bbox[0]], [bbox[3], bbox[2]]]), () => {}); // it can be moved by hand
    }
    form.elements.kind.focus();
  });
  document.addEventListener(LOOK_OUT, ({ detail: [lon, lat] }) => {
    if (form.hidden) opener.click();
    put(lon, lat);
    map.setView([lat, lon], 16);
    form.elements.kind.focus();
  });
  ready(find("[data-here]", form), "click", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => { put(coords.longitude, coords.latitude); map.setView([coords.latitude, coords.longitude], 16); },
    () => { problem.textContent = say("지금은 위치를 알 수 없습니다. 지도를 눌러 주세요.", "The position is not known; press on the map."); problem.hidden = false; },
  ));
  form.addEventListener("input", () => { ends = null; });
  submits(form, async () => {
    if (!place) throw new Error(say("지도를 눌러 위치를 정해 주세요.", "Press on the map to say where."));
    const { kind, ko, en, radius, hours } = form.elements;
    ends ??= new Date(Date.now() + Number(hours.value) * HOUR_MS).toISOString();
    const sent = await create("/notices", {
      kind: kind.value,
      words: { ko: ko.value, en: en.value },
      lon: place[0],
      lat: place[1],
      radius_m: Number(radius.value),
      expires_at: ends,
    }).catch((error) => {
      if (error.status !== 0) ends = null;
      throw error;
    });
    ends = null;
    toast(say(`${sent.told}팀에 알렸습니다.`, `${sent.told} told.`));
    form.reset();
    place = null; // the next one is about another
    mark.remove();
    find("[data-place]", form).textContent = "–";
    form.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    written();
  });
}
