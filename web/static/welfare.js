/** What the dogs may do, in plain words: before a walk, on it, and in a plan. */

import { find, h } from "./elements.js";
import { atTime, ofDate, said, say } from "./words.js";

const ADVICE = {
  weather_unknown: ["기온 정보가 없습니다. 바닥을 손등으로 5초 대어 보고, 뜨거우면 걷지 마세요.", "The temperature is not known. Hold the back of your hand to the ground for 5 seconds; if it is too hot for you, do not walk."],
  too_hot: ["너무 더운 날씨입니다.", "It is too hot to walk."],
  heavy_dog: ["큰 개는 더위에 더 약합니다.", "Heavy dogs suffer more from the heat."],
  sensitive_dog: ["단두종·과체중·노령견과 강아지는 더위에 더 약합니다.", "Flat-faced, overweight, old and very young dogs suffer more from the heat."],
  sun_on_asphalt: ["햇볕에 달궈진 바닥에 발을 델 수 있습니다.", "Asphalt in the sun burns paws."],
  hot: ["더운 날입니다. 짧게 걷고 물을 챙겨 주세요.", "It is hot: keep it short and take water."],
  warm: ["따뜻한 날입니다. 물을 챙기고 헐떡임을 살펴 주세요.", "It is warm: take water and watch for panting."],
  cold: ["추운 날입니다. 짧게 걸어 주세요.", "It is cold: keep it short."],
  rest_day: ["산책 사이에 쉬는 날입니다.", "It is a day of rest between two walks."],
  day_used: ["오늘 걸을 시간을 이미 다 썼습니다.", "The minutes of the day are used up."],
  day_limit: ["오늘 걸을 시간이 얼마 남지 않았습니다.", "Few minutes of the day are left."],
};

const names = (dogs) => (dogs?.length ? dogs.join(", ") : say("반려견", "Your dog"));

const advice = (codes) => h("ul", { class: "plain-list" }, codes.map((code) => h("li", {}, ADVICE[code] ? say(...ADVICE[code]) : code)));

/** What the dogs may do now, or nothing where they may walk as they like. */
export function gateNote(gate) {
  if (!gate?.reasons?.length) return "";
  const stop = gate.verdict === "stop";
  return h("div", { class: `note stack tight ${stop ? "bad" : "warn"}`, id: "gate" },
    stop || gate.verdict === "short" ? h("strong", {}, verdict(gate)) : null,
    advice(gate.reasons),
    stop && gate.until ? h("p", {}, say(`${atTime(gate.until)}부터 걸을 수 있습니다.`, `You can walk from ${atTime(gate.until)}.`)) : null);
}

function verdict(gate) {
  if (gate.verdict === "stop") return say(`${names(gate.dogs)}: 지금은 걸을 수 없습니다`, `${names(gate.dogs)}: no walk now`);
  return say(`${names(gate.dogs)}: ${gate.most_min}분까지만 걸을 수 있습니다`, `${names(gate.dogs)}: ${gate.most_min} minutes at most`);
}

/** On a walk: until when, or that it is time to go home. */
export function homeNote(welfare) {
  if (!welfare) return "";
  if (welfare.flag) {
    return h("div", { class: "note bad stack tight", role: "alert", id: "gate" },
      h("strong", {}, welfare.flag === "stop"
        ? say(`${names(welfare.dogs)}: 순찰을 마치고 집으로 돌아가 주세요`, `${names(welfare.dogs)}: end the walk and go home`)
        : say("돌아갈 시간입니다. 집으로 가 주세요", "Time is up: please go home")),
      advice(welfare.reasons));
  }
  const limited = welfare.verdict === "short";
  if (!limited && !welfare.reasons.length) return "";
  return h("div", { class: "note warn stack tight", id: "gate" },
    limited && welfare.end_by ? h("strong", {}, say(`${names(welfare.dogs)}: ${atTime(welfare.end_by)}까지 집으로 돌아가 주세요`, `${names(welfare.dogs)}: be home by ${atTime(welfare.end_by)}`)) : null,
    advice(welfare.reasons));
}

/** Beside the plan: teams kept in or cut short for their dogs' sake, and how many are to take care. */
export function listGates(gates, { week }) {
  const held = gates.filter((gate) => ["stop", "short"].includes(gate.verdict) || gate.most_min === 0);
  const careful = gates.length - held.length;
  find("#gates-section").hidden = gates.length === 0;
  find("#gates-count").textContent = String(held.length);
  find("#gates").replaceChildren(...held.map((gate) => h("li", { class: "stack tight" },
    h("div", { class: "row ends" },
      h("strong", {}, `${gate.team.code} ${gate.team.name}`),
      gate.most_min === 0
        ? h("span", { class: "tag bad" }, say("쉼", "Kept in"))
        : h("span", { class: "tag warn" }, say(`${gate.most_min}분`, `${gate.most_min} min`))),
    h("small", { class: "quiet-text" }, [
      week ? ofDate(gate.evening) : "",
      gate.most_min ? `${atTime(gate.begins_at)}–${atTime(gate.ends_at)}` : "",
      said(gate.words),
    ].filter(Boolean).join(" · ")))));
  find("#gates-careful").textContent = careful ? say(`그 밖에 ${careful}번은 조심해서 걷습니다.`, `${careful} more are to walk with care.`) : "";
}

/** Walks under way whose dogs should be home by now. */
export function flagWalks(walks) {
  const flagged = walks.filter((walk) => walk.welfare.flag);
  const note = find("#flagged");
  note.hidden = flagged.length === 0;
  note.replaceChildren(
    h("strong", {}, say("돌아와야 할 반려견", "Dogs that should be home by now")),
    h("ul", { class: "plain-list" }, flagged.map((walk) => h("li", {}, `${walk.team.code} ${walk.team.name} – ${
      walk.welfare.flag === "stop" ? said(walk.welfare.words) : say("걸을 시간을 다 썼습니다", "its minutes are used up")}`))));
}
