/** The walker's own reports with what became of them; those still on the phone come first. */

import { call, get } from "./api.js";
import { city } from "./city.js";
import { discard, drafts, giveUp, keepRefused, refused, refusedPhotos, send, sendAgain } from "./drafts.js";
import { announce, busy, find, h, toast } from "./elements.js";
import { latest } from "./latest.js";
import { waiting } from "./outbox.js";
import { thumbnails } from "./photos.js";
import { openReport } from "./report.js";
import { stateTag } from "./sighting_card.js";
import { threadButton, threadNews } from "./thread.js";
import { said, say, when } from "./words.js";

const AGAIN_MS = 3000;

/** Keeps `section`: show(), refresh(), news(id) when a receipt comes, settled(id, …) when one leaves the phone. */
export function makeReports(section) {
  const list = find("ul", section);
  const order = latest();
  const orders = new Map(); // of what is asked about one report
  let reports = [];
  let names = new Map();

  function render() {
    const unsent = waiting().filter((entry) => entry.what === "sighting");
    section.hidden = reports.length + unsent.length + drafts().length + refusedPhotos().length === 0;
    list.replaceChildren(
      ...refusedPhotos().map(photoRow),
      ...drafts().map(draftRow),
      ...unsent.map(({ body }) => h("li", {}, h("div", { class: "row ends" }, h("strong", {}, names.get(body.kind) ?? body.kind), h("span", { class: "tag warn" }, say("보내는 중", "Sending"))), body.text ? h("p", {}, body.text) : null)),
      ...reports.map(row),
    );
  }

  const photoRow = (photo) => h("li", {},
    h("div", { class: "row ends" }, h("strong", {}, say("사진", "Photo")), h("span", { class: "tag bad" }, say("보내지 못함", "Not sent"))),
    h("div", { class: "photos" }, h("img", { src: photo.body.image, alt: "" })),
    h("p", { class: "note bad" }, photo.message),
    h("div", { class: "row" },
      h("button", { class: "button main", type: "button", onclick: () => { sendAgain(photo); render(); } }, say("다시 보내기", "Send again")),
      h("button", { class: "button", type: "button", onclick: () => { giveUp(photo.path); render(); } }, say("지우기", "Discard"))));

  function draftRow(draft) {
    const edit = h("button", { class: "button", type: "button", onclick: () => openReport({ draft, sent: render }) }, say("고치기", "Edit"));
    const go = h("button", { class: "button main", type: "button", onclick: () => { send(draft); render(); } }, say("보내기", "Send"));
    const away = h("button", { class: "button", type: "button", onclick: () => { if (confirm(say("이 초안을 지울까요?", "Discard this draft?"))) { discard(draft.id); render(); } } }, say("지우기", "Discard"));
    return h("li", { "data-draft": draft.id },
      h("div", { class: "row ends" }, h("strong", {}, names.get(draft.kind) ?? draft.kind), h("span", { class: `tag ${draft.problem ? "bad" : "warn"}` }, draft.problem ? say("보내지 못함", "Not sent") : say("초안", "Draft"))),
      draft.text ? h("p", {}, draft.text) : null,
      draft.photos.length ? h("p", { class: "quiet-text" }, say(`사진 ${draft.photos.length}장`, `${draft.photos.length} photos`)) : null,
      draft.problem ? h("p", { class: "note bad" }, draft.problem) : null,
      h("div", { class: "row" }, draft.position && !draft.problem ? go : null, edit, away));
  }

  const row = (report) => h("li", { "data-report": report.id },
    h("div", { class: "row ends" }, h("strong", {}, said(report.kind_name)), stateTag(report.state)),
    report.text ? h("p", {}, report.text) : null,
    thumbnails(report),
    h("ol", { class: "steps" }, (report.receipts ?? []).map((receipt) =>
      h("li", {}, h("time", { datetime: receipt.at }, when(receipt.at)), h("span", {}, said(receipt.text), receipt.note ? ` “${receipt.note}”` : "")))),
    h("div", { class: "row" },
      report.messages || report.state !== "resolved" ? threadButton(report) : null,
      report.state !== "resolved" || report.contact_shared ? sharing(report) : null),
    report.state === "resolved" ? reopening(report) : null);

  /** Name and number for this one report, given and taken back. */
  function sharing(report) {
    const shared = report.contact_shared;
    const text = shared ? say("연락처 공유 취소", "Take my number back") : say("이 신고에 연락처 공유", "Share my name and number");
    return h("button", { class: "button", type: "button", onclick: (event) => busy(event.currentTarget, async () => {
      put(await call(shared ? "DELETE" : "PUT", `/sightings/${report.id}/contact`));
      toast(shared ? say("담당자에게 더는 보이지 않습니다.", "Whoever answers sees them no longer.") : say("담당자에게 이름과 전화번호가 보입니다.", "Whoever answers sees your name and number."));
    }) }, text);
  }

  function reopening(report) {
    const form = h("form", { class: "stack tight" },
      h("label", { class: "field" }, say("다시 열어야 하는 이유", "Why it should be opened again"), h("input", { name: "reason", required: true, maxlength: "1000" })),
      h("button", { class: "button", type: "submit" }, say("다시 열기", "Open again")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(event.submitter, async () => {
        put(await call("POST", `/sightings/${report.id}/reopen`, { reason: form.elements.reason.value }, { "If-Match": `"${report.version}"` }));
        toast(say("다시 열었습니다.", "Opened again."));
      });
    });
    return h("details", {}, h("summary", {}, say("해결되지 않았나요?", "Not settled?")), form);
  }

  function orderOf(id) {
    if (!orders.has(id)) orders.set(id, latest());
    return orders.get(id);
  }

  /** What an act has made of a report. */
  function put(report) {
    orderOf(report.id).changed();
    place(report);
  }

  function place(report) {
    order.changed();
    reports = [report, ...reports.filter((one) => one.id !== report.id)].sort((one, other) => other.received_at.localeCompare(one.received_at));
    render();
  }

  async function news(id) {
    threadNews(id);
    try {
      await readAgain(id, tell);
    } catch {
      setTimeout(news, AGAIN_MS, id); // the event comes once
    }
  }

  const readAgain = (id, use = place) => orderOf(id).read(() => get(`/sightings/${id}`), use);

  function tell(report) {
    const before = reports.find((one) => one.id === report.id);
    place(report);
    if (report.unread_messages > (before?.unread_messages ?? 0)) announce(say("신고에 대한 새 메시지", "A new message about your report"));
    if (before && report.receipts.length === before.receipts.length) return;
    const last = report.receipts?.at(-1);
    if (last) announce(say(`신고 소식: ${said(last.text)}`, `News of your report: ${said(last.text)}`));
  }

  return {
    show: render,
    async photo(entry, problem) {
      if (problem) keepRefused(entry, problem);
      else await readAgain(entry.path.split("/")[2]).catch(() => {}); // it shows when the list is next read
      render();
    },
    news,
    async refresh() {
      names = new Map((await city()).kinds.map((kind) => [kind.code, said(kind.name)]));
      render();
      await order.read(() => get("/sightings?mine=true&limit=50"), ({ items }) => {
        reports = items;
        render();
      });
    },
    settled(id, body, answer, problem) {
      if (problem) refused(id, body, problem);
      else if (answer.receipts) return put(answer);
      return render();
    },
  };
}
