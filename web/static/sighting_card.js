/** One sighting as those see it who answer it: officers and coordinators. */

import { call, get } from "./api.js";
import { alone, announce, attempt, find, h, toast } from "./elements.js";
import { drawPlace } from "./map.js";
import { lookOutButton } from "./notices.js";
import { thumbnails } from "./photos.js";
import { openPlace } from "./place.js";
import { threadButton } from "./thread.js";
import { together } from "./together.js";
import { ago, atTime, duration, said, say, when } from "./words.js";

export const URGENCIES = ["Immediate", "Expected", "Future"];

const URGENCY = {
  Immediate: ["긴급", "Immediate", "urgent"],
  Expected: ["신속", "Expected", "warn"],
  Future: ["일반", "Future", ""],
};
const STATE = {
  alerted: ["미확인", "New", "accent"],
  acknowledged: ["확인함", "Acknowledged", "good"],
  responding: ["조치 중", "Responding", "good"],
  resolved: ["처리 완료", "Resolved", ""],
  reopened: ["다시 열림", "Reopened", "accent"],
};
const OUTCOME = {
  fixed: ["해결됨", "Fixed"],
  closed_unfixed: ["해결되지 않고 종결", "Closed, not fixed"],
  no_action: ["조치할 것 없음", "No action needed"],
  duplicate: ["중복 신고", "Duplicate"],
};
const STEP = {
  link: ["같은 건으로 묶음", "Linked to another"],
  split: ["따로 나눔", "Split"],
  hand_over: ["동료에게 넘김", "Handed over"],
  hand_back: ["대기 목록으로 되돌림", "Back to the queue"],
  route: ["다른 곳으로 전달", "Passed on"],
  report: ["접수", "Received"],
  acknowledge: ["확인", "Acknowledged"],
  respond: ["조치 시작", "Responding"],
  resolve: ["처리 완료", "Resolved"],
  reopen: ["다시 열림", "Reopened"],
  share_contact: ["신고자가 연락처를 알림", "Reporter shared a contact"],
  withdraw_contact: ["신고자가 연락처를 거둠", "Reporter took the contact back"],
  escalate: ["미확인으로 전달", "Not acknowledged, passed on to"],
  remind: ["다시 알림", "Reminded"],
};
const words = (table, key) => (table[key] ? say(table[key][0], table[key][1]) : key.replaceAll("_", " "));

export const urgencyWord = (urgency) => words(URGENCY, urgency);
export const stateWord = (state) => words(STATE, state);
export const outcomeWord = (outcome) => words(OUTCOME, outcome);

/** A small label for an urgency or a state; the word always stands beside the colour. */
export const urgencyTag = (urgency) => h("span", { class: `tag ${URGENCY[urgency]?.[2] ?? ""}` }, urgencyWord(urgency));
export const stateTag = (state) => h("span", { class: `tag ${STATE[state]?.[2] ?? ""}` }, stateWord(state));

/** Most urgent first, then who has waited longest. */
export const inOrder = (one, other) =>
  URGENCIES.indexOf(one.urgency) - URGENCIES.indexOf(other.urgency) || one.received_at.localeCompare(other.received_at);

/** What came last first. */
export const newestFirst = (one, other) => other.received_at.localeCompare(one.received_at);

export const isOpen = (sighting) => sighting.state !== "resolved";
export const isNew = (sighting) => sighting.state === "alerted" || sighting.state === "reopened";

/** "기한 19:35, 2분 남음", or that it has passed. Only until somebody has acknowledged. */
export function dueText(sighting, now = Date.now()) {
  if (!isNew(sighting) || !sighting.due_at) return "";
  const left = (new Date(sighting.due_at) - now) / 1000;
  return left < 0
    ? say(`확인 기한 ${atTime(sighting.due_at)} · ${duration(Math.max(60, -left))} 지남`, `Due ${atTime(sighting.due_at)} · overdue by ${duration(Math.max(60, -left))}`)
    : say(`${when(sighting.due_at)}까지 확인`, `Acknowledge by ${when(sighting.due_at)}`);
}

/**
 * The card. `changed(sighting, words)` is called with what the server has after an action and returns the card that stands
 * for it then, if any; `gone(id)` when it may no longer be seen here.
 */
export function card(sighting, { changed, gone }) {
  const name = `sighting-${sighting.id}`;
  const problem = h("p", { class: "note warn", role: "status", hidden: true });
  const article = h(
    "article",
    { class: `sighting ${sighting.urgency}`, id: name, "aria-labelledby": `${name}-kind`, tabindex: "-1" },
    h("div", { class: "row ends" },
      h("div", { class: "row" }, urgencyTag(sighting.urgency), stateTag(sighting.state), passedOn(sighting)),
      h("time", { class: "quiet-text", datetime: sighting.received_at, "data-ago": sighting.received_at, title: when(sighting.received_at) }, ago(sighting.received_at)),
    ),
    h("h3", { id: `${name}-kind` }, said(sighting.kind_name)),
    sighting.text ? h("p", { class: "said" }, sighting.text) : h("p", { class: "quiet-text" }, say("덧붙인 말 없음", "Nothing added")),
    thumbnails(sighting),
    place(sighting),
    due(sighting),
    about(sighting),
    problem,
    actions(sighting, { changed, gone, problem }),
    more(sighting, { changed, gone, problem }),
    way(sighting),
    steps(sighting),
  );
  return article;
}

/** That it came to the reader because nobody else acknowledged it in time. */
function passedOn(sighting) {
  return sighting.escalated_to_you && isNew(sighting) && h("span", { class: "tag urgent" }, say("넘겨받음", "Passed on to you"));
}

function place(sighting) {
  const canvas = h("canvas", {});
  const at = [sighting.lon, sighting.lat];
  const label = say(`지도에서 크게 보기: 위도 ${sighting.lat.toFixed(5)}, 경도 ${sighting.lon.toFixed(5)}`, `Show on a larger map: ${sighting.lat.toFixed(5)}, ${sighting.lon.toFixed(5)}`);
  const button = h("button", { class: "place", type: "button", "aria-label": label, onclick: () => openPlace(at, said(sighting.kind_name)) }, canvas);
  const mark = { Immediate: "danger", Expected: "warn" }[sighting.urgency] ?? "accent";
  new ResizeObserver(() => drawPlace(canvas, at, { mark })).observe(button);
  return button;
}

function due(sighting) {
  const text = dueText(sighting);
  return text && h("p", { class: `row due ${sighting.overdue ? "overdue" : ""}` }, h("strong", { "data-due": sighting.id }, text));
}

function about(sighting) {
  const lines = [
    sighting.called_at && say(`${atTime(sighting.called_at)}에 신고자가 긴급전화를 걸었다고 적음`, `The reporter noted an emergency call at ${atTime(sighting.called_at)}`),
    sighting.box ? sighting.box.name : say("담당 지구대 없음", "No police box"),
    sighting.facility && [sighting.facility.name, sighting.facility.email].filter(Boolean).join(" · "),
    sighting.direction && say(`간 방향: ${sighting.direction}`, `Went: ${sighting.direction}`),
    sighting.bite && say("물림 사고: 팀 활동이 중지됨", "A bite: the team is suspended"),
    sighting.outside_city && say("도시 경계 밖", "Outside the city"),
    sighting.restricted && say("열람 제한", "Restricted"),
    sighting.acknowledged_by && say(`${sighting.acknowledged_by} 확인, ${when(sighting.acknowledged_at)}`, `Acknowledged by ${sighting.acknowledged_by}, ${when(sighting.acknowledged_at)}`),
    sighting.outcome && outcomeWord(sighting.outcome),
  ].filter(Boolean);
  return h("ul", { class: "quiet-text" }, lines.map((line) => h("li", {}, line)));
}

function actions(sighting, { changed, gone, problem }) {
  const act = (button, action, body) =>
    alone(button, async () => {
      try {
        const after = await call("POST", `/sightings/${sighting.id}/${action}`, body, { "If-Match": `"${sighting.version}"` });
        toast(say("저장했습니다.", "Saved."));
        goOn(changed(after));
      } catch (error) {
        if (error.status === 404) gone(sighting.id);
        if (error.status !== 409 && error.status !== 412) throw error;
        goOn(changed(await get(`/sightings/${sighting.id}`), error.message));
      }
    }, { problem });
  const button = (action, text, main) =>
    h("button", { class: `button ${main ? "main" : ""}`, type: "button", "data-action": action, onclick: (event) => act(event.currentTarget, action) }, text);
  const buttons = [];
  if (isNew(sighting)) buttons.push(button("acknowledge", say("확인", "Acknowledge"), true));
  if (sighting.state === "acknowledged") buttons.push(button("respond", say("조치 시작", "Responding"), true));
  if (sighting.state === "acknowledged" || sighting.state === "responding") buttons.push(...resolving(sighting, act));
  return buttons.length ? h("div", { class: "row" }, buttons) : "";
}

/** What is happening now and no secret may be looked for by teams near it. */
const mayLookOut = (sighting) => sighting.urgency === "Immediate" && isOpen(sighting) && !sighting.restricted && document.querySelector("#notice-form");

/** Asking back, what is the same, handing over. */
function more(sighting, { changed, gone, problem }) {
  const act = (button, work, { quiet = false } = {}) => {
    const done = async () => {
      try {
        const after = await work();
        if (!quiet) toast(say("저장했습니다.", "Saved."));
        if (after) changed(after);
        else gone(sighting.id);
      } catch (error) {
        if (error.status === 404) return gone(sighting.id);
        if (error.status !== 409 && error.status !== 412) throw error;
        changed(await get(`/sightings/${sighting.id}`), error.message);
      }
      return undefined;
    };
    return button ? alone(button, done, { problem }) : attempt(done, { problem });
  };
  const [question, rest] = together(sighting, act);
  const shared = sighting.reporter_contact;
  if (sighting.messages || sighting.state !== "resolved") rest.prepend(threadButton(sighting));
  if (mayLookOut(sighting)) rest.append(lookOutButton([sighting.lon, sighting.lat]));
  return h("div", { class: "stack tight" }, question || null,
    shared && h("p", { class: "note" }, say("신고자가 공유한 연락처: ", "Shared by the reporter: "), h("strong", {}, shared.name), " ", shared.phone && h("a", { href: `tel:${shared.phone}` }, shared.phone)),
    rest.children.length ? rest : null);
}

/** Whoever works by keyboard goes on in the card as it is now. */
function goOn(element) {
  if (element && !element.contains(document.activeElement)) (find("[data-action], [aria-expanded]", element) ?? element).focus();
}

function resolving(sighting, act) {
  const id = `resolve-${sighting.id}`;
  const opener = h("button", { class: "button", type: "button", "aria-expanded": "false", "aria-controls": id }, say("처리 완료…", "Resolve…"));
  const form = h(
    "form",
    { id, class: "grow", hidden: true },
    h("label", { class: "field" }, say("결과", "Outcome"),
      h("select", { name: "outcome" }, Object.keys(OUTCOME).map((outcome) => h("option", { value: outcome }, outcomeWord(outcome))))),
    h("label", { class: "field" }, say("신고자에게 돌아갈 한마디", "A word to the reporter"), h("textarea", { name: "note", maxlength: "1000" })),
    h("button", { class: "button main", type: "submit" }, say("처리 완료로 저장", "Save as resolved")),
  );
  opener.addEventListener("click", () => {
    form.hidden = !form.hidden;
    opener.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.elements.outcome.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(event.submitter, "resolve", { outcome: form.elements.outcome.value, note: form.elements.note.value });
  });
  return [opener, form];
}

function way(sighting) {
  const { text, passed, referred_to: numbers } = sighting.routed_why;
  return h("details", {},
    h("summary", { class: "quiet-text" }, say("왜 여기로 왔나요?", "Why did this come here?")),
    h("ul", { class: "quiet-text" }, passed.map((step) => h("li", {}, said(step.text))), h("li", {}, h("strong", {}, said(text))),
      numbers.length ? h("li", {}, say(`신고자에게 보인 번호: ${numbers.join(", ")}`, `Numbers shown to the reporter: ${numbers.join(", ")}`)) : null));
}

function steps(sighting) {
  if (!sighting.steps?.length) return "";
  return h("details", {},
    h("summary", { class: "quiet-text" }, say("지난 일", "What happened")),
    h("ol", { class: "steps" }, sighting.steps.map((step) =>
      h("li", {}, h("time", { datetime: step.at }, atTime(step.at)), h("span", {}, words(STEP, step.action), step.to ? ` · ${said(step.to_words)} (${say(`${step.people}명`, step.people)})` : "", step.note ? ` · ${step.note}` : "")))),
  );
}

/** What somebody is writing in a card goes over into the card that takes its place. */
export function carryOver(before, after) {
  const written = find("form:not([hidden])", before);
  const form = find("form", after);
  if (!written || !form) return;
  form.hidden = false;
  find("[aria-expanded]", after).setAttribute("aria-expanded", "true");
  for (const name of ["outcome", "note"]) form.elements[name].value = written.elements[name].value;
}

/** Keep "3 min ago" and due times true while the page stands open. */
export function keepTime(sightings) {
  setInterval(() => {
    for (const element of document.querySelectorAll("[data-ago]")) element.textContent = ago(element.dataset.ago);
    for (const element of document.querySelectorAll("[data-due]")) {
      const sighting = sightings().find((one) => one.id === element.dataset.due);
      if (!sighting) continue;
      element.textContent = dueText(sighting);
      element.parentElement.classList.toggle("overdue", new Date(sighting.due_at) < new Date());
    }
  }, 15_000);
}

/** Say that a sighting has come, by screen reader and eye. */
export function announceNew(sighting, element) {
  element.classList.add("fresh");
  const text = say(`새 신고, ${urgencyWord(sighting.urgency)}: ${said(sighting.kind_name)}`, `New sighting, ${urgencyWord(sighting.urgency)}: ${said(sighting.kind_name)}`);
  announce(text, { atOnce: sighting.urgency === "Immediate" });
}
