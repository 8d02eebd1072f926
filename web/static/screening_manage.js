/** A coordinator's side of a screening day: teams on it, how far they are, closing; and making a new one. */

import { create, get, post } from "./api.js";
import { busy, find, h, toast } from "./elements.js";
import { submits } from "./forms.js";
import { momentAt } from "./moments.js";
import { item as nameOf, outcome } from "./screening_words.js";
import { number, say, when } from "./words.js";

const AT_ONCE = 100;

const left = new Map(); // day → whom its last closing left open

/** The day's figures and what can be done with it, in `holder`. `changed` is called after each act. */
export function showDay(holder, day, changed) {
  const { progress } = day;
  const free = day.capacity - progress.candidates;
  const figure = (text, value) => h("div", {}, h("dt", {}, text), h("dd", {}, number(value)));
  const done = progress.passed + progress.failed + progress.absent;
  holder.replaceChildren(
    h("div", { class: "card stack" },
      h("div", {}, h("h2", {}, `${when(day.begins_at)}`), h("p", { class: "quiet-text" }, day.place)),
      h("progress", { max: String(Math.max(1, progress.candidates)), value: String(done + progress.ready), "aria-label": say("평가를 마친 팀", "Teams fully scored") }),
      h("dl", { class: "facts" },
        figure(say("참가팀", "On the day"), progress.candidates),
        figure(say("도착", "Have come"), progress.checked_in),
        figure(say("채점 완료", "Scored"), progress.ready),
        figure(say("다른 점수", "Differing"), progress.differing),
        ["passed", "failed", "absent"].map((code) => figure(outcome(code).text, progress[code]))),
      h("p", { class: "quiet-text" }, day.examiners.length
        ? say(`평가위원: ${day.examiners.map((one) => one.name).join(", ")}`, `Examiners: ${day.examiners.map((one) => one.name).join(", ")}`)
        : say("평가위원이 아직 없습니다.", "No examiners yet."))),
    day.state === "open" ? acts(day, free, changed) : h("p", { class: "note good" }, say("마감한 평가일입니다.", "This day is closed.")));
}

function acts(day, free, changed) {
  const form = h("form", { class: "row bottom one-line", method: "post", novalidate: true },
    h("label", { class: "field grow" }, say("대기 순서대로 올릴 팀 수", "Teams to put on, longest waiting first"), h("input", { name: "count", type: "number", min: "1", max: String(Math.max(1, free)), value: String(Math.max(1, Math.min(free, 50))), required: true, inputmode: "numeric" })),
    h("button", { class: "button", type: "submit", disabled: true }, say("올리기", "Put on")),
    h("p", { class: "note bad", "data-problem": true, hidden: true }));
  submits(form, async (given) => {
    const wanted = Number(given.count);
    let put = 0;
    for (let more = true; more && put < wanted;) { // a hundred a request: each team is told
      const asked = Math.min(wanted - put, AT_ONCE);
      const { results } = await create(`/screening-days/${day.id}/candidates`, { next: asked });
      put += results.length;
      more = results.length === asked;
    }
    toast(put ? say(`${put}팀을 올렸습니다.`, `${put} teams are on the day.`) : say("올릴 수 있는 팀이 없습니다.", "No team is waiting for a test."));
    await changed();
  });
  const close = h("button", { class: "button main", type: "button", onclick: () => {
    if (!confirm(say("채점이 끝난 팀의 결과를 확정합니다. 오지 않은 팀은 다음 일정을 기다립니다.", "Teams fully scored get their result; who did not come waits for another day."))) return;
    busy(close, async () => {
      const found = await post(`/screening-days/${day.id}/close`, {});
      left.set(day.id, found.undecided);
      toast(found.undecided.length ? say("확정했습니다. 아직 남은 팀이 있습니다.", "Decided; some are still open.") : say("마감했습니다.", "The day is closed."));
      await changed();
    });
  } }, say("결과 확정하고 마감", "Decide and close"));
  return h("div", { class: "card stack" }, free > 0 ? form : h("p", { class: "quiet-text" }, say("정원이 찼습니다.", "The day is full.")), close, stillOpen(left.get(day.id) ?? []));
}

const stillOpen = (undecided) => undecided.length > 0 && h("div", { class: "stack tight" },
  h("p", { class: "note warn" }, say(`아직 남은 팀: ${undecided.length}`, `Still open: ${undecided.length}`)),
  h("ul", { class: "plain-list" }, undecided.map((one) => h("li", {}, h("strong", {}, say(`${one.number}번`, `Number ${one.number}`)), " · ", lacks(one)))));

const lacks = ({ missing, differing, problem }) => [
  missing.length ? say(`빠진 항목: ${missing.map(nameOf).join(", ")}`, `missing: ${missing.map(nameOf).join(", ")}`) : "",
  differing.length ? say(`다른 점수: ${differing.map(nameOf).join(", ")}`, `differing: ${differing.map(nameOf).join(", ")}`) : "",
  problem?.detail,
].filter(Boolean).join(" · ");

/** The form that makes a day. `made` is called with it. */
export async function readyForm(form, made) {
  for (const name of form.querySelectorAll("[data-item]")) name.textContent = nameOf(name.dataset.item);
  const { items: people } = await get("/examiners");
  const lead = form.elements.lead;
  const boxes = people.map((person) => h("input", { type: "checkbox", value: person.id, onchange: leads }));
  find("#examiners", form).replaceChildren(...people.map((person, place) => h("label", { class: "tick" }, boxes[place], h("span", {}, person.name))));
  function leads() {
    const chosen = lead.value;
    lead.replaceChildren(h("option", { value: "" }, say("없음", "Nobody")), ...people.filter((_, place) => boxes[place].checked).map((person) => h("option", { value: person.id }, person.name)));
    lead.value = [...lead.options].some((option) => option.value === chosen) ? chosen : "";
  }
  leads();
  submits(form, async (given) => {
    const day = await create("/screening-days", {
      begins_at: momentAt(...given.begins_at.split("T")).toISOString(),
      place: given.place,
      capacity: Number(given.capacity),
      slot_size: Number(given.slot_size),
      slot_min: Number(given.slot_min),
      stations: stations(form),
      examiners: boxes.filter((box) => box.checked).map((box) => box.value),
      lead: given.lead || null,
    });
    form.reset();
    leads();
    toast(say("평가일을 만들었습니다.", "The day is made."));
    await made(day);
  });
}

/** Items with the same station's name, in the order in which the names first stand. */
function stations(form) {
  const found = new Map();
  for (const input of form.querySelectorAll('[name^="station:"]')) {
    const name = input.value.trim();
    found.set(name, [...(found.get(name) ?? []), input.name.slice("station:".length)]);
  }
  return [...found].map(([name, items]) => ({ name, items }));
}
