/** One member of staff: roles, duties, whether they may sign in, and what was changed before. */

import { all, call, get, post, remove } from "./api.js";
import { openDialog, showInvitation } from "./dialog.js";
import { busy, h, toast } from "./elements.js";
import { ROLES, dutyName, roleLine, roleName, stateKind, stateName, stepLine } from "./staff_words.js";
import { onDay, said, say, when } from "./words.js";

/** Open the dialog for the person; `changed()` is called after each change. */
export async function openMember(id, places, changed) {
  const [member, steps] = await Promise.all([get(`/staff/${id}`), all(`/staff/${id}/steps`, 200)]);
  const dialog = openDialog(member.name);
  const again = async (text) => {
    dialog.close();
    toast(text);
    await changed();
  };
  dialog.append(h("div", { class: "stack" },
    h("p", { class: "row" }, h("span", { class: `tag ${stateKind(member.state)}` }, stateName(member.state)), h("span", { class: "quiet-text" }, [member.email, member.phone].filter(Boolean).join(" · "))),
    charges(member, places, again),
    member.state === "invited" ? invitation(member, again) : null,
    history(member, steps, places)));
}

/** Roles and duties to change, with one reason for both; and the way out. */
function charges(member, { duties, boxes, districts }, again) {
  const roles = member.roles.map(({ role, box, district }) => ({ role, box, district }));
  const list = h("ul", { class: "plain-list" });
  const role = h("select", { name: "role", "aria-label": say("더할 역할", "Role to add") }, ROLES.map((one) => h("option", { value: one }, roleName(one))));
  const place = h("select", { name: "place", "aria-label": say("맡을 곳", "Where") });
  const add = h("button", { class: "button", type: "button" }, say("더하기", "Add"));
  const why = h("input", { name: "why", maxlength: "500", required: true });
  const problem = h("p", { class: "note bad", hidden: true });
  const save = h("button", { class: "button main", type: "submit" }, say("저장", "Save"));
  const turn = h("button", { class: member.state === "disabled" ? "button" : "button danger", type: "button" },
    member.state === "disabled" ? say("계정 다시 열기", "Enable the account") : say("계정 중지", "Disable the account"));
  const ticks = duties.map((duty) => h("label", { class: "tick" },
    h("input", { type: "checkbox", name: "duty", value: duty.code, checked: member.duties.includes(duty.code) }),
    h("span", {}, said(duty.name), duty.round_the_clock ? h("span", { class: "quiet-text" }, say(" (24시간)", " (around the clock)")) : null)));

  function show() {
    list.replaceChildren(...roles.map((one) => {
      const drop = h("button", { class: "chip", type: "button", "aria-label": say(`${roleLine(one)} 빼기`, `Remove ${roleLine(one)}`) }, say("빼기", "Remove"));
      drop.addEventListener("click", () => {
        roles.splice(roles.indexOf(one), 1);
        show();
      });
      return h("li", { class: "row ends" }, roleLine(one), drop);
    }));
    if (!roles.length) list.append(h("li", { class: "quiet-text" }, say("역할이 없으면 담당자가 아닙니다.", "Without a role, no longer of the staff.")));
  }
  function fit() {
    const found = { officer: boxes, coordinator: districts }[role.value] ?? [];
    place.replaceChildren(h("option", { value: "" }, say("도시 전체", "Whole city")), ...found.map((one) => h("option", { value: one.id }, one.station ? `${one.name} (${one.station})` : one.name)));
    place.hidden = role.value === "admin";
  }
  role.addEventListener("change", fit);
  add.addEventListener("click", () => {
    const chosen = { officer: boxes, coordinator: districts }[role.value]?.find((one) => one.id === place.value) ?? null;
    roles.push({ role: role.value, box: role.value === "officer" ? chosen : null, district: role.value === "coordinator" ? chosen : null });
    show();
  });
  fit();
  show();

  const reason = () => {
    if (why.value.trim()) return why.value.trim();
    why.focus();
    throw new Error(say("이유를 적어 주세요. 기록에 남고 본인에게 알립니다.", "Say why; it is written down and told to the person."));
  };
  let { version } = member;
  const form = h("form", { class: "stack", novalidate: true },
    h("fieldset", { class: "stack tight" }, h("legend", {}, say("역할", "Roles")), list, h("div", { class: "field" }, h("div", { class: "row add-role" }, role, place, add))),
    h("fieldset", {}, h("legend", {}, say("임무", "Duties")), ticks),
    h("label", { class: "field" }, say("이유", "Why"), why),
    problem,
    h("div", { class: "row ends" }, save, turn));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(save, async () => {
      const text = reason();
      const held = [...form.querySelectorAll('[name="duty"]:checked')].map((box) => box.value);
      const wanted = roles.map((one) => ({ role: one.role, box: one.box?.id ?? null, district: one.district?.id ?? null }));
      const path = `/staff/${member.id}`;
      const expected = () => ({ "If-Match": `"${version}"` });
      ({ version } = await call("PUT", `${path}/roles`, { roles: wanted, why: text }, expected()));
      if (wanted.length) ({ version } = await call("PUT", `${path}/duties`, { duties: held, why: text }, expected()));
      await again(say("저장했습니다.", "Saved."));
    }, { problem });
  });
  turn.addEventListener("click", () => busy(turn, async () => {
    const text = reason();
    await post(`/staff/${member.id}/${member.state === "disabled" ? "enable" : "disable"}`, { why: text });
    await again(member.state === "disabled" ? say("계정을 다시 열었습니다.", "The account is enabled.") : say("계정을 중지했습니다.", "The account is disabled."));
  }, { problem }));
  return form;
}

function invitation(member, again) {
  const renew = h("button", { class: "button", type: "button" }, say("다시 초대하기", "Invite again"));
  const revoke = h("button", { class: "button", type: "button" }, say("초대 취소", "Revoke"));
  renew.addEventListener("click", () => busy(renew, async () => {
    const made = await post(`/staff/${member.id}/invitation`);
    await again(say("새 초대를 만들었습니다. 전의 링크는 쓸 수 없습니다.", "A new invitation is made; earlier links are void."));
    showInvitation(say(`${member.name} 님의 초대`, `Invitation for ${member.name}`), made, () => post(`/staff/${member.id}/invitation?hand_over=true`));
  }));
  revoke.addEventListener("click", () => busy(revoke, async () => {
    await remove(`/staff/${member.id}/invitation`);
    await again(say("초대를 취소했습니다.", "The invitation is revoked."));
  }));
  return h("section", { class: "stack tight" },
    h("h3", {}, say("초대", "Invitation")),
    h("p", { class: "quiet-text" }, member.invited_until ? say(`${onDay(member.invited_until)}까지 쓸 수 있습니다.`, `Holds until ${onDay(member.invited_until)}.`) : say("쓸 수 있는 초대가 없습니다.", "No invitation holds.")),
    h("div", { class: "row" }, renew, member.invited_until ? revoke : null));
}

function history(member, steps, { duties }) {
  const until = (one) => (one.until ? `${onDay(one.since)} – ${onDay(one.until)}` : say(`${onDay(one.since)}부터`, `since ${onDay(one.since)}`));
  const lines = [
    ...member.all_roles.map((one) => [one.since, `${roleLine(one)}`, until(one)]),
    ...member.all_duties.map((one) => [one.since, dutyName(duties, one.duty), until(one)]),
  ].sort(([one], [other]) => other.localeCompare(one));
  return h("details", {}, h("summary", {}, say("지난 기록", "History")),
    h("div", { class: "stack tight" },
      h("ul", { class: "plain-list" }, lines.map(([, what, time]) => h("li", { class: "row ends" }, h("span", {}, what), h("span", { class: "quiet-text" }, time)))),
      steps.length ? h("h3", {}, say("바뀐 것", "What was changed")) : null,
      h("ul", { class: "steps" }, steps.map((step) => h("li", {}, h("time", { datetime: step.at }, when(step.at)), h("span", {}, stepLine(step, duties), step.why ? ` – ${step.why}` : ""))))));
}
