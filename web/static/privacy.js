/** One's privacy: consents, who viewed one, a copy, the end of the account. */

import { call, get, leave } from "./api.js";
import { announce, busy, find, h, ready, toast } from "./elements.js";
import { submits } from "./forms.js";
import { latest } from "./latest.js";
import { forget } from "./outbox.js";
import { onDay, ofDate, dayOf, said, say, when } from "./words.js";

const ROLES = {
  admin: ["관리자", "Admin"],
  coordinator: ["코디네이터", "Coordinator"],
  officer: ["경찰관", "Officer"],
  walker: ["순찰대원", "Walker"],
  operator: ["시스템 운영 담당", "Operator of the system"],
};

const ENDS = {
  service: ["팀이 쉬게 되고 아직 시작하지 않은 근무가 취소됩니다.", "Your team is paused, and shifts not begun are taken back."],
  location: ["진행 중인 순찰이 끝나고 위치 기록이 모두 지워집니다.", "A walk under way ends, and all your tracks are deleted."],
  police: ["신고에 함께 알린 이름과 연락처를 모두 거둡니다.", "Your name and number are taken back from every sighting."],
  photo: ["담당자가 더는 사진을 보지 않습니다.", "Those who answer no longer see your photos."],
};

function state(consent) {
  if (consent.given) return h("span", { class: "tag good" }, say("동의함", "Given"));
  if (consent.renew) return h("span", { class: "tag warn" }, say("다시 확인 필요", "To be renewed"));
  return h("span", { class: "tag" }, say("동의 안 함", "Not given"));
}

function since({ given, given_at, ends_at, renew }) {
  if (renew) return say("내용이 바뀌었거나 기간이 지났습니다. 읽고 다시 동의해 주세요.", "Its text has changed or its time is over; read it and give it again.");
  if (!given) return "";
  const until = ends_at ? say(`, ${ofDate(dayOf(ends_at))}까지`, `, until ${ofDate(dayOf(ends_at))}`) : "";
  return say(`${ofDate(dayOf(given_at))}부터${until}`, `Since ${ofDate(dayOf(given_at))}${until}`);
}

function button(consent) {
  const name = said(consent.text);
  if (!consent.given) {
    return h("button", { class: "button main", type: "button", "aria-label": `${say("동의", "Agree")}: ${name}`, onclick: ({ currentTarget }) => change(currentTarget, "PUT", consent) }, say("동의", "Agree"));
  }
  return h("button", { class: "button", type: "button", "aria-label": `${say("거두기", "Withdraw")}: ${name}`, onclick: ({ currentTarget }) => ask(currentTarget, consent) }, say("거두기", "Withdraw"));
}

/** Withdrawing says what ends with it, and asks once. */
function ask(pressed, consent) {
  const keep = h("button", { class: "button", type: "button", onclick: () => { question.replaceWith(pressed); pressed.focus(); } }, say("그대로 두기", "Keep it"));
  const yes = h("button", { class: "button danger", type: "button", onclick: () => change(yes, "DELETE", consent) }, say("거두기", "Withdraw"));
  const question = h("div", { class: "stack tight withdrawing", role: "group" }, h("p", {}, say(...ENDS[consent.kind])), h("p", { class: "row" }, yes, keep));
  pressed.replaceWith(question);
  announce(say(...ENDS[consent.kind]));
  yes.focus();
}

const change = (pressed, method, consent) => busy(pressed, async () => {
  await call(method, `/me/consents/${consent.kind}`);
  await readConsents(); // of two changed at once, neither answer need know of both
  toast(method === "PUT" ? say("동의했습니다.", "Given.") : say("거두었습니다.", "Withdrawn."));
});

function showConsents(consents) {
  find("#consents").replaceChildren(...consents.map((consent) => h("li", { class: "consent" },
    h("div", { class: "grow stack tight" },
      h("p", {}, said(consent.text)),
      h("p", { class: "row quiet-text" }, state(consent),
        h("span", {}, consent.required ? say("활동에 필요", "Needed to walk") : say("선택", "Your choice")),
        since(consent) ? h("span", {}, since(consent)) : null)),
    button(consent))));
}

const order = latest();
const readConsents = () => order.read(() => get("/me/consents"), showConsents);

let next = null;

async function showReads() {
  const page = await get(`/me/access-log?limit=20${next ? `&cursor=${encodeURIComponent(next)}` : ""}`);
  next = page.next;
  find("#reads").append(...page.items.map((read) => h("li", {},
    h("time", { datetime: read.at, title: onDay(read.at) }, when(read.at)),
    h("div", {},
      h("strong", {}, `${ROLES[read.role] ? say(...ROLES[read.role]) : say("직원", "Staff")}${read.office ? ` · ${read.office}` : ""}`),
      h("p", {}, said(read.what_text)),
      h("p", { class: "quiet-text" }, say(`목적: ${said(read.purpose_text)}`, `For ${said(read.purpose_text)}`))))));
  find("#no-reads").hidden = find("#reads").children.length > 0;
  find("#more-reads").parentElement.hidden = !next;
}

ready(find("#more-reads"), "click", ({ currentTarget }) => busy(currentTarget, showReads));

submits(find("#erase"), async ({ password }) => {
  await leave("/me", { password });
  forget();
  location.replace("/");
});

await busy(find("#more-reads"), async () => {
  await Promise.all([readConsents(), showReads()]);
}, { problem: find("#problem") });
