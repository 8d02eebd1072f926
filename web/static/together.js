/** Sightings that may be the same, handing over and passing on: what an officer does besides answering. */

import { call, get } from "./api.js";
import { openDialog } from "./dialog.js";
import { busy, h, toast } from "./elements.js";
import { latest } from "./latest.js";
import { openPassOn } from "./passing_on.js";
import { said, say, when } from "./words.js";

const expected = (sighting) => ({ "If-Match": `"${sighting.version}"` });

/** The question, the count, and ways to link, split, hand over and pass on. `act(work)` runs what changes this sighting. */
export function together(sighting, act) {
  const mine = ["acknowledged", "responding"].includes(sighting.state);
  const open = sighting.state !== "resolved";
  const count = sighting.corroborations;
  return [
    sighting.same_as && open && h("div", { class: "note warn row ends" },
      h("span", {}, say("가까운 곳의 같은 종류 신고가 있습니다. 같은 건인가요?", "There is one of the same kind close by. Is it the same?")),
      h("div", { class: "row" },
        h("button", { class: "button", type: "button", "data-action": "link", onclick: (event) => act(event.currentTarget, () => link(sighting, sighting.same_as)) }, say("같은 건", "The same")),
        h("button", { class: "button", type: "button", "data-action": "split", onclick: (event) => act(event.currentTarget, () => split(sighting)) }, say("다른 건", "Another")))),
    h("div", { class: "row" },
      (count > 0 || open) && h("button", { class: "button compact", type: "button", onclick: () => openAlike(sighting, act) },
        count ? say(`함께 신고 +${count}`, `+${count} saw the same`) : say("같은 건 찾기…", "Find the same…")),
      mine && h("button", { class: "button compact", type: "button", onclick: () => openHandOver(sighting, act) }, say("넘기기…", "Hand over…")),
      open && h("button", { class: "button compact", type: "button", onclick: (event) => busy(event.currentTarget, () => openPassOn(sighting, act)) }, say("다른 곳으로…", "Pass on…"))),
  ];
}

const link = (sighting, first) => call("POST", `/sightings/${sighting.id}/link`, { first }, expected(sighting));
const split = (sighting) => call("POST", `/sightings/${sighting.id}/split`, {}, expected(sighting));

function openAlike(sighting, act) {
  const problem = h("p", { class: "note bad", hidden: true });
  const linked = h("ul", { class: "plain-list" });
  const candidates = h("ul", { class: "plain-list" });
  const body = h("div", { class: "stack" }, problem,
    h("h3", {}, say("이 신고에 묶인 신고", "Linked to this one")), linked,
    h("h3", {}, say("가까운 같은 종류 신고", "Of the same kind, close by")), candidates);
  const dialog = openDialog(said(sighting.kind_name), body);
  const row = (one, text, work) => h("li", {},
    h("p", {}, one.text || say("덧붙인 말 없음", "Nothing added")),
    h("div", { class: "row ends" },
      h("span", { class: "quiet-text" }, say(`${when(one.seen_at)} · ${one.distance_m}m`, `${when(one.seen_at)} · ${one.distance_m} m away`)),
      h("button", { class: "button", type: "button", onclick: (event) => busy(event.currentTarget, work, { problem }) }, text)));
  const none = (text) => h("li", { class: "quiet-text" }, text);
  const order = latest();
  const fill = () => order.read(() => get(`/sightings/${sighting.id}/corroborations`), (found) => {
    linked.replaceChildren(...found.linked.map((one) => row(one, say("나누기", "Split"), async () => {
      await split(one);
      toast(say("나누었습니다.", "Split; it is answered on its own."));
      await fill();
    })));
    candidates.replaceChildren(...found.candidates.map((one) => row(one, say("여기에 묶기", "Link to this"), async () => {
      await link(one, sighting.id);
      toast(say("묶었습니다.", "Linked."));
      await fill();
    })));
    if (!found.linked.length) linked.append(none(say("없음", "None")));
    if (!found.candidates.length) candidates.append(none(say("없음", "None")));
  });
  busy(dialog.querySelector("button"), fill, { problem });
  dialog.addEventListener("close", () => act(null, () => get(`/sightings/${sighting.id}`), { quiet: true }));
}

function openHandOver(sighting, act) {
  const problem = h("p", { class: "note bad", hidden: true });
  const to = h("select", { name: "to" }, h("option", { value: "" }, say("대기 목록으로 되돌리기", "Back to the queue")));
  const all = h("input", { type: "checkbox", name: "all" });
  const form = h("form", { class: "stack" },
    h("label", { class: "field" }, say("누구에게", "To whom"), to),
    h("label", { class: "field" }, say("남길 말 (담당자끼리만 봅니다)", "What they should know (not shown to the reporter)"), h("textarea", { name: "note", maxlength: "1000" })),
    h("label", { class: "tick" }, all, say("내가 맡은 열린 신고 모두", "All open ones that I have")),
    problem,
    h("button", { class: "button main", type: "submit" }, say("넘기기", "Hand over")));
  const dialog = openDialog(say("넘기기", "Hand over"), form);
  const submit = form.querySelector("[type=submit]");
  busy(submit, async () => {
    for (const person of await get(`/sightings/${sighting.id}/colleagues`)) to.append(h("option", { value: person.id }, person.name));
  }, { problem });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = { to: to.value || null, note: form.elements.note.value };
    busy(submit, async () => {
      if (!all.checked) {
        const after = await call("POST", `/sightings/${sighting.id}/hand-over`, body, expected(sighting));
        dialog.close();
        await act(null, async () => after);
        return;
      }
      const { went, kept } = await call("POST", "/sightings/hand-over", body);
      dialog.close();
      toast(kept.length ? say(`${went.length}건을 넘겼고 ${kept.length}건은 남았습니다.`, `${went.length} handed over, ${kept.length} could not be.`) : say(`${went.length}건을 넘겼습니다.`, `${went.length} handed over.`));
      await act(null, () => get(`/sightings/${sighting.id}`), { quiet: true });
    }, { problem });
  });
}
