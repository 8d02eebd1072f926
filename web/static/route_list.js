/** The lists beside the coordinators' map: routes, one route's blocks, what was left out. */

import { find, h } from "./elements.js";
import { routeColour } from "./map.js";
import { atTime, duration, metres, number, reasons, said, say, street } from "./words.js";

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
  find("#routes").replaceChildren(...routes.map((route, index) => h("li", {}, row(route, index, shifts.get(route.team.id), chosen, { onChoose, onNear }))));
}

function row(route, index, shift, chosen, { onChoose, onNear }) {
  const team = route.team.id;
  return h(
    "button",
    {
      class: "route",
      type: "button",
      "data-team": team,
      "aria-pressed": String(team === chosen),
      onclick: () => onChoose(team),
      onmouseenter: () => onNear(team),
      onmouseleave: () => onNear(null),
      onfocus: () => onNear(team),
      onblur: () => onNear(null),
    },
    swatch(routeColour(index)),
    h("strong", {}, `${route.team.code} · ${atTime(route.starts_at)}`),
    shift ? shiftTag(shift.state) : h("span", {}),
    h("small", {}, [duration(route.duration_s), metres(route.distance_m), say(`${route.blocks.length}구간`, `${route.blocks.length} blocks`), say(`중요도 ${number(route.weight)}`, `weight ${number(route.weight)}`)].join(" · ")),
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

/** One route's blocks in walking order; nothing when no route is chosen. */
export function listStops(route, blocks) {
  find("#stops-section").hidden = !route;
  if (!route) return;
  find("#stops-title").textContent = say(`${route.team.code}의 구간 순서`, `${route.team.code}, block by block`);
  find("#stops").replaceChildren(...route.blocks.map((id, index) => {
    const block = blocks.get(id);
    return h("li", {},
      h("span", { class: "pin" }, String(index + 1)),
      h("div", {},
        h("strong", {}, block ? street(block.street) : "–"),
        block ? h("p", {}, [block.code, say(`중요도 ${block.weight}`, `weight ${block.weight}`), reasons(block.reasons)].filter(Boolean).join(" · ")) : null));
  }));
}

/** Blocks that the plan leaves out, by reason, heaviest first. */
export function listLeftOut(leftOut, blocks) {
  find("#left-out-section").hidden = leftOut.length === 0;
  find("#left-out-count").textContent = String(leftOut.length);
  const groups = Map.groupBy ? Map.groupBy(leftOut, (one) => one.reason) : grouped(leftOut);
  find("#left-out").replaceChildren(...[...groups.values()].map((group) =>
    h("div", { class: "group" },
      h("h3", {}, said(group[0].words), h("span", { class: "quiet-text" }, ` ${group.length}`)),
      h("ul", { class: "plain-list" }, group.slice(0, 30).map((one) =>
        h("li", { class: "row ends" }, h("span", {}, `${one.code} ${street(blocks.get(one.block)?.street)}`), h("span", { class: "quiet-text number" }, say(`중요도 ${one.weight}`, `weight ${one.weight}`))))),
      group.length > 30 ? h("p", { class: "quiet-text" }, say(`그 밖에 ${group.length - 30}곳`, `and ${group.length - 30} more`)) : null)));
}

function grouped(leftOut) {
  const groups = new Map();
  for (const one of leftOut) groups.set(one.reason, [...(groups.get(one.reason) ?? []), one]);
  return groups;
}
