/** Reporting: which kind, the emergency call first where one is due, then what and where. */

import { city } from "./city.js";
import { putAside, send } from "./drafts.js";
import { find, h, toast } from "./elements.js";
import { makeMap, pin } from "./map.js";
import { directionField, photoField } from "./report_parts.js";
import { said, say } from "./words.js";

const HEADING = { Immediate: ["긴급", "Urgent"], Expected: ["곧 살펴야 할 것", "Soon"], Future: ["알려 둘 것", "In time"] };

/**
 * Open the report form. `position` {lon, lat, accuracy_m} or null, `walk` the walk's id or null, `draft` one to go on
 * with; `sent` is called once it is kept or put aside.
 */
export async function openReport({ position = null, walk = null, draft = null, sent }) {
  const { kinds, hotlines, bbox } = await city();
  const body = h("div", { class: "stack" });
  const title = h("h2", { class: "grow", id: "report-title", tabindex: "-1" });
  const back = h("button", { class: "button", type: "button", hidden: true }, say("뒤로", "Back"));
  const close = h("button", { class: "button", type: "button" }, say("닫기", "Close"));
  const dialog = h("dialog", { class: "whole", "aria-labelledby": "report-title" }, h("div", { class: "row ends dialog-head" }, back, title, close), body);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  back.addEventListener("click", choose);
  const report = draft ? { ...draft, photos: [...draft.photos] } : { id: crypto.randomUUID(), seen_at: new Date().toISOString(), called_at: null, position, walk, kind: "", text: "", direction: "", bite: false, photos: [] };
  find("main").append(dialog);
  const known = kinds.find((kind) => kind.code === report.kind);
  if (known) write(known);
  else choose();
  dialog.showModal();

  function step(text, ...content) {
    title.textContent = text;
    body.replaceChildren(...content);
    dialog.scrollTop = 0;
    title.focus();
  }

  function choose() {
    back.hidden = true;
    if (!report.kind) report.called_at = null;
    const groups = Object.entries(HEADING).map(([urgency, words]) => [say(...words), kinds.filter((kind) => kind.urgency === urgency)]);
    step(say("무엇을 보셨나요?", "What did you see?"), ...groups.filter(([, list]) => list.length).map(([name, list]) =>
      h("section", { class: "stack tight" }, h("h3", {}, name), h("div", { class: "kinds" }, list.map(kindButton)))));
  }

  function kindButton(kind) {
    const next = () => (kind.call_first ? dial(kind) : write(kind));
    return h("button", { class: `kind ${kind.urgency}`, type: "button", "data-kind": kind.code, onclick: next },
      said(kind.name), kind.call_first ? h("small", {}, say(`${kind.call_first} 먼저`, `${kind.call_first} first`)) : null);
  }

  function dial(kind) {
    back.hidden = false;
    const name = (number) => said(hotlines.find((line) => line.number === number)?.name);
    const call = (number, main) => h("a", { class: `button wide ${main ? "danger dial" : "large"}`, href: `tel:${number}`, onclick: () => called() }, main ? say(`${number}에 전화하기`, `Call ${number}`) : `${number} ${name(number)}`);
    const called = () => {
      report.called_at ??= new Date().toISOString();
      setTimeout(() => write(kind), 400);
    };
    step(said(kind.name),
      h("p", { class: "note bad" }, h("strong", {}, say("이 앱은 긴급신고가 아닙니다. ", "This app is no emergency line. ")), say("여기에 적어도 아무도 출동하지 않습니다. 먼저 전화하세요.", "Nobody is sent by what you write here. Call first.")),
      call(kind.call_first, true),
      ...kind.refer_to.map((number) => call(number, false)),
      h("p", {}, say("안전한 곳에서, 끼어들지 말고 지켜보세요.", "Keep at a safe distance and do not step in.")),
      h("button", { class: "button large wide", type: "button", onclick: () => { report.called_at ??= new Date().toISOString(); write(kind); } }, say("이미 전화했어요. 기록 남기기", "I have called; write it down")),
      h("button", { class: "button large wide", type: "button", onclick: () => write(kind) }, say("전화 없이 기록만 남기기", "Only write it down, no call")));
  }

  function write(kind) {
    back.hidden = false;
    const text = h("textarea", { name: "text", maxlength: "2000", rows: "3" }, report.text);
    const direction = directionField(report.direction);
    const bite = h("input", { type: "checkbox", name: "bite", checked: report.bite && kind.suspends_on_bite });
    const where = h("p", { class: "hint", role: "status" });
    const ground = h("div", { class: "map" });
    const problem = h("p", { class: "note bad", role: "alert", hidden: !report.problem }, report.problem ?? "");
    const form = h("form", { class: "stack" },
      report.called_at ? h("p", { class: "note" }, say("전화한 것으로 기록됩니다. 출동 여부는 전화로 확인하세요.", "It is noted that you called. Ask on the phone whether somebody is coming.")) : null,
      h("label", { class: "field" }, say("보이는 대로 짧게 (선택)", "What you see, in short (if you like)"), text),
      kind.suspends_on_bite ? h("label", { class: "check" }, bite, h("span", {}, say("우리 반려견이 물었습니다 (순찰 활동이 바로 멈춥니다)", "My dog has bitten (the team’s patrols stop at once)"))) : null,
      h("div", { class: "stack tight" }, h("strong", {}, say("위치", "Place")), ground, where),
      direction,
      photoField(report.photos),
      h("p", { class: "hint" }, say("이름은 전달되지 않습니다. 사람의 이름이나 연락처는 적지 마세요.", "Your name is not passed on. Please write no names or numbers of people.")),
      problem,
      h("button", { class: "button main large wide", type: "submit", value: "send" }, say("보내기", "Send")),
      h("button", { class: "button large wide", type: "submit", value: "draft" }, say("초안으로 두기", "Keep as a draft")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { problem: _, ...content } = report;
      const written = { ...content, kind: kind.code, text: text.value.trim(), direction: form.elements.direction.value.trim(), bite: bite.checked };
      const wrong = finish(written, event.submitter.value);
      problem.textContent = wrong;
      problem.hidden = !wrong;
    });
    step(said(kind.name), form);
    placeOn(ground, where);
  }

  /** Send it or put it aside; what is wrong, in words, or "". */
  function finish(written, choice) {
    if (choice === "send" && !written.position) return say("지도를 눌러 위치를 정해 주세요.", "Tap the map to say where.");
    try {
      if (choice === "send") send(written);
      else putAside(written);
    } catch {
      return say("휴대전화의 저장 공간이 모자랍니다. 사진을 빼고 다시 해 주세요.", "The phone’s memory is full; remove photos and try again.");
    }
    dialog.close();
    toast(choice === "send" ? say("신고를 보관했고 보내는 중입니다.", "Your report is kept and on its way.") : say("초안으로 두었습니다. 아직 보내지 않았습니다.", "Kept as a draft; it is not sent."));
    sent();
    return "";
  }

  /** The place: where the phone is, unless the walker taps elsewhere. */
  function placeOn(ground, where) {
    const { map } = makeMap(ground, { bbox, label: say("신고 위치. 눌러서 옮길 수 있습니다.", "Place of the report; tap to move it.") });
    let mark = null;
    const set = ({ lon, lat, accuracy_m = null }, words, zoom) => {
      report.position = { lon, lat, accuracy_m };
      mark ??= pin([lon, lat], "!", { kind: "next", size: 28 }).addTo(map);
      mark.setLatLng([lat, lon]);
      if (zoom) map.setView([lat, lon], 17);
      where.textContent = words;
    };
    const now = say("지금 있는 곳입니다. 다른 곳이면 지도를 누르세요.", "Where you are now; tap the map if it is elsewhere.");
    map.on("click", ({ latlng }) => set({ lon: latlng.lng, lat: latlng.lat }, say("지도에서 고른 곳입니다.", "The place you chose on the map.")));
    if (report.position) return set(report.position, draft ? say("적어 둔 곳입니다. 지도를 누르면 옮깁니다.", "The place you noted; tap the map to move it.") : now, true);
    where.textContent = say("위치를 찾는 중… 지도를 눌러 정해도 됩니다.", "Looking for your position… you can also tap the map.");
    return navigator.geolocation?.getCurrentPosition(
      ({ coords }) => report.position ?? set({ lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy }, now, true),
      () => { where.textContent = say("위치를 알 수 없습니다. 지도를 눌러 정해 주세요.", "Your position is not known; tap the map."); },
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  }
}
