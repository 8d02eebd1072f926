/** Parts of a report's form: photos and where something went. */

import { get, put } from "./api.js";
import { picture } from "./drafts.js";
import { busy, h } from "./elements.js";
import { say } from "./words.js";

const MOST_PHOTOS = 6;
const COMPASS = [["북", "north"], ["북동", "north-east"], ["동", "east"], ["남동", "south-east"], ["남", "south"], ["남서", "south-west"], ["서", "west"], ["북서", "north-west"]];

/** A field for the direction: a point of the compass to choose, degrees or words to write. */
export function directionField(value) {
  const words = h("datalist", { id: "compass" }, COMPASS.map(([ko, en]) => h("option", { value: say(ko, en) })));
  const input = h("input", { name: "direction", maxlength: "40", value, list: "compass", autocomplete: "off" });
  return h("div", { class: "field" }, h("label", { class: "field" }, say("간 방향 (선택)", "Where it went (if you like)"), input), words, h("p", { class: "hint" }, say("예: 북동, 역 쪽, 45 (북쪽부터 0~359도)", "As: north-east, to the station, 45 (degrees from north, 0–359)")));
}

/** Photos of a report, added to and taken from `photos` [{id, image}]; sending them needs the consent to photos. */
export function photoField(photos) {
  const shown = h("div", { class: "photos" });
  const trouble = h("p", { class: "note bad", role: "alert", hidden: true });
  const consent = h("div", { class: "note warn stack tight", hidden: true });
  const input = h("input", { type: "file", accept: "image/*", multiple: true, class: "unseen", id: "report-photos" });
  const add = h("label", { class: "button large wide", for: "report-photos" }, say("사진 추가", "Add photos"));

  const render = () => shown.replaceChildren(...photos.map((photo, number) => h("figure", {},
    h("img", { src: photo.image, alt: say(`사진 ${number + 1}`, `Photo ${number + 1}`) }),
    h("button", { class: "button", type: "button", "aria-label": say(`사진 ${number + 1} 빼기`, `Remove photo ${number + 1}`), onclick: () => { photos.splice(number, 1); render(); } }, say("빼기", "Remove")))));

  function agree() {
    const button = h("button", { class: "button", type: "button", onclick: () => busy(button, async () => { await put("/me/consents/photo"); consent.hidden = true; }) }, say("동의하고 사진 보내기", "Agree, and send photos"));
    consent.replaceChildren(h("p", {}, say("사진을 보내려면 동의가 필요합니다. 담당자만 보며, 언제든 철회하면 사진이 지워집니다.", "Photos need your consent. Only those who answer see them; withdrawing it deletes them.")), button);
    consent.hidden = false;
  }

  async function check() {
    const asked = await get("/me/consents").catch(() => null); // out of reach: the server says so when they are sent
    if (asked?.some((each) => each.kind === "photo" && !each.given)) agree();
  }

  input.addEventListener("change", async () => {
    trouble.hidden = true;
    for (const file of [...input.files].slice(0, MOST_PHOTOS - photos.length)) {
      try {
        photos.push(await picture(file));
      } catch {
        trouble.textContent = say(`${file.name}: 읽을 수 없는 사진입니다.`, `${file.name}: this picture cannot be read.`);
        trouble.hidden = false;
      }
    }
    input.value = "";
    render();
    if (photos.length) await check();
  });
  render();
  return h("div", { class: "stack tight" }, h("strong", {}, say("사진 (선택)", "Photos (if you like)")), shown, input, add, trouble, consent, h("p", { class: "hint" }, say(`${MOST_PHOTOS}장까지. 위치 같은 파일 정보는 지워집니다.`, `Up to ${MOST_PHOTOS}. What the file says, such as its place, is removed.`)));
}
