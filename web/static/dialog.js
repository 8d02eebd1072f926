/** A dialog over the page: a title, a way out, and whatever is in it. */

import { busy, find, h } from "./elements.js";
import { say } from "./words.js";

let opened = 0;

/** Open one; it is removed when closed. Returns the dialog. */
export function openDialog(title, ...content) {
  opened += 1;
  const id = `dialog-${opened}`;
  const close = h("button", { class: "button", type: "button" }, say("닫기", "Close"));
  const dialog = h("dialog", { class: "whole", "aria-labelledby": id },
    h("div", { class: "row ends dialog-head" }, h("h2", { id, class: "grow" }, title), close),
    ...content);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  find("main").append(dialog);
  dialog.showModal();
  return dialog;
}

/** An invitation: that it was sent, with `again()` to make one to hand over instead; or its link. */
export function showInvitation(title, { link, sent_by }, again) {
  if (link) return showLink(title, link);
  const handOver = h("button", { class: "button", type: "button" }, say("링크를 직접 전하기", "Hand over a link instead"));
  const dialog = openDialog(title, h("div", { class: "stack" }, h("p", {}, sentBy(sent_by)), handOver));
  handOver.addEventListener("click", () => busy(handOver, async () => {
    const { link: shown } = await again();
    dialog.close();
    showLink(title, shown);
  }));
  return dialog;
}

/** How an invitation went to its owner. */
export const sentBy = (channel) => (channel === "sms"
  ? say("초대를 문자로 보냈습니다. 7일 동안 한 번 쓸 수 있습니다.", "The invitation went out by text message; it works once, for seven days.")
  : say("초대를 이메일로 보냈습니다. 7일 동안 한 번 쓸 수 있습니다.", "The invitation went out by e-mail; it works once, for seven days."));

/** A link to hand over, which is shown once, with a button to copy it. */
function showLink(title, link) {
  const text = h("input", { readonly: true, value: link, name: "link" });
  const copy = h("button", { class: "button main", type: "button" }, say("복사", "Copy"));
  copy.addEventListener("click", async () => {
    text.select();
    await navigator.clipboard?.writeText(link).catch(() => {});
    copy.textContent = say("복사했습니다", "Copied");
  });
  openDialog(title, h("div", { class: "stack" },
    h("p", {}, say("이 링크는 지금 한 번만 보입니다. 7일 동안 한 번 쓸 수 있습니다. 본인에게 직접 전해 주세요.", "This link is shown only now. It works once, for seven days; hand it to the person yourself.")),
    h("label", { class: "field" }, say("초대 링크", "Invitation link"), text),
    copy));
  text.select();
}
