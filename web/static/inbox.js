/** One's messages, and how one wants to be reached. */

import { get, post, put, remove } from "./api.js";
import { attempt, busy, find, h, ready, toast } from "./elements.js";
import { submits } from "./forms.js";
import { latest } from "./latest.js";
import { shows } from "./link_state.js";
import { follow } from "./live.js";
import { deviceId, keepRegistered, pushState, turnOff, turnOn } from "./push.js";
import { ago, onDay, say, when } from "./words.js";

const PUSH = ["fcm", "web_push"];
const GROUPS = ["sightings", "shifts", "team", "other"];
const list = find("#messages");
const more = find("#more");
const problem = find("#problem");
const form = find("#choice");
const order = latest();
const devices = latest();
let next = null;
let key = null;

function line(message) {
  const unread = h("span", { class: "tag accent" }, say("새 알림", "New"));
  const title = message.link ? h("a", { href: message.link }, message.title) : message.title;
  const read = h("button", { class: "quiet", type: "button" }, say("읽음", "Mark read"));
  const item = h("li", { class: message.read_at ? "read" : "unread" },
    h("div", { class: "row ends" },
      h("h2", {}, title),
      h("div", { class: "row" }, message.urgent && h("span", { class: "tag urgent" }, say("긴급", "Urgent")), !message.read_at && unread)),
    h("p", {}, message.body),
    h("div", { class: "row ends" }, h("time", { class: "quiet-text", datetime: message.created_at, title: when(message.created_at) }, ago(message.created_at)), !message.read_at && read));
  const note = async () => {
    await post(`/inbox/${message.id}/read`);
    order.changed();
    item.className = "read";
    unread.remove();
    read.remove();
  };
  read.addEventListener("click", () => busy(read, note));
  if (message.link && !message.read_at) {
    title.addEventListener("click", (event) => {
      event.preventDefault();
      note().catch(() => {}).finally(() => location.assign(message.link)); // unread for now, but not in the way
    });
  }
  return item;
}

const refresh = () => attempt(() => order.read(() => get("/inbox"), (page) => {
  next = page.next;
  list.replaceChildren(...page.items.map(line));
  show();
}), { problem });

ready(more, "click", () => busy(more, async () => {
  const after = next;
  const page = await get(`/inbox?cursor=${encodeURIComponent(after)}`);
  if (next !== after) return; // the list has begun anew
  next = page.next;
  list.append(...page.items.map(line));
  show();
}, { problem }));

function show() {
  more.hidden = !next;
  find("#empty").hidden = list.children.length > 0;
}

const STATES = {
  on: ["켜져 있습니다. 화면을 닫아도 알림이 옵니다.", "On. Messages reach you here even while this page is closed."],
  off: ["꺼져 있습니다.", "Off."],
  denied: ["브라우저 설정에서 이 사이트의 알림이 막혀 있습니다.", "The browser’s settings block notifications of this site."],
  impossible: ["이 브라우저에서는 푸시를 받을 수 없습니다. 아이폰은 홈 화면에 추가한 뒤 열어 주세요.", "This browser takes no pushes. On an iPhone, add this page to the home screen first."],
  none: ["이 서버는 브라우저로 푸시를 보내지 않습니다.", "This server sends no pushes to browsers."],
};

async function showDevice() {
  const state = key ? await pushState() : "none";
  find("#push-state").textContent = say(...STATES[state]);
  find("#push-on").hidden = state !== "off";
  find("#push-off").hidden = state !== "on";
  await showDevices();
}

const RETIRED = {
  unregistered: ["앱이나 구독이 없어졌습니다", "the app or subscription is gone"],
  moved: ["다른 계정이 쓰고 있습니다", "another account uses it now"],
  signed_out: ["로그아웃했습니다", "signed out"],
};

const showDevices = () => devices.read(() => get("/me/devices"), ({ items }) => {
  find("#devices-part").hidden = items.length === 0;
  find("#devices").replaceChildren(...items.map((device) => {
    const drop = h("button", { class: "quiet", type: "button" }, say("지우기", "Remove"));
    drop.addEventListener("click", () => busy(drop, async () => {
      if (device.id === deviceId()) await turnOff();
      else await remove(`/me/devices/${device.id}`);
      await showDevice();
    }));
    const state = device.retired_at
      ? h("span", { class: "quiet-text" }, say(`알림이 가지 않음: ${RETIRED[device.retired_because][0]}`, `Not reached: ${RETIRED[device.retired_because][1]}`))
      : h("span", { class: "quiet-text" }, say(`${onDay(device.registered_at)} 등록`, `Registered ${onDay(device.registered_at)}`));
    return h("li", { class: "row ends one-line" }, h("div", {}, h("strong", {}, device.label || say("이름 없는 기기", "Unnamed device")), h("br"), state), drop);
  }));
});

ready(find("#push-on"), "click", ({ currentTarget }) => busy(currentTarget, async () => {
  await turnOn(key);
  await showDevice();
}));
ready(find("#push-off"), "click", ({ currentTarget }) => busy(currentTarget, async () => {
  await turnOff();
  await showDevice();
}));

function fill(choice) {
  for (const group of GROUPS) {
    for (const box of form.querySelectorAll(`[name="${group}"]`)) {
      box.checked = choice.channels[group].some((channel) => (box.value === "push" ? PUSH.includes(channel) : channel === box.value));
      box.closest("label").hidden = box.value !== "push" && !choice.addresses.includes(box.value);
    }
  }
  form.elements.quiet.checked = choice.quiet_from !== null && choice.quiet_from !== choice.quiet_until;
  form.elements.quiet_from.value = choice.quiet_from ?? "23:00";
  form.elements.quiet_until.value = choice.quiet_until ?? "07:00";
  form.elements.bundle_min.value = choice.bundle_min;
  form.elements.weekly_budget.value = choice.weekly_budget ?? "";
  form.elements.language.value = choice.language ?? "";
  allowQuiet();
}

function allowQuiet() {
  for (const name of ["quiet_from", "quiet_until"]) form.elements[name].disabled = !form.elements.quiet.checked;
}

function chosen() {
  const { quiet, quiet_from, quiet_until, bundle_min, weekly_budget, language } = form.elements;
  const channels = Object.fromEntries(GROUPS.map((group) => [
    group,
    [...form.querySelectorAll(`[name="${group}"]:checked`)].flatMap((box) => (box.value === "push" ? PUSH : [box.value])),
  ]));
  return {
    channels,
    quiet_from: quiet.checked ? quiet_from.value : null,
    quiet_until: quiet.checked ? quiet_until.value : null,
    bundle_min: Number(bundle_min.value),
    weekly_budget: weekly_budget.value === "" ? null : Number(weekly_budget.value),
    language: language.value || null,
  };
}

form.elements.quiet.addEventListener("change", allowQuiet);

/** Only what is in force can be changed: an empty form, saved, would turn everything off. */
function offerChoice(choice) {
  fill(choice);
  form.inert = false;
  submits(form, async () => {
    fill(await put("/me/notifications", chosen()));
    toast(say("저장했습니다.", "Saved."));
  });
}

follow({
  onState: shows(find("#link")),
  onEvent: ({ kind }) => (kind === "reset" || kind === "message") && refresh(),
});
await attempt(async () => {
  const choice = await get("/me/notifications");
  key = choice.push_key;
  offerChoice(choice);
  await showDevice();
  await keepRegistered();
}, { problem });
