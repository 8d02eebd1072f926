/** One's account: second factor, contacts, password, sessions. */

import { all, get, post, put, remove } from "./api.js";
import { announce, attempt, busy, find, h, ready, toast } from "./elements.js";
import { digits, submits, turnTo, wrong } from "./forms.js";
import { latest } from "./latest.js";
import { afterwards } from "./links.js";
import { say, when } from "./words.js";

const factor = find("#factor");
const enrolling = factor.dataset.needs === "enrolment";

async function showFactor() {
  const { confirmed_at, recovery_codes_left, required } = await get("/me/factor");
  const state = find("#factor-state");
  state.textContent = confirmed_at ? say("켜짐", "On") : say("꺼짐", "Off");
  state.className = `tag ${confirmed_at ? "good" : required ? "bad" : ""}`;
  find("#factor-words").textContent = confirmed_at
    ? say(`로그인할 때 인증 앱의 번호도 묻습니다. 남은 복구 코드 ${recovery_codes_left}개.`, `Signing in also asks for your app’s code. Recovery codes left: ${recovery_codes_left}.`)
    : say("비밀번호가 새어 나가도 인증 앱이 없으면 로그인할 수 없게 합니다.", "With it nobody signs in by your password alone.");
  find("#begin").textContent = confirmed_at ? say("다른 앱으로 바꾸기", "Move to another app") : say("인증 앱 등록", "Set up an app");
  find("#present-code").hidden = !confirmed_at;
  find('[name="code"]', find("#offer")).required = Boolean(confirmed_at);
  find("#renew").hidden = !confirmed_at;
  find("#remove").hidden = !confirmed_at || required;
  find("#offer").hidden = false;
}

submits(find("#offer"), async ({ code }) => {
  const { secret, uri, qr } = await post("/me/factor", code ? { code: digits(code) } : {});
  find("#qr").src = `data:image/svg+xml,${encodeURIComponent(qr)}`;
  find("#secret").textContent = secret.match(/.{1,4}/g).join(" ");
  find("#uri").href = uri;
  turnTo(find("#first-code"), find("#offer"));
});

submits(find("#first-code"), async ({ code }) => {
  const { recovery_codes } = await post("/me/factor/confirm", { code: digits(code) });
  showRecovery(recovery_codes);
  if (enrolling) find("#kept").href = afterwards();
});

/** From here on the page only shows the codes: its session goes on under another token, which the next page has. */
function showRecovery(codes) {
  find("#first-code").hidden = true;
  find("#offer").hidden = true;
  find("#recovery-codes").replaceChildren(...codes.map((code) => h("li", {}, h("code", {}, code))));
  find("#recovery").hidden = false;
  find("#factor-words").hidden = true;
  find("#factor-state").textContent = say("켜짐", "On");
  find("#factor-state").className = "tag good";
  find("#sign-out").hidden = true;
  for (const other of document.querySelectorAll("main > section:not(#factor)")) other.hidden = true;
  find("#recovery").scrollIntoView({ block: "nearest" });
  announce(find("#recovery .note").textContent);
}

/** Something that takes the present code, which stands in the form above the buttons. */
const withCode = (button, work) => ready(button, "click", () => busy(button, async () => {
  const input = find('[name="code"]', find("#offer"));
  for (const line of find("#offer").querySelectorAll(".wrong")) line.remove();
  if (!input.value) return wrong(input, say("꼭 필요합니다.", "This is needed."));
  await work(digits(input.value));
  input.value = "";
}, { problem: find("#offer [data-problem]") }));

withCode(find("#renew"), async (code) => showRecovery((await post("/me/factor/recovery-codes", { code })).recovery_codes));
withCode(find("#remove"), async (code) => {
  await post("/me/factor/remove", { code });
  await showFactor();
  toast(say("2단계 인증을 해제했습니다.", "The second step is off."));
});
ready(find("#print"), "click", () => print());

function showContacts({ phone, email, phone_confirmed, email_confirmed }) {
  showContact(find("#phone"), phone, phone_confirmed);
  showContact(find("#email"), email, email_confirmed);
}

/** A contact, and a way to confirm one that somebody else typed: nothing goes there before. */
function showContact(place, value, confirmed) {
  if (!value || confirmed) return place.replaceChildren(value ?? say("없음", "none"));
  const start = h("button", { class: "button small", type: "button" }, say("코드로 확인", "Confirm by a code"));
  start.addEventListener("click", () => {
    turnTo(contactForm, contactCode);
    contactForm.closest("details").open = true;
    find('[name="contact"]', contactForm).value = value;
    find('[name="password"]', contactForm).focus();
  });
  place.replaceChildren(value, " ", h("span", { class: "tag warn" }, say("확인 전", "Not confirmed")), " ", start);
}

let contact = null;
const contactForm = find("#contact");
const contactCode = find("#contact-code");
if (contactForm) {
  submits(contactForm, async ({ contact: value, password }) => {
    const kind = value.includes("@") ? "email" : "phone";
    let answer;
    try {
      answer = await post("/me/contacts", { [kind]: value, password });
    } catch (error) {
      for (const one of error.errors ?? []) one.pointer = one.pointer === "/password" ? one.pointer : "/contact";
      throw error;
    }
    contact = answer.contact;
    find("[data-said]", contactCode).textContent = answer.detail;
    turnTo(contactCode, contactForm);
  });
  submits(contactCode, async ({ code }) => {
    showContacts(await post("/me/contacts/confirm", { contact, code: digits(code) }));
    for (const form of [contactForm, contactCode]) form.reset();
    contactForm.closest("details").open = false;
    turnTo(contactForm, contactCode);
    toast(say("연락처를 확인했습니다.", "The contact is confirmed."));
  });
}

const password = find("#password");
if (password) {
  submits(password, async ({ old, new: next }) => {
    await put("/me/password", { old, new: next });
    password.reset();
    password.closest("details").open = false;
    toast(say("비밀번호를 바꾸었습니다.", "Your password is changed."));
    await showSessions();
  });
}

const order = latest();
const showSessions = () => order.read(() => all("/sessions"), (sessions) => {
  find("#revoke-others").hidden = sessions.length < 2;
  find("#sessions").replaceChildren(...sessions.map((one) => h("li", { class: "row ends" },
    h("div", {}, h("strong", {}, one.device || say("이름 없는 기기", "Unnamed device")), " ",
      one.current ? h("span", { class: "tag accent" }, say("이 기기", "This one")) : "",
      h("p", { class: "quiet-text" }, say(`로그인 ${when(one.created_at)} · 마지막 사용 ${when(one.seen_at)}`, `Signed in ${when(one.created_at)} · last used ${when(one.seen_at)}`))),
    one.current ? "" : h("button", { class: "button", type: "button", "aria-label": say(`${one.device} 로그아웃`, `Sign out ${one.device}`), onclick: ({ currentTarget }) => busy(currentTarget, async () => {
      await remove(`/sessions/${one.id}`);
      await showSessions();
    }) }, say("로그아웃", "Sign out")))));
});

const others = find("#revoke-others");
if (others) ready(others, "click", () => busy(others, async () => {
  await remove("/sessions");
  await showSessions();
  toast(say("다른 기기에서 모두 로그아웃했습니다.", "All other devices are signed out."));
}));

await attempt(async () => {
  await showFactor();
  if (enrolling) return;
  showContacts(await get("/me"));
  await showSessions();
});
