/** What examiners differ on: each mark with who wrote it, and the lead's word. */

import { create } from "./api.js";
import { busy, h, toast } from "./elements.js";
import { submits } from "./forms.js";
import { item as nameOf } from "./screening_words.js";
import { atTime, say } from "./words.js";

/** Show them in `holder`; where somebody is writing they stay as they are. */
export function showDiffering(holder, day, items, settled) {
  if (holder.contains(document.activeElement) && holder.querySelectorAll(".difference").length === items.length) return;
  holder.replaceChildren(...items.map((one) => card(one, day, settled)));
  if (items.length === 0) holder.append(h("p", { class: "empty" }, h("strong", {}, say("다른 점수가 없습니다", "Nobody differs"))));
}

function card({ number, item, stands, marks }, day, settled) {
  const settle = async (points) => {
    await create(`/screening-days/${day.id}/candidates/${number}/settlements`, { item, points });
    toast(say(`${number}번 ${nameOf(item)}: ${points}점으로 정했습니다.`, `Number ${number}, ${nameOf(item)}: ${points} stands.`));
    await settled();
  };
  const values = [...new Set(marks.map((mark) => mark.points))];
  const other = h("form", { class: "row bottom one-line", method: "post", novalidate: true },
    h("label", { class: "field grow" }, say("다른 값", "Another value"), h("input", { name: "points", type: "number", min: "0", max: String(day.rubric[item]), required: true, inputmode: "numeric" })),
    h("button", { class: "button", type: "submit" }, say("정하기", "Settle")),
    h("p", { class: "note bad", "data-problem": true, hidden: true }));
  submits(other, (given) => settle(Number(given.points)));
  return h("article", { class: "card stack tight difference" },
    h("h2", {}, say(`${number}번 · ${nameOf(item)}`, `Number ${number} · ${nameOf(item)}`), h("span", { class: "quiet-text" }, ` / ${day.rubric[item]}`)),
    h("ul", { class: "plain-list" }, marks.map((mark) => h("li", { class: "row ends one-line" }, h("span", {}, `${mark.examiner} · ${atTime(mark.made_at)}`), h("strong", { class: "number" }, mark.points)))),
    h("p", { class: "quiet-text" }, say(`지금은 ${stands}점이 유효합니다. 어느 점수로 할까요?`, `For now ${stands} stands. Which shall it be?`)),
    h("div", { class: "scores" }, values.map((points) => h("button", { type: "button", class: "score number", onclick: (event) => busy(event.currentTarget, () => settle(points)) }, String(points)))),
    other);
}
