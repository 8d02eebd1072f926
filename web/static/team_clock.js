/** The eligibility clock on a walker's page: what ends when, what falls away with it, and what can be done about it. */

import { create, get, put } from "./api.js";
import { busy, h, toast } from "./elements.js";
import { submits } from "./forms.js";
import { latest } from "./latest.js";
import { ofDate, say } from "./words.js";

const RUNNING = ["active", "paused", "lapsed"];
const SOON_DAYS = 30;
const CONSENTS = { service: ["활동", "the service"], location: ["위치", "location"], police: ["경찰 공유", "sharing with the police"], photo: ["사진", "photos"] };

const order = latest();

/** Show the clock of `team` in `panel`; `changed` hears of the team as it is after an act. */
export async function showClock(panel, team, changed) {
  panel.hidden = !RUNNING.includes(team.state);
  if (panel.hidden) return;
  await order.read(() => get(`/teams/${team.id}/eligibility`), (clock) => draw(panel, team, clock, changed));
}

function draw(panel, team, clock, changed) {
  const left = clock.days_left;
  panel.replaceChildren(
    h("h2", { id: "clock-title" }, say("활동 자격", "What keeps the team eligible")),
    notice(clock, left) ?? "",
    clock.blocked_shifts.length && left !== null && left <= SOON_DAYS
      ? h("p", { class: "note" }, say(`그 뒤의 근무 ${clock.blocked_shifts.length}건은 걸을 수 없게 됩니다: ${evenings(clock)}`, `Shifts that would fall away: ${evenings(clock)}`)) : "",
    h("ul", { class: "plain-list" }, clock.standings.map((one) => h("li", {}, line(one), vaccination(one, team, changed) ?? ""))),
    renewal(panel, team, clock, changed) ?? "");
}

const evenings = (clock) => clock.blocked_shifts.map((shift) => ofDate(shift.evening)).join(", ");

function notice(clock, left) {
  if (!clock.eligible) return h("p", { class: "note bad" }, say(`지금은 순찰할 수 없습니다: ${nameOf(clock.first)}`, `No patrols for now: ${nameOf(clock.first)}.`));
  if (left === null || left > SOON_DAYS) return null;
  return h("p", { class: "note warn" }, left === 0
    ? say(`오늘까지입니다: ${nameOf(clock.first)}`, `Today is the last day: ${nameOf(clock.first)}.`)
    : say(`${left}일 남았습니다: ${nameOf(clock.first)}`, `${left} days left: ${nameOf(clock.first)}.`));
}

const nameOf = ({ what, name }) => ({
  vaccination: say(`${name} 광견병 예방접종`, `${name}'s rabies vaccination`),
  screening: say("1년 활동 자격", "the year since the screening"),
  training: say("교육", "training"),
  dog: say("함께할 반려견", "a dog to walk with"),
  consent: CONSENTS[name] ? say(`${CONSENTS[name][0]} 동의`, `the consent to ${CONSENTS[name][1]}`) : name,
})[what];

const line = (one) => h("div", { class: "row ends one-line" },
  h("span", {}, nameOf(one)),
  h("strong", { class: "number" }, one.until ? say(`${ofDate(one.until)}까지`, `until ${ofDate(one.until)}`) : say("필요합니다", "needed")));

function vaccination(one, team, changed) {
  const dog = one.what === "vaccination" ? team.dogs.find((other) => other.name === one.name) : null;
  if (!dog) return null;
  const form = h("form", { class: "row bottom one-line", method: "post", novalidate: true },
    h("label", { class: "field grow" }, say("새 유효일", "Valid until"), h("input", { name: "vaccinated_until", type: "date", required: true })),
    h("button", { class: "button", type: "submit", disabled: true }, say("저장", "Save")),
    h("p", { class: "note bad", "data-problem": true, hidden: true }));
  submits(form, async (given) => {
    const { steps, ...rest } = await put(`/teams/${team.id}/dogs/${dog.id}/vaccination`, { vaccinated_until: given.vaccinated_until });
    toast(say("저장했습니다.", "Saved."));
    changed({ ...team, ...rest, steps });
  });
  return h("details", {}, h("summary", {}, say("새로 맞혔어요", "Vaccinated again")), form);
}

function renewal(panel, team, clock, changed) {
  if (team.renewal) return h("p", { class: "note" }, team.renewal === "asked" ? say("갱신 신청을 담당자가 보고 있습니다.", "Your renewal is being looked at.") : say("갱신 서류 통과. 실기 시험 일정을 기다려 주세요.", "The renewal's papers are accepted; a test follows."));
  const year = clock.standings.find((one) => one.what === "screening")?.until;
  const days = year ? Math.round((Date.parse(year) - Date.now()) / 86_400_000) : null;
  if (days === null || days < 0 || days > Number(panel.dataset.renewalDays)) return null;
  const ask = h("button", { class: "button main", type: "button", onclick: () => busy(ask, async () => {
    const found = await create(`/teams/${team.id}/renewal`);
    toast(say("갱신을 신청했습니다.", "You have asked for another year."));
    changed({ ...team, ...found });
  }) }, say("1년 더 활동 신청", "Ask for another year"));
  return ask;
}
