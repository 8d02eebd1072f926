/** The lists beside the coordinators' map: routes, one route's blocks, what was left out. */

import { find, h } from "./elements.js";
import { routeColour } from "./map.js";
import { atTime, duration, metres, number, ofDate, reasons, said, say, street } from "./words.js";

const SHOWN = 30;

/** Reasons that a pin can do something about: it brings no team nearer, and none out earlier. */
export const HELPED = new Set(["no_time", "outvalued"]);
const SHIFT = {
  offered: ["답 기다림", "Offered", "warn"],
  accepted: ["수락", "Accepted", "good"],
  declined: ["거절", "Declined", "bad"],
  expired: ["답 없음", "No answer", "bad"],
  withdrawn: ["취소됨", "Withdrawn", ""],
  walking: ["순찰 중", "Walking", "accent"],
  walked: ["순찰 마침", "Walked", "good"],
  missed: ["나오지 않음", "Missed", "bad"],
};

/** A shift's state as a small label. */
export const shiftTag = (state) => h("span", { class: `tag ${SHIFT[state]?.[2] ?? ""}` }, SHIFT[state] ? say(SHIFT[state][0], SHIFT[state][1]) : state);

/** The plan's routes, each with its shift's state once published. */
export function listRoutes({ routes, shifts, chosen }, { onChoose, onNear }) {
  find("#routes-section").hidden = routes.length === 0;
  find("#routes-count").textContent = String(routes.length);
  find("#routes").replaceChildren(...routes.map((route) => h("li", {}, row(route, shifts.get(route.key), chosen, { onChoose, onNear }))));
}

function row(route, shift, chosen, { onChoose, onNear }) {
  const { key } = route;
  return h(
    "button",
    {
      class: "route",
      type: "button",
      "data-route": key,
      "aria-pressed": String(key === chosen),
      onclick: () => onChoose(key),
      onmouseenter: () => onNear(key),
      onmouseleave: () => onNear(null),
      onfocus: () => onNear(key),
      onblur: () => onNear(null),
    },
    swatch(routeColour(route.index)),
    h("strong", {}, `${route.team.code} · ${atTime(route.starts_at)}`),
    shift ? shiftTag(shift.state) : h("span", {}),
    h("small", {}, [duration(route.duration_s), metres(route.distance_m), say(`${route.blocks.length}구간`, `${route.blocks.length} blocks`), say(`중요도 ${number(route.weight)}`, `weight ${number(route.weight)}`)].join(" · ")),
    route.adds === null ? null : h("small", { title: say("이 팀이 없으면 계획이 잃는 중요도", "Weight that the plan would lose without this team") },
      route.adds < 0.5 ? say("다른 팀이 대신할 수 있음", "others could cover for it") : say(`이 팀 덕분에 +${number(route.adds)}`, `adds ${number(route.adds)} to the plan`)),
  );
}

function swatch(fill) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 14 28");
  drawing.setAttribute("aria-hidden", "true");
  const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x: 4, width: 6, height: 28, rx: 3, fill })) bar.setAttribute(name, value);
  drawing.append(bar);
  return drawing;
}

/** The days of a week's plan, to look at one; nothing for an evening's. */
export function listDays({ routes, day }, { onDay }) {
  const days = [...new Set(routes.map((route) => route.evening))].sort();
  find("#days").hidden = day === null;
  find("#days").replaceChildren(...(day === null ? [] : days.map((one) => {
    const count = routes.filter((route) => route.evening === one).length;
    return h("button", { class: "chip", type: "button", "aria-pressed": String(one === day), onclick: () => onDay(one) }, `${ofDate(one)} · ${say(`${count}팀`, `${count}`)}`);
  })));
}

/** One route's blocks in walking order, with the buttons to pin and bar; nothing when no route is chosen. */
export function listStops(route, blocks, pins) {
  find("#stops-section").hidden = !route;
  if (!route) return;
  find("#stops-title").textContent = say(`${route.team.code}의 구간 순서`, `${route.team.code}, block by block`);
  find("#stops").replaceChildren(...route.blocks.map((id, index) => {
    const block = blocks.get(id);
    return h("li", {},
      h("span", { class: "pin" }, String(index + 1)),
      h("div", {},
        h("div", { class: "row ends one-line" }, h("strong", {}, block ? street(block.street) : "–"), block ? pins.buttons(block, route.team) : null),
        block ? h("p", {}, [block.code, say(`중요도 ${block.weight}`, `weight ${block.weight}`), reasons(block.reasons)].filter(Boolean).join(" · ")) : null));
  }));
}

/** Blocks that the plan leaves out, by reason, heaviest first, each with why in a sentence. */
export function listLeftOut(leftOut, blocks, { pins, teams }) {
  find("#left-out-section").hidden = leftOut.length === 0;
  find("#left-out-count").textContent = String(leftOut.length);
  find("#left-out").replaceChildren(...[...grouped(leftOut).values()].map((group) =>
    h("div", { class: "group" },
      h("h3", {}, said(group[0].words), h("span", { class: "quiet-text" }, ` ${group.length}`)),
      h("ul", { class: "plain-list" }, group.slice(0, SHOWN).map((one) => leftOutRow(one, blocks.get(one.block), { pins, teams }))),
      group.length > SHOWN ? h("p", { class: "quiet-text" }, say(`그 밖에 ${group.length - SHOWN}곳`, `and ${group.length - SHOWN} more`)) : null)));
}

function leftOutRow(one, block, { pins, teams }) {
  const missing = one.visits > 1 ? say(` · ${one.visits}번 모자람`, ` · ${one.visits} visits short`) : "";
  return h("li", {},
    h("div", { class: "row ends one-line" },
      h("span", {}, `${one.code} ${street(block?.street)} `, h("span", { class: "quiet-text number" }, say(`중요도 ${one.weight}`, `weight ${one.weight}`) + missing)),
      block && HELPED.has(one.reason) ? pins.chooser(block, teams) : null),
    h("p", { class: "quiet-text" }, said(one.sentence)));
}

function grouped(leftOut) {
  const groups = new Map();
  for (const one of leftOut) groups.set(one.reason, [...(groups.get(one.reason) ?? []), one]);
  return groups;
}
