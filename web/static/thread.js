/** The thread on one sighting between whoever answers it and its reporter; neither reads who the other is. */

import { all, create, post } from "./api.js";
import { openDialog } from "./dialog.js";
import { busy, h } from "./elements.js";
import { latest } from "./latest.js";
import { said, say, when } from "./words.js";

let shown = null;

/** The button that opens a sighting's thread, with how much in it is new. */
export function threadButton(sighting) {
  const text = sighting.own ? say("담당자와 대화", "Messages") : say("신고자에게 묻기", "Ask the reporter");
  const fresh = sighting.unread_messages;
  const count = fresh ? h("span", { class: "tag urgent" }, say(`새 메시지 ${fresh}`, `${fresh} new`)) : sighting.messages ? ` (${sighting.messages})` : null;
  return h("button", { class: "button compact", type: "button", "data-thread": sighting.id, onclick: () => openThread(sighting) }, text, count);
}

/** Something happened to a sighting: fetch its thread anew if it is on screen. */
export function threadNews(id) {
  if (shown?.id === id) shown.refresh().catch(() => {}); // the next event comes by, and what is there stays
}

function openThread(sighting) {
  const lines = h("ol", { class: "thread", "aria-live": "polite" });
  const empty = h("p", { class: "quiet-text" }, sighting.own
    ? say("아직 메시지가 없습니다. 담당자는 이름을 알 수 없습니다.", "No messages yet. Whoever answers does not learn who you are.")
    : say("아직 메시지가 없습니다. 신고자가 누구인지, 누가 묻는지는 서로 보이지 않습니다.", "No messages yet. Neither side sees who the other is."));
  const problem = h("p", { class: "note bad", hidden: true });
  const text = h("textarea", { name: "text", required: true, maxlength: "1000", rows: "3" });
  const form = h("form", { class: "stack tight" },
    h("label", { class: "field" }, say("메시지", "Message"), text),
    h("button", { class: "button main", type: "submit" }, say("보내기", "Send")));
  const closed = h("p", { class: "note" }, say("종결된 신고입니다. 다시 열리면 쓸 수 있습니다.", "The sighting is resolved. The thread opens again with it."));
  const dialog = openDialog(say("대화", "Messages"), h("div", { class: "stack" }, h("p", { class: "quiet-text" }, said(sighting.kind_name)), lines, empty, problem, sighting.state === "resolved" ? closed : form));
  const mine = sighting.own ? "reporter" : "answerer";

  const order = latest();
  const refresh = () => order.read(() => all(`/sightings/${sighting.id}/messages`), async (items) => {
    lines.replaceChildren(...items.map((line) => row(line, line.side === mine)));
    empty.hidden = items.length > 0;
    lines.lastElementChild?.scrollIntoView({ block: "nearest" });
    if (items.some((line) => line.side !== mine && !line.read_at)) await post(`/sightings/${sighting.id}/messages/read`);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(event.submitter, async () => {
      await create(`/sightings/${sighting.id}/messages`, { text: text.value });
      text.value = "";
      await refresh();
    }, { problem });
  });
  shown = { id: sighting.id, refresh };
  dialog.addEventListener("close", () => { shown = null; });
  busy(form.querySelector("button"), refresh, { problem });
}

function row(line, mine) {
  const who = line.side === "reporter" ? say("신고자", "Reporter") : line.office || say("담당자", "Whoever answers");
  const read = mine && (line.read_at ? say("읽음", "Read") : say("읽지 않음", "Not read yet"));
  return h("li", { class: mine ? "mine" : "" },
    h("p", { class: "quiet-text" }, h("strong", {}, mine ? say("나", "You") : who), " · ", h("time", { datetime: line.at }, when(line.at)), read && ` · ${read}`),
    h("p", { class: "said" }, line.text));
}
