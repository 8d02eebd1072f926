/** On a page where something may happen at any moment: a line that offers pushes to who has none here. */

import { busy, find, h, toast } from "./elements.js";
import { keepRegistered, pushKey, pushState, turnOn } from "./push.js";
import { say } from "./words.js";

const DECLINED = `patrol.push.declined.${document.documentElement.dataset.person}`;

/** Fill the place `#push-offer`, or leave it hidden; once declined it does not come again. */
export async function offerPush() {
  const place = find("#push-offer");
  const state = await pushState();
  if (state === "on") return keepRegistered();
  if (state !== "off" || localStorage.getItem(DECLINED)) return;
  const key = await pushKey();
  if (!key) return;
  const on = h("button", { class: "button", type: "button" }, say("알림 켜기", "Turn on"));
  const no = h("button", { class: "quiet", type: "button" }, say("나중에", "Not now"));
  on.addEventListener("click", () => busy(on, async () => {
    if (await turnOn(key)) toast(say("이 기기로 알림을 보냅니다.", "Messages will reach this device."));
    place.hidden = true;
  }));
  no.addEventListener("click", () => {
    localStorage.setItem(DECLINED, "yes");
    place.hidden = true;
  });
  place.replaceChildren(
    h("p", {}, say("화면을 닫아도 이 기기로 알림을 받을까요?", "Be told on this device, even while this page is closed?")),
    h("div", { class: "row" }, on, no));
  place.hidden = false;
}
