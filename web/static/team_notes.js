/** Coordinators' notes about a team: read, added, pinned. */

import { create, get, put } from "./api.js";
import { busy, h } from "./elements.js";
import { latest } from "./latest.js";
import { say, when } from "./words.js";

/** The notes' part of a team's dialog; it fills itself. */
export function notesOf(team) {
  const list = h("ul", { class: "plain-list" });
  const text = h("textarea", { maxlength: 2000, "aria-label": say("새 메모", "A new note"), placeholder: say("코디네이터끼리 보는 메모입니다. 고칠 수 없습니다.", "For coordinators. A note cannot be changed.") });
  const top = h("input", { type: "checkbox" });
  const add = h("button", { class: "button", type: "button" }, say("메모 남기기", "Add the note"));
  const problem = h("p", { class: "note bad", hidden: true });

  const order = latest();
  const show = () => order.read(() => get(`/teams/${team.id}/notes?limit=200&purpose=screening`), ({ items }) => {
    list.replaceChildren(...items.map((note) => line(note, show, problem, team)));
  });

  add.addEventListener("click", () => busy(add, async () => {
    await create(`/teams/${team.id}/notes`, { text: text.value, pinned: top.checked });
    text.value = "";
    top.checked = false;
    await show();
  }, { problem }));
  busy(add, show, { problem });
  return h("section", { class: "stack tight part" }, h("h3", {}, say("메모", "Notes")), list, problem,
    h("label", { class: "field" }, text),
    h("div", { class: "row ends" }, h("label", { class: "tick quiet-text" }, top, h("span", {}, say("목록에 고정", "Pin in the list"))), add));
}

function line(note, show, problem, team) {
  const pin = h("button", { class: "chip", type: "button", "aria-pressed": String(note.pinned) }, note.pinned ? say("고정됨", "Pinned") : say("고정", "Pin"));
  pin.addEventListener("click", () => busy(pin, async () => {
    await put(`/teams/${team.id}/pinned-note`, { note: note.pinned ? null : note.id });
    await show();
  }, { problem }));
  return h("li", {},
    h("p", { class: "said" }, note.text),
    h("div", { class: "row ends" }, h("span", { class: "quiet-text" }, `${note.author ?? say("탈퇴한 직원", "former staff")} · ${when(note.created_at)}`), pin));
}
