/** A walker's team: applying, what has become of the application, consents. */

import { call, create, get } from "./api.js";
import { busy, find, h, toast } from "./elements.js";
import { submits, wrong } from "./forms.js";
import { latest } from "./latest.js";
import { showClock } from "./team_clock.js";
import { chooseDoor } from "./team_door.js";
import { ofDate, said, say, when } from "./words.js";

const STATE = {
  applied: ["서류 확인을 기다리는 중", "Papers are being looked at", "warn"],
  documents_ok: ["서류 통과, 시험 날짜를 기다리는 중", "Papers accepted; the test is being booked", "warn"],
  test_booked: ["실기 시험 예정", "Practical test booked", "accent"],
  passed: ["시험 합격, 활동 시작을 기다리는 중", "Test passed; soon active", "good"],
  failed: ["시험 불합격, 다시 볼 수 있습니다", "Test failed; it can be taken again", "bad"],
  active: ["활동 중", "Active", "good"],
  paused: ["쉬는 중", "Paused", ""],
  suspended: ["활동 정지", "Suspended", "bad"],
  lapsed: ["자격 만료", "Lapsed", "bad"],
  retired: ["은퇴", "Retired", ""],
};
const DAYS = [["월", "Mon"], ["화", "Tue"], ["수", "Wed"], ["목", "Thu"], ["금", "Fri"], ["토", "Sat"], ["일", "Sun"]];

const form = find("#apply");
const panel = find("#team");
let door = null;

function show(team) {
  panel.hidden = false;
  form.hidden = true;
  const [ko, en, kind] = STATE[team.state];
  const test = team.tests.at(-1);
  const last = team.steps.at(-1);
  const note = ["refuse_documents", "suspend"].includes(last?.action) ? last.note : "";
  panel.replaceChildren(
    h("div", { class: "row ends" }, h("h2", {}, `${team.name} (${team.code})`), h("span", { class: `tag ${kind}` }, say(ko, en))),
    note ? h("p", { class: "note" }, note) : "",
    team.state === "test_booked" && test ? h("p", {}, say(`시험: ${when(test.booked_for)}`, `Test: ${when(test.booked_for)}`)) : "",
    team.active_until ? h("p", { class: "quiet-text" }, say(`${ofDate(team.active_until)}까지 활동할 수 있습니다.`, `Active until ${ofDate(team.active_until)}.`)) : "",
    h("ul", { class: "plain-list" }, team.dogs.map((dog) => h("li", {}, h("strong", {}, dog.name), ` · ${dog.breed} · ${dog.weight_kg} kg`, limits(dog), dog.disputed ? h("p", { class: "hint" }, say("같은 등록번호로 다른 신청이 있어 담당자가 확인하고 있습니다.", "Another application has the same registration number; the coordinators are looking into it.")) : ""))),
    h("p", {}, say(`한 번에 ${team.walk_min}분`, `${team.walk_min} minutes a walk`)),
    h("ul", { class: "quiet-text" }, weekly(team.availability).map((line) => h("li", {}, line))));
  showClock(find("#clock"), team, show);
}

const limits = (dog) => [
  dog.stroller ? say(" · 유모차", " · in a stroller") : "",
  dog.minutes_a_day ? say(` · 하루 ${dog.minutes_a_day}분까지`, ` · ${dog.minutes_a_day} min a day at most`) : "",
  dog.rest_days ? say(` · 산책 사이 ${dog.rest_days}일 쉼`, ` · rests ${dog.rest_days} d between walks`) : "",
].join("");

/** "월·수·금 19:00–23:00": days with the same hours in one line. */
function weekly(availability) {
  const lines = new Map();
  for (const { weekday, begins, ends } of availability) {
    const hours = begins === ends ? say("하루 종일", "all day") : `${begins}–${ends}`;
    lines.set(hours, [...(lines.get(hours) ?? []), say(...DAYS[weekday])]);
  }
  return [...lines].map(([hours, days]) => `${days.length === 7 ? say("매일", "Every day") : days.join("·")} ${hours}`);
}

async function showForm() {
  form.hidden = false;
  door = await chooseDoor(find("[data-door]", form));
}

/** A coordinator has brought the team in: where walks begin is the handler's to say. */
async function askForDoor(team) {
  const ask = find("#state-door");
  ask.hidden = false;
  const stated = await chooseDoor(find("[data-door]", ask));
  submits(ask, async () => {
    if (!stated.stated()) return;
    show(await call("PATCH", `/teams/${team.id}`, { door: stated.place }));
    ask.hidden = true;
    toast(say("정했습니다. 이제 코디네이터가 서류를 봅니다.", "Done; the coordinators now look at your papers."));
  });
}

submits(form, async (given) => {
  if (!door.stated()) return;
  const days = [...form.querySelectorAll('[name="weekday"]:checked')].map((box) => Number(box.value));
  if (days.length === 0) {
    wrong(form.elements.begins, say("요일을 하나 이상 골라 주세요.", "Choose at least one day."));
    return;
  }
  show(await create("/teams", {
    name: given.name,
    motive: given.motive,
    door: door.place,
    walk_min: Number(given.walk_min),
    dogs: [{
      name: given.dog_name,
      registration_no: given.registration_no,
      breed: given.breed,
      born_on: given.born_on,
      weight_kg: Number(given.weight_kg),
      brachycephalic: "brachycephalic" in given,
      overweight: "overweight" in given,
      reactive: "reactive" in given,
      stroller: "stroller" in given,
      minutes_a_day: given.minutes_a_day ? Number(given.minutes_a_day) : null,
      rest_days: Number(given.rest_days),
      vaccinated_until: given.vaccinated_until || null,
    }],
    availability: days.map((weekday) => ({ weekday, begins: given.begins, ends: given.ends })),
  }));
  toast(say("신청했습니다.", "Your application is in."));
  scrollTo({ top: 0 });
});

function showConsents(consents) {
  find("#consents").replaceChildren(...consents.map((consent) => {
    const box = h("input", { type: "checkbox", checked: consent.given });
    box.addEventListener("change", () => busy(box, async () => {
      try {
        await call(box.checked ? "PUT" : "DELETE", `/me/consents/${consent.kind}`);
        await readConsents(); // of two changed at once, neither answer need know of both
        toast(say("저장했습니다.", "Saved."));
      } catch (error) {
        box.checked = !box.checked;
        throw error;
      }
    }));
    return h("label", { class: "tick" }, box, h("span", {}, said(consent.text), h("span", { class: "quiet-text" }, ` (${consent.required ? say("활동에 필요", "needed to walk") : say("선택", "your choice")})`)));
  }));
}

const order = latest();
const readConsents = () => order.read(() => get("/me/consents"), showConsents);

await busy(find('[type="submit"]', form), async () => {
  const [teams] = await Promise.all([get("/teams/mine"), readConsents()]);
  const present = teams.items.find((team) => team.state !== "retired");
  if (present) show(present);
  else await showForm();
  if (present && !present.door) await askForDoor(present);
}, { problem: find("#problem") });
