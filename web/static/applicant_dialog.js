/** One team, as its coordinators see it: dogs, papers, the test, contact, notes, what happened. */

import { create, get, post } from "./api.js";
import { dayOfStep, dogOf, grouped, REASONS, stateOf, stepOf, vaccinationOf, waited, waitsOf } from "./applicant_words.js";
import { sentBy } from "./dialog.js";
import { busy, find, h, toast } from "./elements.js";
import { momentAt } from "./moments.js";
import { notesOf } from "./team_notes.js";
import { say, when } from "./words.js";

const dialog = find("#team");
let onShow = null;

/** Open a team; `changed(team)` is told whenever something has been done with it. */
export async function openTeam(id, { changed }) {
  onShow = id;
  const problem = h("p", { class: "note bad", hidden: true });
  const act = (button, work) => busy(button, async () => {
    await work();
    const team = await get(`/teams/${id}?purpose=screening`);
    changed(team);
    if (onShow === id) draw(team, problem, act);
  }, { problem });
  dialog.replaceChildren(h("p", { class: "quiet-text" }, say("불러오는 중…", "Loading…")));
  if (!dialog.open) dialog.showModal();
  try {
    const team = await get(`/teams/${id}?purpose=screening`);
    if (onShow === id) draw(team, problem, act); // another may have been opened meanwhile
  } catch (error) {
    if (onShow === id) dialog.replaceChildren(head(say("불러오지 못했습니다", "Could not be loaded")), h("p", { class: "note bad" }, error.message));
  }
}

function head(title, ...beside) {
  return h("div", { class: "row ends dialog-head" },
    h("div", { class: "row" }, h("h2", { id: "team-title" }, title), ...beside),
    h("button", { class: "quiet", type: "button", onclick: () => dialog.close() }, say("닫기", "Close")));
}

function draw(team, problem, act) {
  const [state, kind] = stateOf(team.state);
  const waits = waitsOf(team);
  dialog.replaceChildren(
    head(`${team.name} (${team.code})`, h("span", { class: `tag ${kind}` }, state)),
    h("div", { class: "stack" },
      waits && h("p", { class: "note" }, `${waits} · ${waited(team.waiting_since)}`),
      problem,
      ...decisions(team, act),
      dogs(team),
      disputesOf(team, act),
      handler(team, act),
      notesOf(team),
      steps(team)));
}

function part(title, ...content) {
  return h("section", { class: "stack tight part" }, h("h3", {}, title), ...content);
}

/** What a coordinator can do with the team now. */
function decisions(team, act) {
  const path = `/teams/${team.id}`;
  if (team.waits_on === "handler" && team.waits_for.includes("account")) return [invitation(path)];
  if (["applied", "lapsed"].includes(team.state)) return [papers(team, path, act)];
  if (["documents_ok", "failed", "test_booked"].includes(team.state)) return [booking(team, path, act)];
  if (team.state === "passed") {
    if (team.waits_for.includes("training")) return [training(path, act)];
    return [h("button", { class: "button main", type: "button", onclick: (event) => act(event.currentTarget, () => create(`${path}/activate`)) }, say("활동 시작", "Activate"))];
  }
  return [];
}

function invitation(path) {
  const shown = h("p", { class: "hint", role: "status" });
  const ask = h("button", { class: "button", type: "button" }, say("다시 초대하기", "Invite again"));
  const handOver = h("button", { class: "button", type: "button", hidden: true }, say("링크를 직접 전하기", "Hand over a link instead"));
  const invite = (button, query) => busy(button, async () => {
    const { link, sent_by } = await post(`${path}/invitation${query}`);
    handOver.hidden = Boolean(link);
    if (!link) return shown.replaceChildren(sentBy(sent_by));
    shown.replaceChildren(
      say("7일 동안 한 번 쓸 수 있습니다. 앞서 보낸 링크는 이제 쓸 수 없습니다.", "Works once, for 7 days; the one before is of no use any more."),
      h("input", { class: "copied", readonly: true, value: link, "aria-label": say("초대 링크", "Invitation link"), onfocus: (event) => event.currentTarget.select() }));
  });
  ask.addEventListener("click", () => invite(ask, ""));
  handOver.addEventListener("click", () => invite(handOver, "?hand_over=true"));
  return part(say("초대", "Invitation"), h("div", { class: "row" }, ask, handOver), shown);
}

function papers(team, path, act) {
  const note = h("textarea", { name: "note", maxlength: 1000, placeholder: say("적으면 보호자에게 전해집니다.", "The handler is told.") });
  const quick = REASONS.map((reason) => h("button", { class: "chip", type: "button", onclick: () => { note.value = `${note.value}${note.value && "\n"}${say(...reason)}`; } }, say(...reason)));
  const ready = team.waits_for.includes("documents") || team.waits_for.includes("mending");
  return part(say("서류", "Papers"),
    team.motive && h("blockquote", {}, team.motive),
    h("div", { class: "row" },
      h("button", { class: "button main", type: "button", disabled: !ready, onclick: (event) => act(event.currentTarget, async () => {
        await create(`${path}/documents`, { ok: true, note: "" });
        toast(say("서류를 승인했습니다.", "Papers accepted."));
      }) }, say("서류 승인", "Accept papers")),
      !ready && h("span", { class: "hint" }, say("보호자가 할 일이 끝나면 승인할 수 있습니다.", "They can be accepted once the handler has done their part."))),
    h("label", { class: "field" }, say("보완할 점", "What is missing"), note),
    h("div", { class: "row chips" }, quick),
    h("div", {}, h("button", { class: "button", type: "button", onclick: (event) => act(event.currentTarget, async () => {
      await create(`${path}/documents`, { ok: false, note: note.value.trim() });
      toast(say("보완을 요청했습니다.", "The handler was asked to mend the papers."));
    }) }, say("보완 요청", "Ask for more"))));
}

function booking(team, path, act) {
  const at = h("input", { type: "datetime-local", name: "booked_for", required: true });
  const test = team.tests.at(-1);
  return part(say("실기 시험", "Practical test"),
    team.state === "test_booked" && test ? h("p", {}, when(test.booked_for)) : "",
    onDay(team, act),
    h("div", { class: "filters" },
      h("label", { class: "field" }, team.state === "test_booked" ? say("다른 때로", "Move it to") : say("날짜와 시각", "Day and time"), at),
      h("button", { class: "button main", type: "button", onclick: (event) => at.reportValidity() && act(event.currentTarget, () => create(`${path}/tests`, { booked_for: momentAt(...at.value.split("T")).toISOString() })) }, say("시험 예약", "Book the test"))));
}

/** Booking onto one of the screening days ahead. Fills itself, and is not there when there are none. */
function onDay(team, act) {
  const choose = h("select", {});
  const book = h("button", { class: "button main", type: "button" }, say("이날로 예약", "Book onto it"));
  const place = h("div", { class: "filters", hidden: true }, h("label", { class: "field" }, say("평가일", "Screening day"), choose), book);
  book.addEventListener("click", () => act(book, async () => {
    const { results } = await create(`/screening-days/${choose.value}/candidates`, { teams: [team.id] });
    if (results[0].problem) throw new Error(results[0].problem.detail);
    toast(say(`${results[0].number}번으로 예약했습니다.`, `Booked as number ${results[0].number}.`));
  }));
  get("/screening-days?state=open&limit=200").then(({ items }) => {
    const ahead = items.filter((day) => new Date(day.begins_at) > Date.now()).reverse();
    choose.append(...ahead.map((day) => h("option", { value: day.id }, `${when(day.begins_at)} · ${day.place}`)));
    place.hidden = ahead.length === 0;
  }).catch((error) => toast(error.message));
  return place;
}

function training(path, act) {
  const on = h("input", { type: "date", name: "trained_on", required: true });
  return part(say("교육", "Training"), h("div", { class: "filters" },
    h("label", { class: "field" }, say("교육받은 날", "Trained on"), on),
    h("button", { class: "button main", type: "button", onclick: (event) => on.reportValidity() && act(event.currentTarget, () => create(`${path}/training`, { trained_on: on.value })) }, say("교육 기록", "Note the training"))));
}

/** Dogs that two teams claim: whose each is. Fills itself, and is not there when there are none. */
function disputesOf(team, act) {
  const place = h("section", { class: "stack tight part", hidden: true });
  get("/dog-disputes?state=open&limit=200").then(({ items }) => {
    const mine = items.filter((one) => [one.holder.code, one.claimant.code].includes(team.code));
    place.hidden = mine.length === 0;
    place.replaceChildren(h("h3", {}, say("소유 다툼", "Disputed dogs")), ...mine.map((one) => dispute(one, act)));
  }).catch((error) => toast(error.message));
  return place;
}

function dispute(one, act) {
  const keep = (side) => h("button", { class: "button", type: "button", onclick: (event) => act(event.currentTarget, async () => {
    await create(`/dog-disputes/${one.id}/decision`, { keeps: side, note: "" });
    toast(say("결정했습니다. 두 보호자에게 알렸습니다.", "Decided; both handlers are told."));
  }) }, say(`${one[side].code} 팀의 반려견`, `The dog is ${one[side].code}'s`));
  return h("div", { class: "stack tight" },
    h("p", { class: "small" }, say(`등록번호 ${grouped(one.registration_no)}: ${one.holder.code} 팀이 먼저, ${one.claimant.code} 팀이 나중에 등록했습니다.`, `Number ${grouped(one.registration_no)}: ${one.holder.code} had it first, ${one.claimant.code} claims it too.`)),
    h("div", { class: "row" }, keep("holder"), keep("claimant")));
}

function dogs(team) {
  return part(say("반려견", "Dogs"), h("ul", { class: "plain-list" }, team.dogs.map((dog) => {
    const [vaccination, over] = vaccinationOf(dog);
    return h("li", {},
      h("div", { class: "row" }, h("strong", {}, dog.name), h("span", { class: "quiet-text number" }, grouped(dog.registration_no)), dog.disputed && h("span", { class: "tag bad" }, say("소유 다툼", "Disputed"))),
      h("div", { class: "small" }, dogOf(dog), " · ", h("span", { class: over ? "warned" : null }, vaccination)));
  })));
}

function handler(team) {
  const place = h("div", { class: "small" });
  const ask = h("button", { class: "chip", type: "button" }, say("연락처 보기", "Show contact"));
  ask.addEventListener("click", () => busy(ask, async () => {
    const found = await get(`/teams/${team.id}/contact?purpose=contact`);
    place.replaceChildren([found.phone, found.email].filter(Boolean).join(" · "));
    ask.hidden = true;
  }));
  return part(say("보호자", "Handler"),
    h("div", { class: "row" }, h("span", {}, team.handler_name), ask),
    h("p", { class: "hint" }, say("연락처를 보면 보호자의 열람 기록에 남습니다.", "That you looked is written in the handler's access log.")),
    place,
    h("p", { class: "small" }, [
      say(`한 번에 ${team.walk_min}분`, `${team.walk_min} minutes a walk`),
      team.active_until && say(`${team.active_until}까지 활동`, `active until ${team.active_until}`),
    ].filter(Boolean).join(" · ")));
}

function steps(team) {
  return h("details", {}, h("summary", {}, say("지난 일", "What happened")),
    h("ol", { class: "steps" }, team.steps.map((step) => h("li", {}, h("time", { datetime: step.at }, dayOfStep(step)), h("span", {}, stepOf(step), step.note && `: ${step.note}`)))));
}
