/** Staff: who they are and what they do; the rota beside it. */

import { all, get, post } from "./api.js";
import { openDialog, showInvitation } from "./dialog.js";
import { keepCalls, showDrills } from "./drills.js";
import { attempt, busy, find, h, ready } from "./elements.js";
import { submits } from "./forms.js";
import { latest } from "./latest.js";
import { openMember } from "./staff_member.js";
import { makeRota } from "./rota.js";
import { ROLES, dutyName, roleLine, roleName, stateKind, stateName } from "./staff_words.js";
import { onDay, said, say } from "./words.js";

const rotaPart = find("#rota");
showDrills(find("#drills"));
keepCalls(find("#calls"))().catch(() => {}); // a reload shows them
const mayChange = rotaPart.dataset.mayChange === "true";
const options = (list, value, text) => list.map((one) => h("option", { value: value(one) }, text(one)));

async function start() {
  const [duties, boxes, districts] = await Promise.all([get("/duties"), all("/boxes"), all("/districts")]);
  const rota = makeRota(rotaPart, { duties, boxes, mayChange });
  if (!mayChange) return rota.show();
  const people = makePeople({ duties, boxes, districts });
  const parts = { people: find("#people"), rota: rotaPart };
  for (const tab of find("#tabs").children) {
    ready(tab, "click", () => busy(tab, async () => {
      for (const other of find("#tabs").children) other.setAttribute("aria-pressed", String(other === tab));
      for (const [name, part] of Object.entries(parts)) part.hidden = name !== tab.dataset.part;
      if (tab.dataset.part === "rota") await rota.show();
    }));
  }
  if (location.hash === "#rota") find('[data-part="rota"]').click();
  return people.show();
}

function makePeople(places) {
  const { duties, boxes, districts } = places;
  const role = find("#by-role");
  const place = find("#by-place");
  const duty = find("#by-duty");
  const former = find("#former");
  role.append(...options(ROLES, (one) => one, roleName));
  duty.append(...options(duties, (one) => one.code, (one) => said(one.name)));
  if (districts.length) place.append(h("optgroup", { label: say("구·군", "Districts") }, options(districts, (one) => `district=${one.id}`, (one) => one.name)));
  if (boxes.length) place.append(h("optgroup", { label: say("지구대·파출소", "Police boxes") }, options(boxes, (one) => `box=${one.id}`, (one) => `${one.name} (${one.station})`)));
  for (const input of [role, place, duty, former]) ready(input, "change", () => busy(input, show));
  const invite = find("#invite");
  ready(invite, "click", () => openInvite(places, show));

  const order = latest();
  const show = () => order.read(() => {
    const query = new URLSearchParams(place.value);
    if (role.value) query.set("role", role.value);
    if (duty.value) query.set("duty", duty.value);
    if (former.checked) query.set("former", "true");
    return all(`/staff?${query}`);
  }, (members) => {
    find("#members").replaceChildren(...members.map((member) => card(member, places, show)));
    if (!members.length) find("#members").append(h("li", { class: "empty" }, h("strong", {}, say("찾는 사람이 없습니다.", "Nobody fits."))));
  });
  return { show };
}

function card(member, places, changed) {
  const state = member.state === "invited" && !member.invited_until ? say("초대 없음", "Not invited") : stateName(member.state);
  const until = member.invited_until ? h("span", { class: "quiet-text" }, say(`초대 링크 ${onDay(member.invited_until)}까지`, `invitation until ${onDay(member.invited_until)}`)) : null;
  const change = h("button", { class: "button", type: "button", "aria-label": say(`${member.name} 바꾸기`, `Change ${member.name}`) }, say("바꾸기", "Change"));
  change.addEventListener("click", () => busy(change, () => openMember(member.id, places, changed)));
  return h("li", { class: "member" },
    h("div", { class: "member-name" },
      h("h3", {}, member.name),
      h("p", { class: "quiet-text number" }, [member.email, member.phone].filter(Boolean).join(" · "))),
    h("div", { class: "row" },
      member.roles.map((role) => h("span", { class: "tag" }, roleLine(role))),
      member.duties.map((code) => h("span", { class: member.on_duty.includes(code) ? "tag accent" : "tag" }, dutyName(places.duties, code) + (member.on_duty.includes(code) ? say(" · 지금", " · now") : ""))),
      member.state === "active" ? null : h("span", { class: `tag ${stateKind(member.state)}` }, state), until),
    change);
}

function openInvite({ boxes, districts }, changed) {
  const role = h("select", { name: "role" }, options(ROLES, (one) => one, roleName));
  const box = h("label", { class: "field" }, say("지구대·파출소", "Police box"), h("select", { name: "box" }, h("option", { value: "" }, say("도시 전체", "Whole city")), options(boxes, (one) => one.id, (one) => `${one.name} (${one.station})`)));
  const district = h("label", { class: "field" }, say("구·군", "District"), h("select", { name: "district" }, h("option", { value: "" }, say("도시 전체", "Whole city")), options(districts, (one) => one.id, (one) => one.name)));
  const form = h("form", { class: "stack", method: "post", novalidate: true },
    h("p", { class: "note bad", "data-problem": true, hidden: true }),
    h("label", { class: "field" }, say("이름", "Name"), h("input", { name: "name", required: true, maxlength: "80" })),
    h("label", { class: "field" }, say("이메일", "E-mail"), h("input", { name: "email", type: "email" })),
    h("label", { class: "field" }, say("전화번호 (둘 중 하나는 필요합니다)", "Phone (one of the two is needed)"), h("input", { name: "phone", inputmode: "tel" })),
    h("label", { class: "field" }, say("역할", "Role"), role),
    district, box,
    h("button", { class: "button main", type: "submit" }, say("초대 링크 만들기", "Make the invitation")));
  const fit = () => {
    box.hidden = role.value !== "officer";
    district.hidden = role.value !== "coordinator";
  };
  role.addEventListener("change", fit);
  fit();
  const dialog = openDialog(say("담당자 초대", "Invite somebody"), form);
  submits(form, async (given) => {
    const made = await post("/staff", {
      name: given.name,
      email: given.email || null,
      phone: given.phone || null,
      role: given.role,
      box: (given.role === "officer" && given.box) || null,
      district: (given.role === "coordinator" && given.district) || null,
    });
    dialog.close();
    showInvitation(say(`${given.name} 님의 초대`, `Invitation for ${given.name}`), made, () => post(`/staff/${made.person}/invitation?hand_over=true`));
    await changed();
  });
}

await attempt(start, { problem: find("#problem") });
