/** What became of messages on their way: outages, counts, and those that did not arrive. */

import { create, get } from "./api.js";
import { busy, find, h, ready, toast } from "./elements.js";
import { latest } from "./latest.js";
import { number, say, when } from "./words.js";

const CHANNELS = {
  email: ["이메일", "E-mail"],
  sms: ["문자", "Text message"],
  fcm: ["휴대전화 푸시", "Phone push"],
  web_push: ["브라우저 푸시", "Browser push"],
  webhook: ["웹훅", "Webhooks"],
};
const STATES = {
  waiting: ["대기", "Waiting", "warn"],
  sent: ["보냄", "Sent", "good"],
  failed: ["실패", "Failed", "bad"],
  expired: ["만료", "Expired", "bad"],
  bundled: ["묶임", "Bundled", ""],
  withheld: ["보류", "Withheld", ""],
};
const problem = find("#problem");
const state = find("#state");
const list = find("#list");
const more = find("#more");
const order = latest();
let next = null;

function showOutages(channels) {
  find("#outages").replaceChildren(...channels.filter((channel) => channel.down_since).map((channel) => h("p", { class: "note bad" },
    h("strong", {}, say(`${CHANNELS[channel.channel][0]} 장애`, `${CHANNELS[channel.channel][1]} is out of order`)), " ",
    say(`${when(channel.down_since)}부터. ${channel.down_because}. 긴급 알림은 다른 방법으로 갑니다.`, `since ${when(channel.down_since)}. ${channel.down_because}. What is urgent goes by the other ways.`))));
}

function showCounts(channels) {
  const columns = [...Object.entries(STATES), ["retried", ["재시도", "Retried"]]];
  find("#counts-head").replaceChildren(h("td"), ...columns.map(([, words]) => h("th", { scope: "col" }, say(...words))));
  find("#counts").replaceChildren(...channels.map((channel) => h("tr", {},
    h("th", { scope: "row" }, say(...CHANNELS[channel.channel])),
    ...columns.map(([name]) => h("td", {}, number(channel[name]))))));
}

function line(delivery) {
  const [ko, en, kind] = STATES[delivery.state];
  const tries = delivery.attempts > 1 ? say(` · ${delivery.attempts}번 시도`, ` · tried ${delivery.attempts} times`) : "";
  return h("li", {},
    h("div", { class: "row ends" },
      h("strong", {}, say(...CHANNELS[delivery.channel])),
      h("div", { class: "row" }, delivery.urgent && h("span", { class: "tag urgent" }, say("긴급", "Urgent")), h("span", { class: `tag ${kind}` }, say(ko, en)))),
    h("p", { class: "quiet-text" }, `${when(delivery.created_at)}${tries}${delivery.reason_text ? ` · ${delivery.reason_text}` : ""}`));
}

const showList = (cursor = "") => order.read(() => get(`/deliveries?state=${state.value}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`), (page) => {
  next = page.next;
  if (!cursor) list.replaceChildren();
  list.append(...page.items.map(line));
  more.hidden = !next;
  find("#empty").hidden = list.children.length > 0;
  find("#list-title").textContent = state.options[state.selectedIndex].textContent;
});

async function refresh() {
  const { channels } = await get("/deliveries/summary");
  showOutages(channels);
  showCounts(channels);
  await showList();
}

async function showTexts() {
  const templates = await get("/notifications/templates");
  find("#texts").replaceChildren(...templates.map(({ ko, en }) => h("li", { class: "stack tight" },
    ...[["ko", ko], ["en", en]].map(([language, said]) => h("p", { lang: language }, h("strong", {}, said.title), ` ${said.body}`)))));
}

state.append(...["failed", "waiting", "expired", "withheld", "bundled", "sent"].map((name) => h("option", { value: name }, say(...STATES[name]))));
ready(state, "change", () => busy(state, () => showList(), { problem }));
ready(more, "click", () => busy(more, () => showList(next), { problem }));
ready(find("#refresh"), "click", ({ currentTarget }) => busy(currentTarget, refresh, { problem }));
ready(find("#test"), "click", ({ currentTarget }) => busy(currentTarget, async () => {
  const { devices } = await create("/notifications/test");
  toast(say(`기기 ${devices}대로 보냅니다.`, devices === 1 ? "On its way to your device." : `On its way to your ${devices} devices.`));
}));

await busy(find("#refresh"), async () => {
  await refresh();
  await showTexts();
}, { problem });
