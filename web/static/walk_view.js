/** What the walker's page says in each state of the shift. */

import { find, h } from "./elements.js";
import { metresTo, nearestOn } from "./geometry.js";
import { shiftTag } from "./route_list.js";
import { gateNote, homeNote } from "./welfare.js";
import { atTime, duration, metres, number, onDay, reasons, said, say, street } from "./words.js";

const ARROWS = { start: "↑", straight: "↑", slight_left: "↖", left: "←", slight_right: "↗", right: "→", u_turn: "↶", arrive: "◎" };
const HERE_M = 25;

/** Nothing to walk: what happens next depends on the team. */
export function noShift(team) {
  if (!team) {
    return h("div", { class: "empty" }, h("strong", {}, say("아직 팀이 없습니다", "You have no team yet")),
      h("p", {}, say("반려견과 함께 팀을 등록하면 순찰에 나갈 수 있습니다.", "Register your team with your dog to go on patrol.")),
      h("p", { class: "actions" }, h("a", { class: "button main wide", href: "/team" }, say("팀 등록", "Register a team"))));
  }
  return h("div", { class: "empty" }, h("strong", {}, say("예정된 순찰이 없습니다", "No patrol is planned for you")),
    h("p", {}, team.state === "active"
      ? say("새 순찰이 정해지면 이 화면에 나타납니다.", "A new one appears here as soon as it is offered.")
      : say("심사를 마치면 순찰을 받을 수 있습니다.", "Once your team has been screened you are offered patrols.")),
    h("p", {}, h("a", { href: "/team" }, say("우리 팀 보기", "See my team"))));
}

/** An offered or accepted shift: answer it, look at the way, start. */
export function shiftView(shift, route, { leash, gate, accept, decline, start }) {
  return h("div", { class: "stack" },
    heading(shift),
    shift.state === "offered" ? answering(shift, { accept, decline }) : starting(shift, { leash, gate, start }),
    wayDetails(shift, route),
    shift.state === "accepted" ? declining(say("이 순찰에 못 가게 되었어요", "I cannot come after all"), decline) : null);
}

const heading = (shift) => h("div", { class: "stack tight" },
  h("div", { class: "row ends" }, h("span", { class: "quiet-text" }, `${onDay(shift.starts_at)} · ${shift.team.name}`), shiftTag(shift.state)),
  h("h2", { class: "big" }, say(`${atTime(shift.starts_at)} 출발`, `Leave at ${atTime(shift.starts_at)}`)),
  h("dl", { class: "facts" },
    fact(say("시간", "Time"), duration(shift.duration_s)),
    fact(say("거리", "Distance"), metres(shift.distance_m)),
    fact(say("순찰 구간", "Blocks"), String(shift.blocks))));

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

function answering(shift, { accept, decline }) {
  return h("div", { class: "stack tight" },
    h("button", { class: "button main large wide", type: "button", onclick: (event) => accept(event.currentTarget) }, say("수락하기", "Accept")),
    h("p", { class: "hint" }, say(`${atTime(shift.answer_by)}까지 답해 주세요.`, `Please answer by ${atTime(shift.answer_by)}.`)),
    declining(say("거절하기…", "Decline…"), decline));
}

function declining(text, decline) {
  const form = h("form", { class: "stack tight" },
    h("label", { class: "field" }, say("이유 (선택)", "Reason (if you like)"), h("input", { name: "reason", maxlength: "200" })),
    h("button", { class: "button wide", type: "submit" }, say("거절 보내기", "Send the refusal")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    decline(event.submitter, form.elements.reason.value);
  });
  return h("details", {}, h("summary", {}, text), form);
}

function starting(shift, { leash, gate, start }) {
  const now = Date.now();
  const opens = Date.parse(shift.opens_at);
  const attested = h("input", { type: "checkbox", name: "leash", required: true });
  const trouble = h("p", { class: "note bad", role: "alert", hidden: true });
  const button = h("button", { class: "button main large wide", type: "button", disabled: now < opens || gate?.verdict === "stop", id: "start" }, say("순찰 시작", "Start the walk"));
  button.addEventListener("click", () => {
    if (!attested.checked) {
      trouble.textContent = say("리드줄을 확인하고 표시해 주세요.", "Check the leash and tick the box first.");
      trouble.hidden = false;
      return attested.focus();
    }
    return start(button, trouble);
  });
  if (now < opens && gate?.verdict !== "stop") setTimeout(() => { button.disabled = false; }, Math.min(opens - now, 2 ** 31 - 1));
  return h("div", { class: "stack tight" },
    gateNote(gate),
    h("label", { class: "tick" }, attested, h("span", {}, say(`리드줄은 ${leash}m 이하이고 단단히 맸습니다. 사건에 끼어들지 않고 알리기만 하겠습니다.`, `The leash is at most ${leash} m and fastened. I will not step in, only report.`))),
    trouble,
    button,
    h("p", { class: "hint" }, now < opens
      ? say(`${atTime(shift.opens_at)}부터 시작할 수 있습니다.`, `You can start from ${atTime(shift.opens_at)}.`)
      : say(`${atTime(shift.closes_at)}까지 시작해 주세요. 걷는 동안만 위치를 기록합니다.`, `Start by ${atTime(shift.closes_at)}. Your position is recorded only while you walk.`)));
}

function wayDetails(shift, route) {
  return h("div", {},
    stopsOf(route, new Set()),
    turnsOf(route),
    h("p", { class: "actions" }, h("a", { class: "button", href: `/api/v1/shifts/${shift.id}/route.gpx`, download: `patrol-${shift.evening}.gpx` }, say("GPX 내려받기", "Download GPX"))));
}

const stopsOf = (route, done) => h("details", { "data-part": "stops" }, h("summary", {}, say(`순찰 구간 ${route.stops.length}곳`, `${route.stops.length} blocks`)), h("ol", { class: "stops" }, route.stops.map((stop) =>
  h("li", {},
    h("span", { class: `pin ${done.has(stop.block) ? "done" : ""}` }, done.has(stop.block) ? "✓" : String(stop.position)),
    h("div", {},
      h("strong", {}, street(stop.street), done.has(stop.block) ? h("span", { class: "unseen" }, say(" (걸음)", " (walked)")) : null),
      h("p", {}, [atTime(stop.arrives_at), stop.dwell_s ? say(`${Math.round(stop.dwell_s / 60)}분 머물기`, `stay ${Math.round(stop.dwell_s / 60)} min`) : metres(stop.length_m), reasons(stop.reasons)].filter(Boolean).join(" · ")))))));

const turnsOf = (route) => h("details", { "data-part": "turns" }, h("summary", {}, say("길 안내", "Turn by turn")), h("ol", { class: "turns" }, route.turns.map((turn) =>
  h("li", {}, h("span", { class: "arrow", "aria-hidden": "true" }, ARROWS[turn.kind] ?? "•"), h("span", {}, said(turn.say)), h("span", { class: "number" }, turn.length_m > 0 ? metres(turn.length_m) : "")))));

/** During the walk: what is next, how far it has gone. `ahead` fills in the distances at every fix. */
export function underWay({ shift, route, walk, done }, { pause, resume }) {
  const paused = walk.state === "paused";
  const toggle = h("button", { class: "button", type: "button", onclick: (event) => (paused ? resume : pause)(event.currentTarget) }, paused ? say("다시 걷기", "Go on") : say("잠시 멈춤", "Pause"));
  return h("div", { class: "stack" },
    paused ? h("p", { class: "note warn" }, say("멈춤: 위치를 기록하지 않습니다.", "Paused: your position is not recorded.")) : nextCard(),
    homeNote(walk.welfare),
    h("dl", { class: "facts" },
      fact(say("순찰 구간", "Blocks"), `${done.size} / ${route.stops.length}`),
      fact(say("걸은 거리", "Walked"), metres(walk.distance_m ?? 0)),
      fact(say("시작", "Began"), atTime(walk.started_at))),
    h("div", { class: "row" }, toggle),
    stopsOf(route, done),
    turnsOf(route));
}

const nextCard = () => h("div", { class: "ahead" },
  h("span", { class: "far", id: "far" }, "…"),
  h("p", {}, h("strong", { id: "next-name" }, say("위치를 기다리는 중", "Waiting for your position")), h("br"), h("span", { id: "next-turn" })));

let along = 0;

/** Fill in the next block, its distance and the next turn for where the phone is. */
export function ahead(route, done, position) {
  if (!find("#far")) return;
  const point = [position.lon, position.lat];
  const next = route.stops.find((stop) => !done.has(stop.block));
  if (next) {
    const away = metresTo(next.geometry, point);
    find("#far").textContent = away < HERE_M ? say("여기", "Here") : metres(away);
    find("#next-name").textContent = `${next.position}. ${street(next.street)}`;
  } else {
    find("#far").textContent = "✓";
    find("#next-name").textContent = say("모든 구간을 걸었습니다. 돌아가는 길입니다.", "All blocks are walked; you are on your way back.");
  }
  const nearest = nearestOn(route.line.coordinates, point, Math.max(0, along - 60));
  if (nearest.away < 60) along = nearest.along;
  const turn = route.turns.find((one) => one.at_m > along + 3);
  find("#next-turn").textContent = turn ? say(`${metres(turn.at_m - along)} 앞 ${said(turn.say)}`, `In ${metres(turn.at_m - along)}: ${said(turn.say)}`) : "";
}

/** A walk that has ended: what was done. */
export function walkedView(shift, route, walk) {
  const walked = walk.blocks_walked ?? [];
  return h("div", { class: "stack" },
    walk.unsent
      ? h("p", { class: "note warn" }, say("순찰을 마쳤습니다. 기록을 보내는 중입니다.", "The walk has ended; its record is on its way."))
      : h("p", { class: "note good" }, h("strong", {}, say("순찰을 마쳤습니다. 수고하셨습니다!", "The walk is done. Thank you!"))),
    h("dl", { class: "facts" },
      fact(say("순찰 구간", "Blocks"), `${walked.length} / ${walk.blocks_planned ?? route.stops.length}`),
      fact(say("걸은 거리", "Walked"), metres(walk.distance_m ?? 0)),
      fact(say("시간", "Time"), duration(walk.duration_s ?? (Date.parse(walk.ended_at) - Date.parse(walk.started_at)) / 1000))),
    stopsOf(route, new Set(walked.map((one) => one.block))));
}
